import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { partitionSlicesOf } from './partition';
import { sliceOf } from './slice';
import { EqualSlicesOptions, PartitionOptions } from './slice-options';
import { SlicePlanner } from './slice-planner';
import { checkEfaType } from '../../rules/efa-rules';
import { checkPartitions } from '../../rules/partition-rules';
import { enforce, enforceValue, Finding } from '../../rules/rule';
import { checkSlices, ChipShares } from '../../rules/slice-rules';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice, ISlicedCapacity } from '../capacity';
import { childPath } from '../child-path';
import { Ec2CapacityOptions } from '../ec2/ec2-capacity-options';
import { Ec2Pool } from '../ec2/ec2-pool';
import { EfaOptions } from '../efa/efa-options';
import { TaskPlanner } from '../task-planner';

/** How the hosts of a pool are divided, and the facts that decide whether this is possible. */
export interface SlicedHosts extends EqualSlicesOptions, PartitionOptions, EfaOptions {
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

/** Properties of the pool of an accelerator family. */
export interface SlicedPoolProps extends Ec2CapacityOptions, SlicedHosts {
  /** The machine image of the hosts. */
  readonly machineImage: ec2.IMachineImage;
}

/**
 * A pool whose hosts are divided into slices, by which ECS counts their accelerators. The pools of the accelerator families extend it.
 * @internal
 */
export abstract class SlicedPool extends Ec2Pool implements ISlicedCapacity {
  public readonly tasksPerInstance: number;
  public readonly slice: CapacitySlice;
  public readonly partitionSlices?: CapacitySlice[];
  public readonly efaInterfaces?: number;

  /** @internal */
  public readonly _hostType: AcceleratedInstanceType;

  /** @internal */
  public readonly _planner: TaskPlanner;

  protected constructor(scope: Construct, id: string, props: SlicedPoolProps) {
    const { instanceType, tasksPerInstance = 1, partitions, firstReservedPort, efa } = props;
    const findings = checkSlicedHosts(props);
    enforceValue(childPath(scope, id), findings);
    super(scope, id, {
      ...props,
      ec2InstanceType: instanceType.toEc2InstanceType(),
      hostFacts: instanceType,
      efaType: efa ? instanceType : undefined,
    });
    enforce(this, findings);
    this._hostType = instanceType;
    this.tasksPerInstance = tasksPerInstance;
    this.slice = sliceOf(instanceType, tasksPerInstance);
    this.partitionSlices = partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort);
    this.efaInterfaces = efa ? instanceType.efaInterfaces : undefined;
    this._planner = new SlicePlanner(this);
  }
}

/** Checks how hosts are divided. */
export function checkSlicedHosts(hosts: SlicedHosts): Finding[] {
  const { instanceType, tasksPerInstance = 1, chipShares = { count: instanceType.chips, name: 'chips' } } = hosts;
  return [
    ...checkSlices(instanceType, tasksPerInstance, chipShares),
    ...checkPartitions(instanceType, hosts),
    ...(hosts.efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
  ];
}
