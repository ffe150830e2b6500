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
import { enforce } from '../rules/rule';

/** Properties of `GaudiManagedCapacity`. */
export interface GaudiManagedCapacityProps extends ManagedCapacityOptions {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}

/** Attributes of Managed Instances with Gaudi chips that are imported from another stack or app. */
export interface GaudiManagedCapacityAttributes extends CapacityAttributes {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}

/**
 * Gaudi hosts that Amazon ECS starts, patches, repairs and replaces: ECS Managed Instances. A task has a whole host.
 *
 * ECS lists DL1 for Managed Instances. No public page says that these hosts have the Gaudi driver and container runtime, and they take no image
 * or user data of yours, so this is a warning. Prefer a `GaudiCapacity` until you have tried it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html
 *
 * @example
 * const managed = new GaudiManagedCapacity(this, 'Managed', { vpc });
 * Validations.of(managed).acknowledge({ id: 'cdk-ecs-ml:gaudi-managed-instances', reason: 'hl-smi ran on such a host' });
 */
export class GaudiManagedCapacity extends ManagedCapacity implements IGaudiManagedCapacity {
  /**
   * Managed Instances of another stack or app.
   *
   * @param scope where to import them
   * @param id their id there
   * @param attributes what they were made with
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
    const { instanceType = GaudiInstanceType.DL1_24XLARGE } = props;
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
    const instanceTypes = [attributes.instanceType ?? GaudiInstanceType.DL1_24XLARGE];
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
