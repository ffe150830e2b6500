import { Accelerators, acceleratorsOf, AcceleratorsOfTask } from './accelerators';
import { Capacity } from './capacities';
import { partitions } from './partitions';
import { counted, listed } from './text';

const CPU_UNITS_PER_VCPU = 1024;

/** How a host is divided among tasks. */
export interface Layout extends Accelerators {
  readonly kind: 'slices' | 'partitions' | 'host';
  readonly parts: Part[];
  /** For each workload, the parts that a task of it may take; undefined where it may take any. */
  readonly partsOf: (number[] | undefined)[];
  /** vCPUs of each instance type that the hosts may have. */
  readonly vCpusOfTypes: number[];
  /** cpu units of each part, where all are the same. */
  readonly cpuUnits?: number;
}

/** Cores beside each other. */
export interface Part {
  readonly first: number;
  readonly cores: number;
}

/** What a layout adds to the accelerators of a host. */
export type Division = Pick<Layout, 'kind' | 'parts' | 'partsOf' | 'cpuUnits'>;

/** A task that is to have its part of a host. */
export interface AskingTask extends AcceleratorsOfTask {
  readonly name: string;
  readonly cpu: number;
}

/** How the hosts of a capacity are divided, or why that can't be drawn; without a word where that is plain. */
export function layoutOf({ name, hosts, workloads }: Capacity): Layout | string {
  if (workloads.length === 0) return 'nothing runs on it';
  if (hosts.kind === 'none') return '';
  const counts = [
    ...(hosts.kind === 'pool' ? [hosts.minInstances, hosts.maxInstances] : []),
    ...workloads.map(({ tasksHere }) => tasksHere),
  ];
  if (counts.some(Number.isNaN)) return 'not drawn: only a parameter says how many there are';
  const types = hosts.instanceTypes.map((type) => acceleratorsOf(type, workloads[0].workload.task));
  if (types.length === 0 || types.includes(undefined)) {
    return `not drawn: the demo knows no accelerators of ${types.length > 1 ? 'one of these instance types' : 'this instance type'}`;
  }
  if (hosts.kind === 'managed') return wholeHosts(hosts.instanceTypes, types as AcceleratorsOfTask[], workloads);
  const [instanceType] = hosts.instanceTypes;
  const tasks = workloads.map(({ workload }) => ({
    ...acceleratorsOf(instanceType, workload.task)!,
    ...{ name: workload.name, cpu: workload.task.cpu },
  }));
  const division = tasks.some(({ chipsOfTask }) => chipsOfTask) ? partitions(tasks) : slices(name, instanceType, tasks);
  return typeof division === 'string' ? division : { ...tasks[0], ...division, vCpusOfTypes: [tasks[0].vCpus] };
}

/** A task has a host of its own, of a type that ECS chooses. */
function wholeHosts(names: string[], types: AcceleratorsOfTask[], workloads: Capacity['workloads']): Layout | string {
  const [{ chips, coresPerChip }] = types;
  const vCpus = Math.max(...types.map((type) => type.vCpus));
  const sharing = workloads.find(({ workload: { task } }) => !task.allNeuronDevices && task.cpu * 2 <= vCpus * CPU_UNITS_PER_VCPU);
  if (sharing) return `not drawn: tasks of ${sharing.workload.name} do not take a whole host, and ECS chooses which ones share it`;
  if (types.some((type) => type.chips !== chips || type.coresPerChip !== coresPerChip)) {
    const choice = names.map((name, i) => `${name} with ${counted(types[i].chips, 'chip')}`);
    return `not drawn: each task has a host of its own, of the type that ECS chooses: ${listed(choice, 'or')}`;
  }
  const parts = [{ first: 0, cores: chips * coresPerChip }];
  return { ...types[0], kind: 'host', parts, partsOf: [], vCpusOfTypes: [...new Set(types.map((type) => type.vCpus))] };
}

/** As many equal parts as ECS can place tasks on a host by their cpu units. */
function slices(pool: string, instanceType: string, tasks: AskingTask[]): Division | string {
  const [{ cpu, coresPerTask, coreName, vCpus, chips, coresPerChip }, ...others] = tasks;
  if (cpu === 0 || others.some((other) => other.cpu !== cpu)) {
    return `not drawn: tasks take ${tasks.map((task) => task.cpu).join(', ')} cpu units, the demo draws equal ones`;
  }
  const perHost = Math.floor((vCpus * CPU_UNITS_PER_VCPU) / cpu);
  const all = chips * coresPerChip;
  const cores = coresPerTask ?? Math.floor(all / perHost);
  if (cores === 0) {
    return `not drawn: ${counted(perHost, 'task')} fit a host of ${pool} by their cpu units, but ${instanceType} has ${counted(all, coreName)}`;
  }
  if (perHost * cores > all) {
    return `not drawn: ${counted(perHost, 'task')} on a host of ${pool} take ${counted(cores, coreName)} each, but ${instanceType} has ${all}`;
  }
  const parts = Array.from({ length: perHost }, (_, slice) => ({ first: slice * cores, cores }));
  return { kind: 'slices', parts, partsOf: [], cpuUnits: cpu };
}
