import { Accelerators, acceleratorsOf } from './accelerators';
import { CloudAssembly, Resource } from './cloud-assembly';
import { CAPACITY_PROVIDER, Workload, workloads } from './workloads';

const CPU_UNITS_PER_VCPU = 1024;

/** EC2 capacity, and what runs on it. */
export interface Pool {
  readonly stack: string;
  readonly name: string;
  readonly instanceType: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly workloads: Workload[];
  /** How its hosts are divided; undefined where nothing on it, or nothing that the demo knows, tells. */
  readonly slices?: Slices;
}

/** A host, divided into equal slices. */
export interface Slices extends Accelerators {
  /** Slices of each host: as many tasks as ECS can place there by their cpu units. */
  readonly perHost: number;
  /** Cores of each slice. */
  readonly cores: number;
  /** cpu units of each slice. */
  readonly cpuUnits: number;
}

interface CapacityProvider {
  readonly AutoScalingGroupProvider?: { readonly AutoScalingGroupArn: unknown };
}

interface AutoScalingGroup {
  readonly MinSize: string;
  readonly MaxSize: string;
  readonly LaunchTemplate?: unknown;
}

interface LaunchTemplate {
  readonly LaunchTemplateData: { readonly InstanceType?: string };
}

/** The pools of an app. */
export function pools(assembly: CloudAssembly): Pool[] {
  const all = workloads(assembly);
  return assembly.resources<CapacityProvider>(CAPACITY_PROVIDER).flatMap((provider) =>
    poolOf(
      assembly,
      provider,
      all.filter(({ capacityProvider }) => capacityProvider === provider),
    ),
  );
}

function poolOf(assembly: CloudAssembly, provider: Resource<CapacityProvider>, on: Workload[]): Pool[] {
  const { stack, name, properties } = provider;
  const group = assembly.referenced<AutoScalingGroup>(stack, properties.AutoScalingGroupProvider, 'AWS::AutoScaling::AutoScalingGroup');
  if (!group) return [];
  const template = assembly.referenced<LaunchTemplate>(group.stack, group.properties.LaunchTemplate, 'AWS::EC2::LaunchTemplate');
  const instanceType = template?.properties.LaunchTemplateData.InstanceType ?? 'unknown';
  return [
    {
      stack,
      name,
      instanceType,
      minInstances: Number(group.properties.MinSize),
      maxInstances: Number(group.properties.MaxSize),
      workloads: on,
      slices: slicesOf(name, instanceType, on),
    },
  ];
}

function slicesOf(pool: string, instanceType: string, on: Workload[]): Slices | undefined {
  const [first, ...others] = on;
  const accelerators = first && acceleratorsOf(instanceType, first.environment);
  if (!accelerators) return undefined;
  if (first.cpu === 0 || others.some(({ cpu }) => cpu !== first.cpu)) {
    throw new Error(`Tasks of ${pool} take ${on.map(({ cpu }) => cpu).join(', ')} cpu units, the demo can draw equal ones`);
  }
  const perHost = Math.floor((accelerators.vCpus * CPU_UNITS_PER_VCPU) / first.cpu);
  const all = accelerators.chips * accelerators.coresPerChip;
  const cores = accelerators.coresPerTask ?? Math.floor(all / perHost);
  if (perHost * cores > all) {
    throw new Error(`${perHost} tasks on a host of ${pool} take ${cores} ${accelerators.coreName}s each, but ${instanceType} has ${all}`);
  }
  return { ...accelerators, perHost, cores, cpuUnits: first.cpu };
}
