import { aws_ecs as ecs } from 'aws-cdk-lib';

/** Keeps tasks to Linux hosts of one instance type: device paths and cores fit one type only, and the cluster may have others. */
export function placementOnPool(instanceType: string): ecs.PlacementConstraint[] {
  return ['attribute:ecs.os-type == linux', `attribute:ecs.instance-type == ${instanceType}`].map((expression) =>
    ecs.PlacementConstraint.memberOf(expression),
  );
}

/**
 * Keeps tasks to Managed Instances of some types, where the cluster has others too. They know fewer attributes: not the operating system.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
 */
export function placementOnManaged(instanceTypes: string[]): ecs.PlacementConstraint[] {
  const types = instanceTypes.length === 1 ? `== ${instanceTypes[0]}` : `in [${instanceTypes.join(', ')}]`;
  return [ecs.PlacementConstraint.memberOf(`attribute:ecs.instance-type ${types}`)];
}
