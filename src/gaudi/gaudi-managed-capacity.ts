import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { IGaudiManagedCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { checkGaudiManaged } from './gaudi-rules';
import { TaskDefinitionGaudiDevices } from './task-definition-gaudi-devices';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { CapacityAttributes } from '../capacity/capacity-attributes';
import { ImportedManagedCapacity } from '../capacity/managed/imported-managed-capacity';
import { ManagedCapacity } from '../capacity/managed/managed-capacity';
import { ManagedCapacityOptions } from '../capacity/managed/managed-capacity-options';
import { TaskDefinitionManagedInstances } from '../capacity/managed/task-definition-managed-instances';
import { checked } from '../rules/checked';
import { enforce } from '../rules/rule';

/** Properties of `GaudiManagedCapacity`. */
export interface GaudiManagedCapacityProps extends ManagedCapacityOptions {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24_XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}

/** Attributes of Managed Instances with Gaudi chips that were created in another stack or app. */
export interface GaudiManagedCapacityAttributes extends CapacityAttributes {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24_XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}

/**
 * ECS Managed Instances with Gaudi chips: hosts that Amazon ECS starts, patches, repairs and replaces. A task takes a whole host.
 *
 * ECS lists DL1 for Managed Instances, but no public page says that these hosts have the Gaudi driver and container runtime, and they take
 * no machine image or user data of yours. This capacity therefore causes a warning. Use a `GaudiCapacity` until you have tested Managed
 * Instances.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html
 *
 * @example
 * const managed = new GaudiManagedCapacity(this, 'Managed', { vpc });
 * Validations.of(managed).acknowledge({ id: 'cdk-ecs-ml:gaudi-managed-instances', reason: 'hl-smi ran on such a host' });
 */
@checked
export class GaudiManagedCapacity extends ManagedCapacity implements IGaudiManagedCapacity {
  /**
   * Imports Managed Instances that were created in another stack or app.
   *
   * @param scope the scope of the imported capacity
   * @param id the construct ID of the imported capacity
   * @param attributes the attributes of the capacity
   */
  public static fromGaudiManagedCapacityAttributes(
    scope: Construct,
    id: string,
    attributes: GaudiManagedCapacityAttributes,
  ): IGaudiManagedCapacity {
    return new ImportedGaudiManagedCapacity(scope, id, attributes);
  }

  public readonly instanceTypes: GaudiInstanceType[];

  constructor(scope: Construct, id: string, props: GaudiManagedCapacityProps) {
    const { instanceType = GaudiInstanceType.DL1_24_XLARGE } = props;
    super(scope, id, {
      ...props,
      hostTypes: [instanceType],
      acceleratorManufacturer: ec2.AcceleratorManufacturer.HABANA,
      acceleratorType: ec2.AcceleratorType.GPU,
    });
    enforce(this, checkGaudiManaged(instanceType.name));
    this.instanceTypes = [instanceType];
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return managedMixins(this, options);
  }
}

class ImportedGaudiManagedCapacity extends ImportedManagedCapacity implements IGaudiManagedCapacity {
  public readonly instanceTypes: GaudiInstanceType[];

  constructor(scope: Construct, id: string, attributes: GaudiManagedCapacityAttributes) {
    const instanceTypes = [attributes.instanceType ?? GaudiInstanceType.DL1_24_XLARGE];
    super(scope, id, attributes, instanceTypes);
    this.instanceTypes = instanceTypes;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return managedMixins(this, options);
  }
}

function managedMixins(capacity: IGaudiManagedCapacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const [instanceType] = capacity.instanceTypes;
  return [
    new TaskDefinitionGaudiDevices({ instanceType, containerName: options.containerName }),
    new TaskDefinitionManagedInstances({ ...options, capacity, oneTaskPerHost: true }),
  ];
}
