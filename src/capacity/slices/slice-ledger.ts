import { checkPoolHolds } from '../../rules/pool-rules';
import { enforceAtSynth } from '../../rules/rule';
import { ISlicedCapacity } from '../capacity';
import { PoolLedger } from '../ec2/pool-ledger';

/** Tracks which services and jobs use the slices of a pool. If the pool cannot hold them, synthesis fails. */
export class SliceLedger extends PoolLedger {
  public readonly exact = true;

  constructor(capacity: ISlicedCapacity) {
    super(capacity, capacity.tasksPerInstance);
    enforceAtSynth(capacity, () => checkPoolHolds(capacity, this.slices, this.consumers));
  }
}
