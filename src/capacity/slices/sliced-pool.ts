import { Construct } from 'constructs';
import { checkHostGuests } from './host-guests';
import { SlicePlanner } from './slice-planner';
import { checkSlicedHosts, dividedHosts, SlicedHosts } from './sliced-hosts';
import { enforce, enforceValue } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice, ISlicedCapacity } from '../capacity';
import { childPath } from '../child-path';
import { Ec2CapacityOptions } from '../ec2/ec2-capacity-options';
import { Ec2Pool } from '../ec2/ec2-pool';
import { RememberedImage } from '../ec2/machine-image';
import { HostStep } from '../host/host-user-data';
import { TaskPlanner } from '../task-planner';

/** Properties of the pool of an accelerator family. */
export interface SlicedPoolProps extends Ec2CapacityOptions, SlicedHosts {
  /** The machine image of the hosts. */
  readonly machineImage: RememberedImage;

  /**
   * What the hosts set up when they start, before the commands of the user.
   *
   * @default - nothing
   */
  readonly hostSteps?: HostStep[];
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
    const { instanceType, efa } = props;
    const findings = checkSlicedHosts(props);
    enforceValue(childPath(scope, id), findings);
    super(scope, id, {
      ...props,
      ec2InstanceType: instanceType.toEc2InstanceType(),
      hostFacts: instanceType,
      efaType: efa ? instanceType : undefined,
    });
    enforce(this, findings);
    const hosts = dividedHosts(props);
    this._hostType = hosts._hostType;
    this.tasksPerInstance = hosts.tasksPerInstance;
    this.slice = hosts.slice;
    this.partitionSlices = hosts.partitionSlices;
    this.efaInterfaces = hosts.efaInterfaces;
    this._planner = new SlicePlanner(this);
    checkHostGuests(this);
  }
}
