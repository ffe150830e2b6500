import { aws_ecs as ecs, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { countsOf, deploymentPercentages, DeploymentPercentages, extraTasks, inPlacePercent, TaskRange } from './deployment';
import { checkUpdates, Rollout, RolloutProps } from './rollout-checks';
import { checkScaling, taskRange } from './task-range';
import { ICapacity } from '../capacity/capacity';
import { Container } from '../capacity/task/task-containers';
import { RoomOptions, TaskConsumer } from '../capacity/task-ledger';
import { plannerOf } from '../capacity/task-planner';
import { checkHealth } from '../rules/deployment-rules';
import { enforceAtSynth, known } from '../rules/rule';

/**
 * Adds a service to the ledger of its capacity, and sets up rolling updates that complete in the room that the capacity has. `scope` has
 * the construct path that messages name.
 */
export function rollWithin(scope: IConstruct, service: ecs.BaseService, capacity: ICapacity, props: RolloutProps): Rollout {
  const { ledger } = plannerOf(capacity);
  const range = () => taskRange(service, props.desiredCount);
  const most = () => range().most;
  const { maxHealthyPercent: max } = props;
  const surge = known(max) ? () => extraTasks(most() ?? 0, max) : undefined;
  const consumer: TaskConsumer = { path: scope.node.path, rolls: true, least: () => range().least, most, surge };
  ledger.add(consumer);
  const room = (options?: RoomOptions) => ({ ...ledger.room(consumer, options), mustStop: (desired: number) => ledger.mustStop(desired) });
  const rollout: Rollout = { service, capacity, props, range, room, percentages: () => percentagesWithin(range(), room, props) };

  // By override, because the L2 compares the two percentages. They are only known when all services of the capacity are.
  const resource = service.node.defaultChild as ecs.CfnService;
  const set = (name: string, produce: () => number) =>
    resource.addPropertyOverride(`DeploymentConfiguration.${name}`, Lazy.number({ produce }));
  set('MinimumHealthyPercent', () => rollout.percentages().minHealthyPercent);
  set('MaximumPercent', () => rollout.percentages().maxHealthyPercent);

  enforceAtSynth(service, () => {
    const tooMany = checkScaling(service);
    return [...(tooMany.length > 0 ? tooMany : checkUpdates(rollout)), ...checkHealth(healthFacts(resource, service.taskDefinition))];
  });
  return rollout;
}

/**
 * The percentages that the user gives, or else those with which an update completes. They don't count on slices that overlapping runs of
 * jobs may take, unless that would stop more than a quarter of the tasks at a time.
 */
function percentagesWithin(range: TaskRange, room: Rollout['room'], props: RolloutProps): DeploymentPercentages {
  const number = (percent?: number) => (known(percent) ? percent : undefined);
  const given = { minHealthyPercent: number(props.minHealthyPercent), maxHealthyPercent: number(props.maxHealthyPercent) };
  const within = (options: RoomOptions) => deploymentPercentages(range, room({ allUpdate: true, ...options }), given);
  const certain = within({ jobsOverlap: true });
  const counts = countsOf(range, room());
  const few = counts === undefined || certain.minHealthyPercent >= inPlacePercent(counts.highest, room());
  const { minHealthyPercent, maxHealthyPercent } = few ? certain : within({});
  return {
    minHealthyPercent: props.minHealthyPercent ?? minHealthyPercent,
    maxHealthyPercent: props.maxHealthyPercent ?? maxHealthyPercent,
  };
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
