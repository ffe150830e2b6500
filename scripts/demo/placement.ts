/** Tasks that each need a slice or partition of a host. */
export interface Demand {
  readonly name: string;
  readonly tasks: number;
  /** The slices or partitions that they can take, by index; any if undefined. */
  readonly parts?: number[];
}

/** Hosts with the same tasks: the workload of each slice or partition, undefined if it is free. */
export interface Hosts {
  readonly count: number;
  readonly parts: (string | undefined)[];
}

export interface Placement {
  readonly hosts: Hosts[];
  /** Tasks that find no free slice or partition. */
  readonly waiting: Demand[];
}

type Host = (string | undefined)[];

/** Fills one host after another, as bin packing does, with as many hosts as the tasks need, within the limits of the capacity. */
export function place(demands: Demand[], partsPerHost: number, limits: { minInstances: number; maxInstances: number }): Placement {
  const newHost = (): Host => Array.from({ length: partsPerHost }, () => undefined);
  const hosts = Array.from({ length: limits.minInstances }, newHost);
  const waiting = demands.map(({ name, tasks, parts = newHost().map((_, part) => part) }) => {
    let left = tasks;
    for (let host = 0; left > 0 && (host < hosts.length || hosts.length < limits.maxInstances); host++) {
      if (host === hosts.length) hosts.push(newHost());
      for (const part of parts.filter((index) => hosts[host][index] === undefined).slice(0, left)) {
        hosts[host][part] = name;
        left--;
      }
    }
    return { name, tasks: left };
  });
  return { hosts: grouped(hosts), waiting: waiting.filter((demand) => demand.tasks > 0) };
}

function grouped(hosts: Host[]): Hosts[] {
  const groups = new Map<string, Hosts>();
  for (const parts of hosts) {
    const key = JSON.stringify(parts);
    groups.set(key, { parts, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}
