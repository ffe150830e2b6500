import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { checkManagedPurchase, ManagedPurchaseFacts } from '../../rules/managed-capacity-rules';
import { Finding } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';

/** The sizes that the Auto Scaling group of a pool is made with. */
export interface GroupSize {
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** What a pool is asked for, as far as some ways to buy hosts restrict it. */
export interface PoolToBuy {
  readonly minInstances?: number;
  readonly maxInstances?: number;
  readonly updatePolicy?: unknown;
  readonly targetCapacityPercent?: unknown;
  readonly instanceWarmup?: unknown;
  readonly maximumScalingStepSize?: unknown;
  /** What is known of the instance type. */
  readonly hostFacts?: AcceleratedInstanceType;
}

/** A way to buy hosts, and what it means for the resources of a pool or of Managed Instances. On its own: On-Demand. */
export class Purchase {
  /** Whether hosts can be interrupted. */
  public readonly interruptible: boolean = false;

  /** What a launch template says of Spot. */
  public readonly spotOptions?: ec2.LaunchTemplateSpotOptions;

  /** Why all hosts must be in one Availability Zone, where they must. */
  public readonly oneZoneBecause?: string;

  /** What ECS calls this on Managed Instances. */
  protected readonly managedOptionType: 'ON_DEMAND' | 'SPOT' | 'RESERVED' = 'ON_DEMAND';

  /** What Managed Instances may refuse of it. */
  protected readonly managedFacts: ManagedPurchaseFacts = {};

  /** What it refuses of the options of a pool. */
  public checkPool(_pool: PoolToBuy, _region: string): Finding[] {
    return [];
  }

  /** Regions in which an instance type is offered, for this way to buy it. Undefined where no list is checked. */
  public regionsOf(type?: AcceleratedInstanceType): string[] | undefined {
    return type?.regions;
  }

  /** The sizes that the Auto Scaling group starts with. */
  public groupSize(asked: GroupSize): GroupSize {
    return asked;
  }

  /** Prepares the launch template of a pool. Spot is not part of it, because the L2 has a prop for that. */
  public prepareLaunchTemplate(_launchTemplate: ec2.LaunchTemplate): void {}

  /** Prepares the Auto Scaling group of a pool of at most `hosts` hosts. */
  public prepareGroup(_group: autoscaling.AutoScalingGroup, _hosts: number): void {}

  /** What Managed Instances refuse of it. */
  public checkManaged(): Finding[] {
    return checkManagedPurchase(this.managedFacts);
  }

  /** Prepares a capacity provider for Managed Instances. By override: the L2 has no capacity reservations. */
  public prepareManaged(provider: ecs.CfnCapacityProvider): void {
    provider.addPropertyOverride('ManagedInstancesProvider.InstanceLaunchTemplate.CapacityOptionType', this.managedOptionType);
  }
}

/** Spot instances. */
export class SpotPurchase extends Purchase {
  public readonly interruptible = true;
  public readonly spotOptions: ec2.LaunchTemplateSpotOptions;
  protected readonly managedOptionType = 'SPOT';
  protected readonly managedFacts: ManagedPurchaseFacts;

  constructor(maxPrice?: number) {
    super();
    this.spotOptions = { requestType: ec2.SpotRequestType.ONE_TIME, maxPrice };
    this.managedFacts = { spotMaxPrice: maxPrice };
  }
}
