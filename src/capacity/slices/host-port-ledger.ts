import { IConstruct } from 'constructs';
import { enforceAtSynth } from '../../rules/rule';
import { checkHostPortsApart } from '../../rules/slice-rules';
import { ISlicedCapacity } from '../capacity';

/** A task definition that runs on a partition. */
interface PortUser {
  readonly path: string;
  readonly partition: string;
  /** The ports of the host that its containers take for themselves, with their protocol. Containers come one by one, so it is asked last. */
  ports(): string[];
}

const USERS = new WeakMap<IConstruct, PortUser[]>();

/** Makes sure that the partitions of a host can be taken at once: their tasks ask for different ports of it. */
export function keepHostPortsApart(partition: ISlicedCapacity, path: string, ports: () => string[]): void {
  const pool = partition.node.scope!;
  let users = USERS.get(pool);
  if (!users) {
    const all: PortUser[] = (users = []);
    USERS.set(pool, all);
    enforceAtSynth(pool, () => checkHostPortsApart(all.map((user) => ({ ...user, ports: user.ports() }))));
  }
  users.push({ path, partition: partition.node.path, ports });
}
