import { guestsOn } from './guest-tasks';
import { sum } from '../../rules/container-rules';
import { checkGuests, Left } from '../../rules/host-guest-rules';
import { mostReservedCpu } from '../../rules/reserve-rules';
import { enforceAtSynth } from '../../rules/rule';
import { ISlicedCapacity } from '../capacity';

/** Checks that tasks of the app that may run on the hosts of a pool, but take no slice, fit beside its slices. */
export function checkHostGuests(pool: ISlicedCapacity): void {
  enforceAtSynth(pool, () => checkGuests(guestsOn(pool), leftBySlices(pool)));
}

function leftBySlices({ node, _hostType, slice, tasksPerInstance, partitionSlices }: ISlicedCapacity): Left {
  const slices = partitionSlices ?? Array.from({ length: tasksPerInstance }, () => slice);
  const partitions = partitionSlices?.map(({ chips = [] }) => chips.length);
  return {
    path: node.path,
    cpu: _hostType.cpuUnits - sum(slices.map(({ cpuUnits }) => cpuUnits)),
    memory: _hostType.registeredMemory.toMebibytes() - sum(slices.map(({ memory }) => memory.toMebibytes())),
    mostCpu: mostReservedCpu({ instanceType: _hostType, tasksPerInstance, partitions }),
  };
}
