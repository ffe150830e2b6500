import { aws_applicationautoscaling as scaling, aws_ecs as ecs, Lazy, Stack } from 'aws-cdk-lib';
import { deploymentPercentages, extraTasks, stoppableTasks, TaskRange } from './deployment';
import { IEc2Capacity } from '../capacity/capacity';
import { mustStop } from '../capacity/capacity-parts';
import { cfnResources } from '../capacity/cfn-resources';
import { sliceLedgerOf } from '../capacity/slices/slice-ledger';
import { Container } from '../capacity/task/task-containers';
import { checkHealth, checkRollout } from '../rules/deployment-rules';
import { enforceAtSynth, known } from '../rules/rule';

/** What a user asks of a rolling update. */
export interface RolloutProps {
  readonly desiredCount?: number;
  readonly minHealthyPercent?: number;
  readonly maxHealthyPercent?: number;
}

/** Enters a service into the ledger of its pool, and gives it rolling updates that complete with the slices that the pool has. */
export function rollWithinPool(service: ecs.Ec2Service, capacity: IEc2Capacity, props: RolloutProps): void {
  const ledger = sliceLedgerOf(capacity);
  const range = () => taskRange(service, props.desiredCount);
  ledger.add({ path: service.node.scope!.node.path, least: () => range().least, most: () => range().most, rolls: true });

  const percentages = () => {
    const computed = deploymentPercentages(range(), ledger.surgePerService, (tasks) => mustStop(capacity, tasks));
    return {
      minHealthyPercent: props.minHealthyPercent ?? computed.minHealthyPercent,
      maxHealthyPercent: props.maxHealthyPercent ?? computed.maxHealthyPercent,
    };
  };
  // By override, for the L2 compares the two percentages, and can't when they are only known once all services of the pool are.
  const resource = service.node.defaultChild as ecs.CfnService;
  resource.addPropertyOverride(
    'DeploymentConfiguration.MinimumHealthyPercent',
    Lazy.number({ produce: () => percentages().minHealthyPercent }),
  );
  resource.addPropertyOverride('DeploymentConfiguration.MaximumPercent', Lazy.number({ produce: () => percentages().maxHealthyPercent }));

  enforceAtSynth(service, () => {
    const { minHealthyPercent, maxHealthyPercent } = percentages();
    const least = Math.max(1, range().least ?? 1);
    const rollout = known(minHealthyPercent, maxHealthyPercent)
      ? checkRollout({
          stoppable: stoppableTasks(least, minHealthyPercent),
          mustStop: mustStop(capacity, least),
          extra: extraTasks(least, maxHealthyPercent),
          free: ledger.exact ? ledger.free : Infinity,
          minHealthyPercent,
          maxHealthyPercent,
          pool: capacity.node.path,
          slices: ledger.slices,
        })
      : [];
    return [...rollout, ...checkHealth(healthFacts(resource, service.taskDefinition))];
  });
}

/** The desired counts that a service can have: those of its auto scaling, where it has that. */
export function taskRange(service: ecs.BaseService, desiredCount: number | undefined): TaskRange {
  const [target] = cfnResources<scaling.CfnScalableTarget>(service, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const number = (value: number | undefined) => (known(value) ? value : undefined);
  if (target) return { least: number(target.minCapacity), most: number(target.maxCapacity) };
  return { least: number(desiredCount ?? 1), most: number(desiredCount ?? 1) };
}

/** What tells when a task of a service is ready. */
export function healthFacts(service: ecs.CfnService, taskDefinition: ecs.TaskDefinition): { healthCheck: boolean; loadBalancer: boolean } {
  const stack = Stack.of(service);
  const containers: Container[] = stack.resolve((taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).containerDefinitions) ?? [];
  return {
    healthCheck: containers.some((container) => container.healthCheck !== undefined),
    loadBalancer: (stack.resolve(service.loadBalancers) ?? []).length > 0,
  };
}
