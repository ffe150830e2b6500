import { Construct } from 'constructs';
import { CapacitySlice, ISlicedCapacity } from '../capacity';
import { partitionSlicesOf } from './partition';
import { PoolInstanceType } from '../pool-instance-type';
import { sliceOf } from './slice';
import { checkEfaType } from '../../rules/efa-rules';
import { checkPartitions } from '../../rules/partition-rules';
import { enforce, enforceValue } from '../../rules/rule';
import { checkSlices } from '../../rules/slice-rules';
import { SlicedPoolProps } from '../ec2/ec2-capacity-options';
import { Ec2Pool } from '../ec2/ec2-pool';

/**
 * A pool whose hosts are divided into slices, by which ECS counts their accelerators.
 *
 * This is what the accelerator families share; use theirs, for example `NeuronCapacity`.
 */
export abstract class SlicedPool extends Ec2Pool implements ISlicedCapacity {
  public readonly poolInstanceType: PoolInstanceType;
  public readonly tasksPerInstance: number;
  public readonly slice: CapacitySlice;
  public readonly partitionSlices?: CapacitySlice[];
  public readonly efaInterfaces?: number;

  protected constructor(scope: Construct, id: string, props: SlicedPoolProps) {
    const { instanceType, tasksPerInstance = 1, partitions, firstReservedPort, efa } = props;
    const findings = [
      ...checkSlices(instanceType, tasksPerInstance, { count: props.parts, name: props.partName }),
      ...checkPartitions(instanceType, props),
      ...(efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
    ];
    enforceValue(`${scope.node.path}/${id}`, findings);
    super(scope, id, {
      ...props,
      hostType: instanceType.toEc2InstanceType(),
      hostFacts: instanceType,
      efaType: efa ? instanceType : undefined,
    });
    enforce(this, findings);
    this.tasksPerInstance = tasksPerInstance;
    this.slice = sliceOf(instanceType, tasksPerInstance);
    this.partitionSlices = partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort);
    this.efaInterfaces = efa ? instanceType.efaInterfaces : undefined;
    this.poolInstanceType = instanceType;
  }
}
