import { isKnown, strategyByIndex } from './job-array-strategy';
import { groupOf, JobSetup, placementConstraintsOf, placementStrategiesOf } from './job-setup';

/**
 * The arguments of `RunTask` in the format of Step Functions. They have no launch type, because capacity does not scale out for a task with
 * one.
 */
export function runTaskArguments(props: JobSetup): Record<string, unknown> {
  const { capacity, task, network, enableExecuteCommand } = props;
  const constraints = placementConstraintsOf(props);
  const strategies = placementStrategiesOf(props);
  return {
    Cluster: capacity.cluster.clusterArn,
    TaskDefinition: task.taskDefinitionArn,
    CapacityProviderStrategy: strategyOf(props),
    PlacementConstraints:
      constraints.length > 0 ? constraints.map(({ type, expression }) => ({ Type: type, Expression: expression })) : undefined,
    PlacementStrategy: strategies.length > 0 ? strategies.map(({ type, field }) => ({ Type: type, Field: field })) : undefined,
    NetworkConfiguration: network.awsVpc && {
      AwsvpcConfiguration: {
        Subnets: network.awsVpc.subnets,
        SecurityGroups: network.awsVpc.securityGroups,
        AssignPublicIp: network.awsVpc.assignPublicIp,
      },
    },
    Group: groupOf(props),
    EnableECSManagedTags: true,
    PropagateTags: 'TASK_DEFINITION',
    EnableExecuteCommand: enableExecuteCommand,
  };
}

/** The capacity provider strategy of one task. Independent tasks divide over several providers by their index. */
function strategyOf({ capacity, nodes }: JobSetup): unknown {
  const strategy = capacity.capacityProviderStrategies;
  const divides = nodes === undefined && strategy.length > 1 && strategy.every(isKnown);
  if (divides) return strategyByIndex(strategy);
  return strategy.map(({ capacityProvider, weight, base }) => ({ CapacityProvider: capacityProvider, Weight: weight, Base: base }));
}
