import { Environment } from './accelerators';
import { CloudAssembly, Resource } from './cloud-assembly';

/** A service or a job: what takes slices of a capacity. */
export interface Workload {
  readonly kind: 'service' | 'job';
  readonly stack: string;
  readonly name: string;
  /** The fewest and the most tasks that it has at a time. */
  readonly tasks: { readonly least: number; readonly most: number };
  /** cpu units of a task. */
  readonly cpu: number;
  readonly environment: Environment;
  /** The capacity provider, where a stack of the app makes it. */
  readonly capacityProvider?: Resource;
}

interface TaskDefinition {
  readonly ContainerDefinitions?: { readonly Cpu?: number; readonly Environment?: { readonly Name: string; readonly Value: unknown }[] }[];
}

interface Service {
  readonly CapacityProviderStrategy?: { readonly CapacityProvider: unknown }[];
  readonly TaskDefinition?: unknown;
  readonly DesiredCount?: number;
}

interface ScalableTarget {
  readonly ResourceId: unknown;
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
}

const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';
const SERVICE = 'AWS::ECS::Service';
export const CAPACITY_PROVIDER = 'AWS::ECS::CapacityProvider';

/** The services and jobs of an app. */
export function workloads(assembly: CloudAssembly): Workload[] {
  const services = assembly.resources<Service>(SERVICE).flatMap((service) => serviceOf(assembly, service));
  return [...services, ...jobs(assembly)];
}

function serviceOf(assembly: CloudAssembly, service: Resource<Service>): Workload[] {
  const { stack, name, properties } = service;
  const strategy = properties.CapacityProviderStrategy ?? [];
  const taskDefinition = assembly.referenced<TaskDefinition>(stack, properties.TaskDefinition, TASK_DEFINITION);
  if (!taskDefinition || strategy.length === 0) return [];
  if (strategy.length > 1) throw new Error(`Service ${name} has ${strategy.length} capacity providers, the demo can draw one`);
  return [
    {
      kind: 'service',
      stack,
      name,
      tasks: taskRange(assembly, service),
      ...taskOf(taskDefinition),
      capacityProvider: assembly.referenced(stack, strategy[0].CapacityProvider, CAPACITY_PROVIDER),
    },
  ];
}

function taskRange(assembly: CloudAssembly, service: Resource<Service>): Workload['tasks'] {
  const target = assembly
    .resources<ScalableTarget>('AWS::ApplicationAutoScaling::ScalableTarget')
    .find(({ stack, properties }) => assembly.referenced(stack, properties.ResourceId, SERVICE) === service);
  const desired = service.properties.DesiredCount ?? 1;
  return target ? { least: target.properties.MinCapacity, most: target.properties.MaxCapacity } : { least: desired, most: desired };
}

/** Task definitions that a schedule, a state machine or the like starts on a capacity provider; a run is one task. */
function jobs(assembly: CloudAssembly): Workload[] {
  const served = assembly.resources(SERVICE).map(({ stack, properties }) => assembly.referenced(stack, properties, TASK_DEFINITION));
  const starters = assembly.resources().filter(({ type }) => type !== SERVICE && !type.startsWith('AWS::IAM::'));
  const started = new Map<Resource<TaskDefinition>, Resource>();
  for (const { stack, properties } of starters) {
    const taskDefinition = assembly.referenced<TaskDefinition>(stack, properties, TASK_DEFINITION);
    const capacityProvider = assembly.referenced(stack, properties, CAPACITY_PROVIDER);
    if (taskDefinition && capacityProvider && !served.includes(taskDefinition)) started.set(taskDefinition, capacityProvider);
  }
  return [...started].map(([taskDefinition, capacityProvider]) => ({
    kind: 'job',
    stack: taskDefinition.stack,
    name: taskDefinition.name,
    tasks: { least: 0, most: 1 },
    ...taskOf(taskDefinition),
    capacityProvider,
  }));
}

function taskOf({ properties }: Resource<TaskDefinition>): { cpu: number; environment: Environment } {
  const containers = properties.ContainerDefinitions ?? [];
  return {
    cpu: containers.reduce((sum, container) => sum + (container.Cpu ?? 0), 0),
    environment: Object.fromEntries(
      containers.flatMap((container) => (container.Environment ?? []).map(({ Name, Value }) => [Name, Value])),
    ),
  };
}
