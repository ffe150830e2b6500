import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { checkManagedPurchase } from '../../rules/managed-capacity-rules';
import { Finding } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { HostTimes } from '../host-times';

/** The sizes of the Auto Scaling group of a pool. */
export interface GroupSize {
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** The options of a pool that some ways to buy hosts restrict. */
export interface PoolToBuy {
  readonly minInstances?: number;
  readonly maxInstances?: number;
  readonly updatePolicy?: unknown;
  readonly targetCapacityPercent?: unknown;
  readonly instanceWarmup?: unknown;
  readonly maximumScalingStepSize?: unknown;
  readonly placementGroup?: unknown;
  readonly enableManagedTerminationProtection?: unknown;
  /** The facts about the instance type. */
  readonly hostFacts?: AcceleratedInstanceType;
}

/** A way to buy hosts, and its effect on the resources of a pool or of Managed Instances. This class itself buys On-Demand instances. */
export class Purchase {
  /** Whether hosts can be interrupted. */
  public readonly interruptible: boolean = false;

  /** Whether hosts start in capacity that is reserved, and so has its place already. */
  public readonly reserved: boolean = false;

  /** The Spot options of the launch template. */
  public readonly spotOptions?: ec2.LaunchTemplateSpotOptions;

  /** Why all hosts must be in a single Availability Zone. Undefined if several zones are allowed. */
  public readonly oneZoneBecause?: string;

  /** Why the pool can't have a warm pool. Undefined if it can. */
  public readonly noWarmPoolBecause?: string;

  /** The name of this way to buy hosts on Managed Instances. */
  protected readonly managedOptionType: 'ON_DEMAND' | 'SPOT' | 'RESERVED' = 'ON_DEMAND';

  /** Checks the options of a pool. */
  public checkPool(_pool: PoolToBuy, _region: string): Finding[] {
    return [];
  }

  /** The Regions that offer an instance type for this way to buy it. Undefined if the Region is not checked. */
  public regionsOf(type?: AcceleratedInstanceType): string[] | undefined {
    return type?.regions;
  }

  /** The initial sizes of the Auto Scaling group. */
  public groupSize(asked: GroupSize): GroupSize {
    return asked;
  }

  /** Prepares the launch template of a pool. Spot needs no preparation, because the L2 has a prop for it. */
  public prepareLaunchTemplate(_launchTemplate: ec2.LaunchTemplate): void {}

  /** Prepares the Auto Scaling group of a pool. `hosts` is the maximum number of hosts. */
  public prepareGroup(_group: autoscaling.AutoScalingGroup, _hosts: number): void {}

  /** How long the hosts of a pool run. `asked` is what its options say. */
  public hostTimes(asked: HostTimes): HostTimes {
    return asked;
  }

  /** Checks that Managed Instances support this way to buy hosts. */
  public checkManaged(): Finding[] {
    return [];
  }

  /** Prepares a capacity provider for Managed Instances. By override, because the L2 has no capacity reservations. */
  public prepareManaged(provider: ecs.CfnCapacityProvider): void {
    provider.addPropertyOverride('ManagedInstancesProvider.InstanceLaunchTemplate.CapacityOptionType', this.managedOptionType);
  }
}

/** Spot instances. */
export class SpotPurchase extends Purchase {
  public readonly interruptible = true;
  public readonly noWarmPoolBecause = 'Spot hosts, because EC2 does not stop them and start them again';
  public readonly spotOptions: ec2.LaunchTemplateSpotOptions;
  protected readonly managedOptionType = 'SPOT';

  constructor(maxPrice?: number) {
    super();
    this.spotOptions = { requestType: ec2.SpotRequestType.ONE_TIME, maxPrice };
  }

  public checkManaged(): Finding[] {
    return checkManagedPurchase({ spotMaxPrice: this.spotOptions.maxPrice });
  }
}
