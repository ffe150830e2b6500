import { CloudAssembly, Resource } from './cloud-assembly';
import { runs } from './runs';
import { startsOf } from './starts';
import { Share, sharesOf, StrategyItem } from './strategy';
import { Task, TaskDefinition, taskOf } from './task';

/** A service or a job, which runs on a capacity. */
export interface Workload {
  readonly kind: 'service' | 'job';
  readonly stack: string;
  readonly name: string;
  /** Its minimum and maximum number of tasks at a time; NaN if a parameter sets it. */
  readonly tasks: { readonly least: number; readonly most: number };
  /** What to call its tasks, if not tasks. */
  readonly unit?: 'node';
  /** What starts the job, if it is one. */
  readonly starts?: string[];
  readonly task: Task;
  /** Where its tasks run. */
  readonly shares: Share[];
}

interface Service {
  readonly CapacityProviderStrategy?: StrategyItem[];
  readonly LaunchType?: unknown;
  readonly TaskDefinition?: unknown;
  readonly DesiredCount?: unknown;
}

interface ScalableTarget {
  readonly ResourceId: unknown;
  readonly MinCapacity: unknown;
  readonly MaxCapacity: unknown;
}

export const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';
const SERVICE = 'AWS::ECS::Service';

/** The services and jobs of an app. */
export function workloads(assembly: CloudAssembly): Workload[] {
  const services = assembly.resources<Service>(SERVICE).flatMap((service) => serviceOf(assembly, service));
  return [...services, ...jobs(assembly)];
}

function serviceOf(assembly: CloudAssembly, service: Resource<Service>): Workload[] {
  const { stack, name, properties } = service;
  const taskDefinition = assembly.referenced<TaskDefinition>(stack, properties.TaskDefinition, TASK_DEFINITION);
  if (!taskDefinition) return [];
  return [
    {
      kind: 'service',
      stack,
      name,
      tasks: taskRange(assembly, service),
      task: taskOf(taskDefinition.properties),
      shares: sharesOf(assembly, stack, properties.CapacityProviderStrategy, properties.LaunchType),
    },
  ];
}

function taskRange(assembly: CloudAssembly, service: Resource<Service>): Workload['tasks'] {
  const target = assembly
    .resources<ScalableTarget>('AWS::ApplicationAutoScaling::ScalableTarget')
    .find(({ stack, properties }) => assembly.referenced(stack, properties.ResourceId, SERVICE) === service);
  const desired = service.properties.DesiredCount ?? 1;
  const { MinCapacity, MaxCapacity } = target?.properties ?? { MinCapacity: desired, MaxCapacity: desired };
  return { least: Number(MinCapacity), most: Number(MaxCapacity) };
}

/** Task definitions that a schedule, a state machine or a similar resource runs. */
function jobs(assembly: CloudAssembly): Workload[] {
  const started = new Map<Resource<TaskDefinition>, Workload>();
  for (const starter of assembly.resources().filter(({ type }) => type !== SERVICE)) {
    for (const { taskDefinition: value, strategy, launchType, tasks, unit } of runs(starter.properties)) {
      const taskDefinition = assembly.referenced<TaskDefinition>(starter.stack, value, TASK_DEFINITION);
      if (!taskDefinition || started.has(taskDefinition)) continue;
      started.set(taskDefinition, {
        kind: 'job',
        stack: taskDefinition.stack,
        name: taskDefinition.name,
        tasks: { least: 0, most: tasks },
        unit,
        starts: startsOf(assembly, starter),
        task: taskOf(taskDefinition.properties),
        shares: sharesOf(assembly, starter.stack, strategy, launchType),
      });
    }
  }
  return [...started.values()];
}
