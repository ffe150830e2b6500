import { aws_applicationautoscaling as scaling, aws_ecs as ecs, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { deploymentPercentages, DeploymentPercentages, extraTasks, stoppableTasks, TaskRange } from './deployment';
import { ICapacity } from '../capacity/capacity';
import { cfnResources } from '../capacity/cfn-resources';
import { Container } from '../capacity/task/task-containers';
import { TaskLedger } from '../capacity/task-ledger';
import { plannerOf } from '../capacity/task-planner';
import { checkHealth, checkRollout } from '../rules/deployment-rules';
import { enforceAtSynth, Finding, known } from '../rules/rule';

/** The props of a service that decide how a rolling update proceeds. */
interface RolloutProps {
  readonly desiredCount?: number;
  readonly minHealthyPercent?: number;
  readonly maxHealthyPercent?: number;
}

/**
 * Adds a service to the ledger of its capacity, and sets up rolling updates that complete in the room that the capacity has. `scope` has
 * the construct path that messages name.
 */
export function rollWithin(scope: IConstruct, service: ecs.BaseService, capacity: ICapacity, props: RolloutProps): void {
  const { ledger } = plannerOf(capacity);
  const range = () => taskRange(service, props.desiredCount);
  ledger.add({ path: scope.node.path, least: () => range().least, most: () => range().most, rolls: true });

  const percentages = () => percentagesWithin(ledger, range(), props);
  // By override, because the L2 compares the two percentages. They are only known when all services of the capacity are.
  const resource = service.node.defaultChild as ecs.CfnService;
  resource.addPropertyOverride(
    'DeploymentConfiguration.MinimumHealthyPercent',
    Lazy.number({ produce: () => percentages().minHealthyPercent }),
  );
  resource.addPropertyOverride('DeploymentConfiguration.MaximumPercent', Lazy.number({ produce: () => percentages().maxHealthyPercent }));

  enforceAtSynth(service, () => [
    ...checkUpdates(ledger, capacity, range(), percentages()),
    ...checkHealth(healthFacts(resource, service.taskDefinition)),
  ]);
}

/** The percentages that the user gives, or else those with which an update completes. */
function percentagesWithin(ledger: TaskLedger, range: TaskRange, props: RolloutProps): DeploymentPercentages {
  const inPlace = props.maxHealthyPercent === 100;
  const computed = deploymentPercentages(range, inPlace ? 0 : ledger.surgePerService, (tasks) => ledger.mustStop(tasks));
  return {
    minHealthyPercent: props.minHealthyPercent ?? computed.minHealthyPercent,
    maxHealthyPercent: props.maxHealthyPercent ?? computed.maxHealthyPercent,
  };
}

function checkUpdates(ledger: TaskLedger, capacity: ICapacity, range: TaskRange, percentages: DeploymentPercentages): Finding[] {
  const { minHealthyPercent, maxHealthyPercent } = percentages;
  if (!known(minHealthyPercent, maxHealthyPercent)) return [];
  const least = Math.max(1, range.least ?? 1);
  return checkRollout({
    stoppable: stoppableTasks(least, minHealthyPercent),
    mustStop: ledger.mustStop(least),
    extra: extraTasks(least, maxHealthyPercent),
    free: ledger.exact ? ledger.free : Infinity,
    minHealthyPercent,
    maxHealthyPercent,
    pool: capacity.node.path,
    slices: ledger.slices,
  });
}

/** The range of the desired count of a service: that of its auto scaling, if it has any. */
function taskRange(service: ecs.BaseService, desiredCount: number | undefined): TaskRange {
  const [target] = cfnResources<scaling.CfnScalableTarget>(service, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const number = (value: number | undefined) => (known(value) ? value : undefined);
  if (target) return { least: number(target.minCapacity), most: number(target.maxCapacity) };
  return { least: number(desiredCount ?? 1), most: number(desiredCount ?? 1) };
}

/** The facts that decide whether a service can tell when a task is ready. */
function healthFacts(service: ecs.CfnService, taskDefinition: ecs.TaskDefinition): { healthCheck: boolean; loadBalancer: boolean } {
  const stack = Stack.of(service);
  const containers: Container[] = stack.resolve((taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).containerDefinitions) ?? [];
  return {
    healthCheck: containers.some((container) => container.healthCheck !== undefined),
    loadBalancer: (stack.resolve(service.loadBalancers) ?? []).length > 0,
  };
}
