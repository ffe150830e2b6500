import { IConstruct } from 'constructs';
import { enforceAtSynth } from '../../rules/rule';
import { checkHostPortsApart } from '../../rules/slice-rules';
import { ISlicedCapacity } from '../capacity';

/** A task definition on a partition. */
interface PortUser {
  readonly path: string;
  readonly partition: string;
  /**
   * The host ports that its containers take for themselves, with their protocol. Read at synth, because containers can be added until then.
   */
  ports(): string[];
}

const USERS = new WeakMap<IConstruct, PortUser[]>();

/** Checks that tasks of different partitions can share a host, because they take different host ports. */
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
