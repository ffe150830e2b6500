import { aws_ecs as ecs } from 'aws-cdk-lib';

/** Keeps tasks to Linux hosts of one instance type: device paths and cores fit one type only, and the cluster may have others. */
export function placementOnPool(instanceType: string): ecs.PlacementConstraint[] {
  return ['attribute:ecs.os-type == linux', `attribute:ecs.instance-type == ${instanceType}`].map((expression) =>
    ecs.PlacementConstraint.memberOf(expression),
  );
}
