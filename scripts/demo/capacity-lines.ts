import { Capacity, WorkloadHere } from './capacities';
import { drawHost } from './draw-host';
import { Layout, layoutOf } from './layout';
import { Hosts, place, Placement } from './placement';
import { Style } from './style';
import { COLUMNS, counted, INDENT, indented, listed, range, wrappedText } from './text';

/** Columns of a fact's label. */
const LABEL = 9;

type Fact = [label: string, text: string];

/** What a capacity is, what runs on it, and its hosts when everything runs. */
export function capacityLines(capacity: Capacity, showPurchase: boolean, style: Style): string[] {
  const { name, title, workloads } = capacity;
  const layout = layoutOf(capacity);
  const heading = `${style.strong(`Capacity ${name}`)}: ${title}`;
  if (typeof layout !== 'string') {
    const slices = layout.kind === 'slices' ? `, ${counted(layout.parts.length, 'slice')} on each host` : '';
    return [`${heading}${slices}`, ...hostsLines(capacity, layout, showPurchase, style)];
  }
  const facts = [
    ...supplyFacts(capacity, showPurchase),
    ...workloads.map((here, i) => workloadFact(here, i, capacity, style, sizeOf(here))),
  ];
  return [heading, ...factLines(facts, style), ...wrappedText(layout, COLUMNS - 2 * INDENT.length).map(indented)];
}

function hostsLines(capacity: Capacity, layout: Layout, showPurchase: boolean, style: Style): string[] {
  const { hosts, workloads } = capacity;
  const names = workloads.map((here) => nameOf(here, capacity));
  const demands = workloads.map(({ tasksHere }, i) => ({ name: names[i], tasks: tasksHere, parts: layout.partsOf[i] }));
  const limits = hosts.kind === 'pool' ? hosts : { minInstances: 0, maxInstances: Infinity };
  const placement = place(demands, layout.parts.length, limits);
  const facts: Fact[] = [
    ['host', hostText(layout)],
    ...supplyFacts(capacity, showPurchase),
    ...sliceFact(layout),
    ...workloads.map((here, i) => workloadFact(here, i, capacity, style, partText(layout, i, here))),
    ['in use', inUse(placement, layout, limits.maxInstances)],
  ];
  const unit = { slices: 'slice', partitions: 'such partition', host: 'host' }[layout.kind];
  return [
    ...factLines(facts, style),
    ...placement.hosts.flatMap((same) => ['', ...hostLines(same, layout, names, style)]),
    ...placement.waiting.map(({ name, tasks }) => `${counted(tasks, 'task')} of ${name} must wait: the capacity has no ${unit} left`),
  ];
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
  const { kind, tasks } = workload;
  const count =
    tasks.least === tasks.most || kind === 'job' ? counted(tasks.most, 'task') : `${tasks.least} to ${counted(tasks.most, 'task')}`;
  const part = share === undefined ? '' : `, ${tasksHere} here: ${share}`;
  return [kind, `${style.workload(index, nameOf(here, capacity))}, ${count}${kind === 'job' ? ' a run' : ''}${part}${more}`];
}

/** Of a task of a partition: what keeps others off its chips. */
function partText({ kind, parts, partsOf, coresPerChip }: Layout, index: number, { workload: { task } }: WorkloadHere): string {
  if (kind !== 'partitions') return '';
  const { first, cores } = parts[partsOf[index]![0]];
  const [firstChip, lastChip] = [first, first + cores - 1].map((core) => Math.floor(core / coresPerChip));
  const chips = `${firstChip === lastChip ? 'chip' : 'chips'} ${range(firstChip, lastChip)}`;
  const ports = task.udpPorts.length === 0 ? '' : ` by host ports ${range(Math.min(...task.udpPorts), Math.max(...task.udpPorts))}`;
  return `: ${chips}${ports}`;
}

/** Of a task whose host isn't drawn: what it asks for. */
function sizeOf({ workload: { task } }: WorkloadHere): string {
  const accelerators = [...new Set(task.inferenceAccelerators)].map(
    (type) => `${task.inferenceAccelerators.filter((other) => other === type).length} ${type}`,
  );
  const size = [task.cpu > 0 && `${task.cpu} cpu units`, task.memory > 0 && `${task.memory} MiB`, ...accelerators].filter(Boolean);
  return size.length === 0 ? '' : `: ${listed(size as string[], 'and')} a task`;
}

function inUse({ hosts }: Placement, { kind, parts, chips, coresPerChip }: Layout, maxInstances: number): string {
  const sum = (amount: (part: number) => number) =>
    hosts.reduce((all, host) => all + host.count * host.parts.reduce((used, name, i) => used + (name === undefined ? 0 : amount(i)), 0), 0);
  if (kind === 'host')
    return `${counted(
      sum(() => 1),
      'host',
    )} when everything runs, one for each task`;
  const used =
    kind === 'slices'
      ? `${sum(() => 1)} of ${counted(maxInstances * parts.length, 'slice')}`
      : `${sum((part) => parts[part].cores / coresPerChip)} of ${counted(maxInstances * chips, 'chip')}`;
  return `${used} when everything runs, drawn host after host`;
}

/** Hosts that look alike are drawn once. */
function hostLines({ count, parts: owners }: Hosts, { parts, coresPerChip }: Layout, names: string[], style: Style): string[] {
  const tasks = [...names, undefined]
    .map((name) => ({ name: name ?? 'free', tasks: owners.filter((owner) => owner === name).length }))
    .filter((share) => share.tasks > 0)
    .map((share) => `${share.tasks} ${share.name}`);
  const drawn = { coresPerChip, parts: parts.map((part, i) => ({ ...part, name: owners[i] })) };
  return [
    `${counted(count, 'host')}${count > 1 ? ', each' : ''} with ${tasks.join(', ')}`,
    ...drawHost(drawn, names, COLUMNS - 2 * INDENT.length, style),
  ];
}

function factLines(facts: Fact[], style: Style): string[] {
  const room = COLUMNS - 2 * INDENT.length - LABEL;
  return facts.flatMap(([label, text]) =>
    wrappedText(text, room).map((line, i) => indented(style.faint((i === 0 ? label : '').padEnd(LABEL)) + line)),
  );
}

function nameOf({ workload: { stack, name } }: WorkloadHere, capacity: Capacity): string {
  return stack === capacity.stack ? name : `${stack}/${name}`;
}
