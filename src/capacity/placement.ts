import { aws_ecs as ecs } from 'aws-cdk-lib';

/** Keeps tasks on Linux hosts of one instance type, because device paths and cores fit only one type, and the cluster may have others. */
export function placementOnPool(instanceType: string): ecs.PlacementConstraint[] {
  return ['attribute:ecs.os-type == linux', `attribute:ecs.instance-type == ${instanceType}`].map((expression) =>
    ecs.PlacementConstraint.memberOf(expression),
  );
}

/**
 * Keeps tasks on Managed Instances of the given types, because the cluster may have others. Managed Instances lack some attributes, for
 * example the operating system.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
 */
export function placementOnManaged(instanceTypes: string[]): ecs.PlacementConstraint[] {
  const types = instanceTypes.length === 1 ? `== ${instanceTypes[0]}` : `in [${instanceTypes.join(', ')}]`;
  return [ecs.PlacementConstraint.memberOf(`attribute:ecs.instance-type ${types}`)];
}
