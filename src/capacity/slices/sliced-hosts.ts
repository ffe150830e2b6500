import { aws_ecs as ecs } from 'aws-cdk-lib';
import { partitionSlicesOf } from './partition';
import { sliceOf } from './slice';
import { EqualSlicesOptions, HostReserveOptions, PartitionOptions } from './slice-options';
import { SlicedFacts } from './sliced-facts';
import { checkEfaType } from '../../rules/efa-rules';
import { checkPartitions } from '../../rules/partition-rules';
import { checkReserve } from '../../rules/reserve-rules';
import { Finding } from '../../rules/rule';
import { checkSlices, ChipShares } from '../../rules/slice-rules';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { EfaOptions } from '../efa/efa-options';

/** How the hosts of a pool are divided, and the facts that decide whether this is possible. */
export interface SlicedHosts extends EqualSlicesOptions, PartitionOptions, HostReserveOptions, EfaOptions {
  /** The instance type of the hosts. */
  readonly instanceType: AcceleratedInstanceType;

  /**
   * The shares of chips that tasks can take.
   *
   * @default - whole chips
   */
  readonly chipShares?: ChipShares;

  /**
   * The network mode of tasks that do not set one.
   *
   * @default - awsvpc, or bridge if a host has too few network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;
}

/** Checks how hosts are divided. */
export function checkSlicedHosts(hosts: SlicedHosts): Finding[] {
  const { instanceType, tasksPerInstance = 1, chipShares = { count: instanceType.chips, name: 'chips' } } = hosts;
  return [
    ...checkSlices(instanceType, tasksPerInstance, chipShares),
    ...checkPartitions(instanceType, hosts),
    ...checkReserve({ ...hosts, tasksPerInstance }),
    ...(hosts.efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
  ];
}

/** The facts about hosts that follow from how they are divided. */
export function dividedHosts(
  hosts: SlicedHosts,
): Pick<SlicedFacts, '_hostType' | 'tasksPerInstance' | 'slice' | 'partitionSlices' | 'efaInterfaces'> {
  const { instanceType, tasksPerInstance = 1, partitions, firstReservedPort, efa } = hosts;
  return {
    _hostType: instanceType,
    tasksPerInstance,
    slice: sliceOf(instanceType, tasksPerInstance, hosts),
    partitionSlices: partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort, hosts),
    efaInterfaces: efa ? instanceType.efaInterfaces : undefined,
  };
}
