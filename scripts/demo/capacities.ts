import { CloudAssembly, Resource } from './cloud-assembly';
import { poolResources, PoolResources } from './pool-resources';
import { purchaseOf } from './purchase';
import { CAPACITY_PROVIDER, divide, Share, shareText } from './strategy';
import { counted, listed } from './text';
import { Workload, workloads } from './workloads';

/** A capacity, and the workloads that run on it. */
export interface Capacity {
  readonly stack: string;
  readonly name: string;
  /** A short description of the capacity. */
  readonly title: string;
  readonly hosts: Hosts;
  /** How its hosts are bought, if known. */
  readonly purchase?: string;
  /** Special features of its network. */
  readonly network?: string;
  readonly workloads: WorkloadHere[];
}

/** The hosts of a capacity. */
export type Hosts = Pool | ManagedHosts | NoHosts;

/** EC2 instances of an Auto Scaling group. */
export interface Pool {
  readonly kind: 'pool';
  readonly instanceTypes: string[];
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** EC2 instances of any of these types, which ECS starts by itself. */
export interface ManagedHosts {
  readonly kind: 'managed';
  readonly instanceTypes: string[];
}

/** Hosts that the templates do not describe. */
export interface NoHosts {
  readonly kind: 'none';
}

/** The share of a workload that runs on the capacity. */
export interface WorkloadHere {
  readonly workload: Workload;
  /** Its maximum number of tasks here. */
  readonly tasksHere: number;
  /** Which of its tasks these are, if others run elsewhere. */
  readonly share?: string;
}

interface CapacityProvider {
  readonly AutoScalingGroupProvider?: { readonly AutoScalingGroupArn: unknown };
  readonly ManagedInstancesProvider?: {
    readonly InstanceLaunchTemplate?: {
      readonly CapacityOptionType?: string;
      readonly InstanceRequirements?: { readonly AllowedInstanceTypes?: string[] };
    };
  };
}

/** The capacities of an app: those that it creates, and others that its workloads run on. */
export function capacities(assembly: CloudAssembly): Capacity[] {
  const all = workloads(assembly);
  const made = assembly.resources<CapacityProvider>(CAPACITY_PROVIDER).flatMap((provider) =>
    capacityOf(
      assembly,
      provider,
      here(all, ({ capacityProvider }) => capacityProvider === provider),
    ),
  );
  return [...made, ...assembly.stacks.flatMap((stack) => otherCapacities(stack, all))];
}

function here(all: Workload[], isHere: (share: Share) => boolean): WorkloadHere[] {
  return all.flatMap((workload) => {
    const tasks = divide(workload.tasks.most, workload.shares);
    return workload.shares.flatMap((share, i) =>
      isHere(share) ? [{ workload, tasksHere: tasks[i], share: shareText(share, workload.shares) }] : [],
    );
  });
}

function capacityOf(assembly: CloudAssembly, provider: Resource<CapacityProvider>, on: WorkloadHere[]): Capacity[] {
  const { stack, name, properties } = provider;
  const common = { stack, name, workloads: on };
  const managed = properties.ManagedInstancesProvider?.InstanceLaunchTemplate;
  if (managed) {
    const instanceTypes = managed.InstanceRequirements?.AllowedInstanceTypes ?? [];
    const types = instanceTypes.length === 0 ? 'types that ECS chooses by their attributes' : listed(instanceTypes, 'or');
    const title = `Managed Instances of ${types}`;
    return [{ ...common, title, hosts: { kind: 'managed', instanceTypes }, purchase: managedPurchase(managed.CapacityOptionType) }];
  }
  const resources = poolResources(assembly, stack, properties.AutoScalingGroupProvider);
  return resources ? [{ ...common, ...poolOf(resources) }] : [];
}

function managedPurchase(optionType: string | undefined): string {
  if (optionType === 'SPOT') return 'Spot';
  return optionType === 'RESERVED' ? 'capacity reservation' : 'On-Demand';
}

function poolOf({ group, template, scheduled, placementStrategy }: PoolResources): Omit<Capacity, 'stack' | 'name' | 'workloads'> {
  const instanceType = String(template.InstanceType ?? 'unknown');
  // A group may have hosts only at certain times.
  const sizes = [group, ...scheduled].map(({ MaxSize = 0, MinSize = 0 }) => ({ min: Number(MinSize), max: Number(MaxSize) }));
  const largest = sizes.reduce((most, size) => (size.max > most.max ? size : most));
  const efa = (template.NetworkInterfaces ?? []).filter(({ InterfaceType }) => /^efa/.test(String(InterfaceType))).length;
  const network = [efa > 0 && counted(efa, 'EFA interface'), placementStrategy && `${placementStrategy} placement group`].filter(Boolean);
  return {
    title: `${Number.isNaN(sizes[0].min + largest.max) ? 'instances' : `${sizes[0].min} to ${counted(largest.max, 'instance')}`} of ${instanceType}`,
    hosts: { kind: 'pool', instanceTypes: [instanceType], minInstances: largest.min, maxInstances: largest.max },
    purchase: purchaseOf(template, group, scheduled),
    network: network.join(', ') || undefined,
  };
}

/** Fargate, and workloads that run by launch type, by the cluster default, or on a capacity provider that no stack of the app creates. */
function otherCapacities(stack: string, all: Workload[]): Capacity[] {
  const others = all
    .filter((workload) => workload.stack === stack)
    .flatMap(({ shares }) => shares.filter((share) => !share.capacityProvider));
  return [...new Set(others.map(({ providerName }) => providerName))].map((name) => ({
    stack,
    name,
    title: /^FARGATE/.test(name) ? 'no accelerators, no hosts of your own' : 'not drawn, because the templates do not describe its hosts',
    hosts: { kind: 'none' },
    workloads: here(
      all.filter((workload) => workload.stack === stack),
      (share) => !share.capacityProvider && share.providerName === name,
    ),
  }));
}
