import { CloudAssembly } from './cloud-assembly';
import { drawHost } from './draw-host';
import { Hosts, place } from './placement';
import { Pool, pools, Slices } from './pools';
import { Style } from './style';
import { Workload } from './workloads';

export const COLUMNS = 100;
const INDENT = '  ';

/** What each stack of an app makes, and what its hosts look like when everything runs. */
export function report(assembly: CloudAssembly, style: Style): string[] {
  const all = pools(assembly);
  return assembly.stacks.flatMap((stack) => [
    ...resourceLines(assembly, stack, style),
    ...all.filter((pool) => pool.stack === stack).flatMap((pool) => ['', ...poolLines(pool, style).map(indented)]),
    '',
  ]);
}

/** The types of a stack's resources, a line for each AWS service, with counts. */
function resourceLines(assembly: CloudAssembly, stack: string, style: Style): string[] {
  const resources = assembly.resources().filter((resource) => resource.stack === stack);
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);

  const services = new Map<string, string[]>();
  for (const [type, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
    const [service, name] = type.split('::').slice(-2);
    services.set(service, [...(services.get(service) ?? []), count === 1 ? name : `${count} ${name}`]);
  }
  const margin = Math.max(...[...services.keys()].map((service) => service.length)) + 2;
  const room = COLUMNS - 2 * INDENT.length - margin;
  return [
    `${style.strong(`Stack ${stack}`)}: ${counted(resources.length, 'resource')}`,
    ...[...services].flatMap(([service, names]) =>
      wrapped(names, room).map((line, i) => indented(style.faint((i === 0 ? service : '').padEnd(margin)) + line)),
    ),
  ];
}

function poolLines(pool: Pool, style: Style): string[] {
  const { name, instanceType, minInstances, maxInstances, slices, workloads } = pool;
  const heading = `${style.strong(`Capacity ${name}`)}: ${minInstances} to ${counted(maxInstances, 'instance')} of ${instanceType}`;
  if (slices) return [`${heading}, ${counted(slices.perHost, 'slice')} on each host`, ...slicedPoolLines(pool, slices, style)];
  return [
    heading,
    indented(workloads.length === 0 ? 'nothing runs on it' : 'not drawn: the demo knows no accelerators of this instance type'),
  ];
}

function slicedPoolLines(pool: Pool, slices: Slices, style: Style): string[] {
  const names = pool.workloads.map(({ stack, name }) => (stack === pool.stack ? name : `${stack}/${name}`));
  const demands = pool.workloads.map(({ tasks }, i) => ({ name: names[i], tasks: tasks.most }));
  const wanted = demands.reduce((sum, { tasks }) => sum + tasks, 0);
  const all = pool.maxInstances * slices.perHost;
  const idle = slices.chips * slices.coresPerChip - slices.perHost * slices.cores;
  const { hosts, waiting } = place(demands, slices.perHost, pool);
  const facts = [
    ['host', `${slices.vCpus} vCPU, ${counted(slices.chips, 'chip')} x ${counted(slices.coresPerChip, slices.coreName)}`],
    ['slice', `${slices.cpuUnits} cpu units, ${counted(slices.cores, slices.coreName)}${idle > 0 ? `; ${idle} are in no slice` : ''}`],
    ...pool.workloads.map((workload, i) => [workload.kind, `${style.workload(i, names[i])}, ${tasksOf(workload)}`]),
    ['in use', `${Math.min(wanted, all)} of ${counted(all, 'slice')} when everything runs, drawn host after host`],
  ];
  return [
    ...facts.map(([label, text]) => indented(style.faint(label.padEnd(9)) + text)),
    ...hosts.flatMap((same) => ['', ...hostLines(same, slices, names, style)]),
    ...waiting.map(({ name, tasks }) => `${counted(tasks, 'task')} of ${name} must wait: the capacity has no slice left`),
  ];
}

function tasksOf({ kind, tasks: { least, most } }: Workload): string {
  if (kind === 'job') return `${counted(most, 'task')} a run`;
  return least === most ? counted(most, 'task') : `${least} to ${counted(most, 'task')}`;
}

/** Hosts that look alike are drawn once. */
function hostLines({ count, slices: owners }: Hosts, slices: Slices, names: string[], style: Style): string[] {
  const tasks = [...names, undefined]
    .map((name) => ({ name: name ?? 'free', tasks: owners.filter((owner) => owner === name).length }))
    .filter((share) => share.tasks > 0)
    .map((share) => `${share.tasks} ${share.name}`);
  return [
    `${counted(count, 'host')}${count > 1 ? ', each' : ''} with ${tasks.join(', ')}`,
    ...drawHost({ ...slices, slices: owners }, names, COLUMNS - 2 * INDENT.length, style),
  ];
}

function wrapped(items: string[], columns: number): string[] {
  const lines: string[][] = [[]];
  for (const item of items) {
    const line = lines[lines.length - 1];
    if (line.length === 0 || [...line, item, ''].join(', ').length <= columns) line.push(item);
    else lines.push([item]);
  }
  return lines.map((line, i) => line.join(', ') + (i < lines.length - 1 ? ',' : ''));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function indented(line: string): string {
  return line && INDENT + line;
}
