/** Tasks that want a slice each. */
export interface Demand {
  readonly name: string;
  readonly tasks: number;
}

/** Hosts with the same tasks: who has each slice, nobody where it is free. */
export interface Hosts {
  readonly count: number;
  readonly slices: (string | undefined)[];
}

export interface Placement {
  readonly hosts: Hosts[];
  /** Tasks for which there is no slice. */
  readonly waiting: Demand[];
}

/** Fills host after host, as bin packing does, with as many hosts as it takes, within the limits of the pool. */
export function place(demands: Demand[], slicesPerHost: number, pool: { minInstances: number; maxInstances: number }): Placement {
  const tasks = demands.flatMap(({ name, tasks: count }) => Array.from({ length: count }, () => name));
  const needed = Math.ceil(tasks.length / slicesPerHost);
  const count = Math.min(pool.maxInstances, Math.max(pool.minInstances, needed));
  const filled = Array.from({ length: count }, (_, host) =>
    Array.from({ length: slicesPerHost }, (_slice, slice): string | undefined => tasks[host * slicesPerHost + slice]),
  );
  const left = tasks.slice(count * slicesPerHost);
  return {
    hosts: grouped(filled),
    waiting: demands.map(({ name }) => ({ name, tasks: left.filter((task) => task === name).length })).filter((demand) => demand.tasks > 0),
  };
}

function grouped(hosts: (string | undefined)[][]): Hosts[] {
  const groups = new Map<string, Hosts>();
  for (const slices of hosts) {
    const key = JSON.stringify(slices);
    groups.set(key, { slices, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}
