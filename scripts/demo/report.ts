import { capacities } from './capacities';
import { capacityLines } from './capacity-lines';
import { CloudAssembly } from './cloud-assembly';
import { Style } from './style';
import { COLUMNS, counted, INDENT, indented, wrappedList } from './text';

/** Reports the resources of each stack of an app, and draws its hosts when all tasks run. */
export function report(assembly: CloudAssembly, style: Style): string[] {
  const all = capacities(assembly);
  // Shown only if the app buys any hosts other than On-Demand.
  const showPurchase = all.some(({ purchase = 'On-Demand' }) => purchase !== 'On-Demand');
  return assembly.stacks.flatMap((stack) => [
    ...resourceLines(assembly, stack, style),
    ...all
      .filter((capacity) => capacity.stack === stack)
      .flatMap((capacity) => ['', ...capacityLines(capacity, showPurchase, style).map(indented)]),
    '',
  ]);
}

/** The resource types of a stack with counts, one line for each AWS service. */
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
      wrappedList(names, room).map((line, i) => indented(style.faint((i === 0 ? service : '').padEnd(margin)) + line)),
    ),
  ];
}
