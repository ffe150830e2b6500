import { Capacity, WorkloadHere } from './capacities';
import { drawnFacts, factLines, nameOf, undrawnFacts } from './capacity-facts';
import { drawHost } from './draw-host';
import { Cell, drawGrid, paintOf, shortened } from './grid';
import { Layout, layoutOf } from './layout';
import { Hosts, place } from './placement';
import { Style } from './style';
import { COLUMNS, counted, INDENT, indented, wrappedText } from './text';

/** Width of a picture, in columns. */
const WIDTH = COLUMNS - 2 * INDENT.length;

/** Describes a capacity, its workloads, and its hosts when all tasks run. */
export function capacityLines(capacity: Capacity, showPurchase: boolean, style: Style): string[] {
  const { name, title, workloads } = capacity;
  const layout = layoutOf(capacity);
  const heading = `${style.strong(`Capacity ${name}`)}: ${title}`;
  if (typeof layout !== 'string') {
    const division = { slices: `, ${counted(layout.parts.length, 'slice')} on each host`, partitions: ', in partitions', host: '' };
    return [...headingLines(`${heading}${division[layout.kind]}`), ...hostsLines(capacity, layout, showPurchase, style)];
  }
  const byNetwork = workloads.flatMap((here) => networkLines(here, capacity, style));
  const reason = wrappedText(layout, WIDTH).map(indented);
  return [
    ...headingLines(heading),
    ...factLines(undrawnFacts(capacity, showPurchase, style), style),
    ...(byNetwork.length > 0 ? byNetwork : reason),
  ];
}

function headingLines(heading: string): string[] {
  return wrappedText(heading, WIDTH).map((line, i) => (i === 0 ? line : indented(line)));
}

function hostsLines(capacity: Capacity, layout: Layout, showPurchase: boolean, style: Style): string[] {
  const { hosts, workloads } = capacity;
  const names = workloads.map((here) => nameOf(here, capacity));
  const demands = workloads.map(({ tasksHere }, i) => ({ name: names[i], tasks: tasksHere, parts: layout.partsOf[i] }));
  const limits = hosts.kind === 'pool' ? hosts : { minInstances: 0, maxInstances: Infinity };
  const placement = place(demands, layout.parts.length, limits);
  const unit = { slices: 'slice', partitions: 'partition with these chips', host: 'host' }[layout.kind];
  return [
    ...factLines(drawnFacts(capacity, layout, placement, showPurchase, style), style),
    ...placement.hosts.flatMap((same) => ['', ...hostLines(same, layout, names, style)]),
    ...placement.waiting.map(({ name, tasks }) => `${counted(tasks, 'task')} of ${name} must wait: the capacity has no free ${unit}`),
  ];
}

/** Draws hosts that look alike once. */
function hostLines({ count, parts: owners }: Hosts, { parts, coresPerChip }: Layout, names: string[], style: Style): string[] {
  const tasks = [...names, undefined]
    .map((name) => ({ name: name ?? 'free', tasks: owners.filter((owner) => owner === name).length }))
    .filter((share) => share.tasks > 0)
    .map((share) => `${share.tasks} ${share.name}`);
  const drawn = { coresPerChip, parts: parts.map((part, i) => ({ ...part, name: owners[i] })) };
  return [`${counted(count, 'host')}${count > 1 ? ', each' : ''} with ${tasks.join(', ')}`, ...drawHost(drawn, names, WIDTH, style)];
}

/** Draws the accelerators that tasks reach over the network, from any host. */
function networkLines(here: WorkloadHere, capacity: Capacity, style: Style): string[] {
  const types = here.workload.task.inferenceAccelerators;
  if (types.length === 0) return [];
  const names = capacity.workloads.map((other) => nameOf(other, capacity));
  const name = nameOf(here, capacity);
  const cells = types.map((type): Cell => ({
    lines: [shortened(name, types.length, WIDTH), type, '[■]'],
    paint: paintOf(name, names, style),
  }));
  const each = here.tasksHere === 1 ? '' : ', each';
  return [
    '',
    `${counted(here.tasksHere, 'task')} of ${name}${each} with ${counted(types.length, 'accelerator')} over the network, on any host`,
    ...drawGrid(cells, true, WIDTH, style),
  ];
}
