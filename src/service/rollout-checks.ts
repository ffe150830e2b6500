import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import {
  countsOf,
  deploymentPercentages,
  DeploymentPercentages,
  extraTasks,
  inPlacePercent,
  makesProgress,
  TaskRange,
  tasksToKeep,
  UpdateRoom,
} from './deployment';
import { ICapacity } from '../capacity/capacity';
import { givenOverride } from '../capacity/cfn-resources';
import { RoomOptions } from '../capacity/task-ledger';
import { plannerOf } from '../capacity/task-planner';
import { checkRollout } from '../rules/deployment-rules';
import { Finding, known } from '../rules/rule';
import { checkJobsLeaveRoom, checkRoomTwice, checkStopsMany, checkUpdateAtScale, UpdateFacts } from '../rules/update-room-rules';

/** The props of a service that decide how a rolling update proceeds. */
export interface RolloutProps {
  readonly desiredCount?: number;
  readonly minHealthyPercent?: number;
  readonly maxHealthyPercent?: number;
}

/** How a service updates, and the room that it has for it. Counts and room are only known when all consumers of the capacity are. */
export interface Rollout {
  readonly service: ecs.BaseService;
  readonly capacity: ICapacity;
  readonly props: RolloutProps;
  range(): TaskRange;
  room(options?: RoomOptions): UpdateRoom;
  percentages(): DeploymentPercentages;
}

/** The maximum number of hosts that messages propose to add. */
const MOST_HOSTS = 100_000;

/**
 * The strategy that the template has for the deployments of a service, with the overrides of the user. Undefined if it is not known.
 */
export function deploymentStrategy(service: ecs.CfnService): string | undefined {
  const read = (property: string, given: unknown, name: string): unknown => {
    const override = givenOverride(service, property) as Readonly<Record<string, unknown>> | undefined;
    const { [name]: value } = (Stack.of(service).resolve(given) ?? {}) as Readonly<Record<string, unknown>>;
    return Stack.of(service).resolve(override?.[name.charAt(0).toUpperCase() + name.slice(1)]) ?? value;
  };
  const strategy = read('DeploymentConfiguration', service.deploymentConfiguration, 'strategy') ?? 'ROLLING';
  const controller = read('DeploymentController', service.deploymentController, 'type') ?? 'ECS';
  if (controller === 'CODE_DEPLOY') return 'AWS CodeDeploy';
  return controller === 'ECS' && typeof strategy === 'string' ? strategy : undefined;
}

/** Checks that the capacity has room for the deployments of a service, whatever their strategy. */
export function checkUpdates(rollout: Rollout): Finding[] {
  const strategy = deploymentStrategy(rollout.service.node.defaultChild as ecs.CfnService);
  if (strategy === undefined) return [];
  if (strategy !== 'ROLLING') return checkTwice(rollout, strategy);
  const percentages = rollout.percentages();
  if (!known(percentages.minHealthyPercent, percentages.maxHealthyPercent)) return [];
  const completes = checkLowest(rollout, percentages);
  return completes.length > 0 ? completes : [...checkHigher(rollout, percentages), ...checkJobs(rollout, percentages)];
}

/** Checks that there is room for all tasks a second time, at the lowest and at the highest count. */
function checkTwice(rollout: Rollout, strategy: string): Finding[] {
  const counts = countsOf(rollout.range(), rollout.room());
  if (!counts || rollout.range().most === undefined) return [];
  const lacking = (tasks: number) => {
    const holds = rollout.room().holdsTwice(tasks);
    const { exact } = plannerOf(rollout.capacity).ledger;
    // A pool without slices may hold more tasks than it is certain to.
    if (holds === true || (holds === false && !exact)) return undefined;
    return factsAt(rollout, tasks, (room) => room.holdsTwice(tasks) === true);
  };
  return checkRoomTwice(strategy, lacking(counts.lowest), lacking(counts.highest));
}

/** Checks that an update completes at the lowest count, at which every service runs. */
function checkLowest(rollout: Rollout, percentages: DeploymentPercentages): Finding[] {
  const { ledger } = plannerOf(rollout.capacity);
  const lowest = Math.max(1, rollout.range().least ?? 1);
  return checkRollout({
    stoppable: lowest - tasksToKeep(lowest, percentages.minHealthyPercent),
    mustStop: ledger.mustStop(lowest),
    extra: extraTasks(lowest, percentages.maxHealthyPercent),
    free: ledger.exact ? rollout.room().free(lowest) : Infinity,
    ...percentages,
    pool: rollout.capacity.node.path,
    slices: ledger.slices,
  });
}

/** Checks that an update completes at higher counts too, and stops at most a quarter of the tasks at a time. */
function checkHigher(rollout: Rollout, percentages: DeploymentPercentages): Finding[] {
  const counts = countsOf(rollout.range(), rollout.room());
  if (!counts || !plannerOf(rollout.capacity).ledger.exact) return [];
  const stuck = firstStuck(rollout, percentages, rollout.room());
  const { highest } = counts;
  const wanted = inPlacePercent(highest, rollout.room());
  const enough = (room: UpdateRoom) => deploymentPercentages(rollout.range(), room).minHealthyPercent >= wanted;
  const stopsMany = rollout.props.minHealthyPercent === undefined && percentages.minHealthyPercent < wanted;
  return [
    ...checkUpdateAtScale(
      stuck === undefined ? undefined : { ...factsAt(rollout, stuck, (room) => makesProgress(stuck, percentages, room)), ...percentages },
    ),
    ...checkStopsMany(stopsMany ? { ...factsAt(rollout, highest, enough, { allUpdate: true }), ...percentages } : undefined, wanted),
  ];
}

/** Checks that overlapping runs of jobs leave room for updates. */
function checkJobs(rollout: Rollout, percentages: DeploymentPercentages): Finding[] {
  const { exact, overlappingJobs: jobs } = plannerOf(rollout.capacity).ledger;
  if (jobs.length === 0 || !exact) return [];
  const once = deploymentPercentages(rollout.range(), rollout.room({ allUpdate: true }));
  return checkJobsLeaveRoom({
    jobs,
    pool: rollout.capacity.node.path,
    inPlace: percentages.minHealthyPercent < once.minHealthyPercent && rollout.props.minHealthyPercent === undefined,
    waits: firstStuck(rollout, percentages, rollout.room({ jobsOverlap: true })) !== undefined,
  });
}

/** The lowest count at which an update can't replace a task. */
function firstStuck(rollout: Rollout, percentages: DeploymentPercentages, room: UpdateRoom): number | undefined {
  const { lowest, highest } = countsOf(rollout.range(), rollout.room()) ?? { lowest: 1, highest: 0 };
  for (let desired = lowest; desired <= highest; desired++) {
    if (!makesProgress(desired, percentages, room)) return desired;
  }
  return undefined;
}

/** The facts about a count for which a pool is too small, with the number of hosts that would be enough. */
function factsAt(rollout: Rollout, tasks: number, enough: (room: UpdateRoom) => boolean, options: RoomOptions = {}): UpdateFacts {
  const { capacity, room } = rollout;
  const fits = (moreHosts: number) => enough(room({ ...options, moreHosts }));
  return {
    pool: capacity.node.path,
    several: capacity.capacityProviderStrategies.length > 1,
    tasks,
    running: room().running(tasks),
    moreHosts: fits(MOST_HOSTS) ? fewest(fits) : undefined,
  };
}

/** The lowest number of hosts that is enough. A larger number is enough too. */
function fewest(fits: (hosts: number) => boolean): number {
  let [low, high] = [0, MOST_HOSTS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}
