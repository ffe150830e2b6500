import { Accelerators, acceleratorsOf, AcceleratorsOfTask } from './accelerators';
import { Capacity } from './capacities';
import { partitions } from './partitions';
import { counted, listed } from './text';

const CPU_UNITS_PER_VCPU = 1024;

/** How a host is divided among tasks. */
export interface Layout extends Accelerators {
  readonly kind: 'slices' | 'partitions' | 'host';
  readonly parts: Part[];
  /** For each workload, the slices or partitions that its tasks may take, by index; undefined if they may take any. */
  readonly partsOf: (number[] | undefined)[];
  /** vCPUs of each possible instance type of the hosts. */
  readonly vCpusOfTypes: number[];
  /** cpu units of each slice. */
  readonly cpuUnits?: number;
}

/** Adjacent cores of a host: a slice, a partition, or free cores. */
export interface Part {
  readonly first: number;
  readonly cores: number;
}

/** The fields that a layout adds to the accelerators of a host. */
export type Division = Pick<Layout, 'kind' | 'parts' | 'partsOf' | 'cpuUnits'>;

/** A task that asks for a share of a host. */
export interface AskingTask extends AcceleratorsOfTask {
  readonly name: string;
  readonly cpu: number;
}

/** How the hosts of a capacity are divided, or the reason why they cannot be drawn; an empty reason if it is obvious. */
export function layoutOf({ name, hosts, workloads }: Capacity): Layout | string {
  if (workloads.length === 0) return 'nothing runs on it';
  if (hosts.kind === 'none') return '';
  const counts = [
    ...(hosts.kind === 'pool' ? [hosts.minInstances, hosts.maxInstances] : []),
    ...workloads.map(({ tasksHere }) => tasksHere),
  ];
  if (counts.some(Number.isNaN)) return 'not drawn: the number of hosts or tasks is set by a parameter';
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

/** Each task has its own host, of a type that ECS chooses. */
function wholeHosts(names: string[], types: AcceleratorsOfTask[], workloads: Capacity['workloads']): Layout | string {
  const [{ chips, coresPerChip }] = types;
  const vCpus = Math.max(...types.map((type) => type.vCpus));
  const sharing = workloads.find(({ workload: { task } }) => !task.allNeuronDevices && task.cpu * 2 <= vCpus * CPU_UNITS_PER_VCPU);
  if (sharing) return `not drawn: tasks of ${sharing.workload.name} do not take a whole host, and ECS chooses which tasks share one`;
  if (types.some((type) => type.chips !== chips || type.coresPerChip !== coresPerChip)) {
    const choice = names.map((name, i) => `${name} with ${counted(types[i].chips, 'chip')}`);
    return `not drawn: each task has its own host, and ECS chooses its type: ${listed(choice, 'or')}`;
  }
  const parts = [{ first: 0, cores: chips * coresPerChip }];
  return { ...types[0], kind: 'host', parts, partsOf: [], vCpusOfTypes: [...new Set(types.map((type) => type.vCpus))] };
}

/** As many equal slices as ECS can place tasks on a host by their cpu units. */
function slices(pool: string, instanceType: string, tasks: AskingTask[]): Division | string {
  const [{ cpu, coresPerTask, coreName, vCpus, chips, coresPerChip }, ...others] = tasks;
  if (cpu === 0 || others.some((other) => other.cpu !== cpu)) {
    const units = tasks.map((task) => task.cpu);
    return `not drawn: tasks take ${listed(units, 'and')} cpu units, but must all take the same number above 0`;
  }
  const perHost = Math.floor((vCpus * CPU_UNITS_PER_VCPU) / cpu);
  const all = chips * coresPerChip;
  const cores = coresPerTask ?? Math.floor(all / perHost);
  if (cores === 0) {
    return `not drawn: ${counted(perHost, 'task')} fit on a host of ${pool} by cpu units, but ${instanceType} has ${counted(all, coreName)}`;
  }
  if (perHost * cores > all) {
    return `not drawn: ${counted(perHost, 'task')} on a host of ${pool} take ${counted(cores, coreName)} each, but ${instanceType} has ${all}`;
  }
  const parts = Array.from({ length: perHost }, (_, slice) => ({ first: slice * cores, cores }));
  return { kind: 'slices', parts, partsOf: [], cpuUnits: cpu };
}
