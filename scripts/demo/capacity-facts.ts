import { Capacity, Pool, WorkloadHere } from './capacities';
import { Layout } from './layout';
import { Placement } from './placement';
import { Style } from './style';
import { COLUMNS, counted, INDENT, indented, listed, ranged, wrappedText } from './text';
import { Workload } from './workloads';

/** Width of the label of a fact, in columns. */
const LABEL = 9;

export type Fact = [label: string, text: string];

/** The facts of a capacity whose hosts are drawn. */
export function drawnFacts(capacity: Capacity, layout: Layout, placement: Placement, showPurchase: boolean, style: Style): Fact[] {
  return [
    ['host', hostText(layout)],
    ...supplyFacts(capacity, showPurchase),
    ...sliceFact(layout),
    ...capacity.workloads.map((here, i) => workloadFact(here, i, capacity, style, partText(layout, i, here))),
    ['in use', inUse(capacity, placement, layout)],
  ];
}

/** The facts of a capacity whose hosts are not drawn. */
export function undrawnFacts(capacity: Capacity, showPurchase: boolean, style: Style): Fact[] {
  return [
    ...supplyFacts(capacity, showPurchase),
    ...capacity.workloads.map((here, i) => workloadFact(here, i, capacity, style, sizeText(here))),
  ];
}

export function factLines(facts: Fact[], style: Style): string[] {
  const room = COLUMNS - 2 * INDENT.length - LABEL;
  return facts.flatMap(([label, text]) =>
    wrappedText(text, room).map((line, i) => indented(style.faint((i === 0 ? label : '').padEnd(LABEL)) + line)),
  );
}

/** The name of a workload from the point of view of the stack of the capacity. */
export function nameOf({ workload: { stack, name } }: WorkloadHere, capacity: Capacity): string {
  return stack === capacity.stack ? name : `${stack}/${name}`;
}

function hostText({ vCpusOfTypes, chips, coresPerChip, coreName }: Layout): string {
  const cores = coresPerChip > 1 ? ` x ${counted(coresPerChip, coreName)}` : '';
  return `${listed(vCpusOfTypes, 'or')} vCPU, ${counted(chips, 'chip')}${cores}`;
}

/** How the capacity is bought and connected. */
function supplyFacts({ purchase, network }: Capacity, showPurchase: boolean): Fact[] {
  return [...(purchase && showPurchase ? [['bought', purchase] as Fact] : []), ...(network ? [['network', network] as Fact] : [])];
}

function sliceFact({ kind, parts, cpuUnits, chips, coresPerChip, coreName }: Layout): Fact[] {
  if (kind !== 'slices') return [];
  const idle = chips * coresPerChip - parts.length * parts[0].cores;
  return [['slice', `${cpuUnits} cpu units, ${counted(parts[0].cores, coreName)}${idle > 0 ? `; ${idle} are in no slice` : ''}`]];
}

function workloadFact(here: WorkloadHere, index: number, capacity: Capacity, style: Style, more: string): Fact {
  const { workload, tasksHere, share } = here;
  const part = share === undefined || Number.isNaN(tasksHere) ? '' : `, ${tasksHere} here: ${share}`;
  return [workload.kind, `${style.workload(index, nameOf(here, capacity))}, ${countText(workload)}${part}${more}`];
}

function countText({ kind, tasks: { least, most }, unit, starts = [] }: Workload): string {
  if (Number.isNaN(most)) return 'a number of tasks set by a parameter';
  if (kind === 'job') return `${counted(most, unit ?? 'task')} per run${starts.length > 0 ? `, started by ${listed(starts, 'or')}` : ''}`;
  return least === most ? counted(most, 'task') : `${least} to ${counted(most, 'task')}`;
}

/** For a task of a partition: its chips, and the ports that keep other tasks off them. */
function partText({ kind, parts, partsOf, coresPerChip }: Layout, index: number, { workload: { task } }: WorkloadHere): string {
  if (kind !== 'partitions') return '';
  const { first, cores } = parts[partsOf[index]![0]];
  const [firstChip, lastChip] = [first, first + cores - 1].map((core) => Math.floor(core / coresPerChip));
  const ports =
    task.udpPorts.length === 0 ? '' : `, reserved by host ${ranged('port', Math.min(...task.udpPorts), Math.max(...task.udpPorts))}`;
  return `: ${ranged('chip', firstChip, lastChip)}${ports}`;
}

/** For a task whose host is not drawn: the resources that it asks for. */
function sizeText({ workload: { task } }: WorkloadHere): string {
  const accelerators = [...new Set(task.inferenceAccelerators)].map(
    (type) => `${task.inferenceAccelerators.filter((other) => other === type).length} ${type}`,
  );
  const size = [task.cpu > 0 && `${task.cpu} cpu units`, task.memory > 0 && `${task.memory} MiB`, ...accelerators].filter(Boolean);
  return size.length === 0 ? '' : `: ${listed(size as string[], 'and')} per task`;
}

function inUse({ hosts: capacityHosts }: Capacity, { hosts }: Placement, { kind, parts, chips, coresPerChip }: Layout): string {
  const sum = (amount: (part: number) => number) =>
    hosts.reduce((all, host) => all + host.count * host.parts.reduce((used, name, i) => used + (name === undefined ? 0 : amount(i)), 0), 0);
  const tasks = sum(() => 1);
  if (kind === 'host') return `${counted(tasks, 'host')} when all tasks run, one for each task`;
  const { maxInstances } = capacityHosts as Pool;
  const used =
    kind === 'slices'
      ? `${tasks} of ${counted(maxInstances * parts.length, 'slice')}`
      : `${sum((part) => parts[part].cores / coresPerChip)} of ${counted(maxInstances * chips, 'chip')}`;
  return `${used} when all tasks run; the drawing fills one host at a time`;
}
