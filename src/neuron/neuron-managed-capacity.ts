import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import {
  INeuronManagedCapacity,
  NeuronDeviceAllocation,
  NeuronManagedCapacityAttributes,
  NeuronManagedCapacityProps,
} from './neuron-managed-capacity-props';
import { TaskDefinitionManagedNeuronDevices } from './task-definition-managed-neuron-devices';
import { TaskDefinitionNeuronDevices } from './task-definition-neuron-devices';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { ManagedCapacity } from '../capacity/managed/managed-capacity';
import { TaskDefinitionManagedInstances } from '../capacity/managed/task-definition-managed-instances';
import { placementOnManaged } from '../capacity/placement';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { checkLogicalCores } from '../rules/device-rules';
import { checkManagedTypes, checkManualTypes } from '../rules/managed-capacity-rules';
import { enforce, enforceValue, Finding } from '../rules/rule';

/**
 * Neuron hosts that Amazon ECS starts, patches, repairs and replaces by itself: ECS Managed Instances. ECS knows the Neuron devices there, and
 * runs one task on each host.
 *
 * There is no machine image, user data or login to a host, no host lives longer than 14 days, and there is no EFA. Where these matter, or
 * tasks are to share a host, use a `NeuronCapacity`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
 *
 * @example
 * const managed = new NeuronManagedCapacity(this, 'Managed', {
 *   vpc,
 *   instanceTypes: [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8XLARGE],
 * });
 * new NeuronService(this, 'Chat', {
 *   capacity: managed,
 *   container: {
 *     image: ecs.ContainerImage.fromRegistry('my-model-server'),
 *     healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
 *   },
 * });
 */
export class NeuronManagedCapacity extends ManagedCapacity implements INeuronManagedCapacity {
  /**
   * A Managed Instances capacity that another stack or app made.
   *
   * @param scope where to import it
   * @param id its id there
   * @param attributes what it was made with; instance types that it can't have are an error
   */
  public static fromNeuronManagedCapacityAttributes(
    scope: Construct,
    id: string,
    attributes: NeuronManagedCapacityAttributes,
  ): INeuronManagedCapacity {
    enforceValue(pathOf(scope, id), checkTypes(attributes));
    const { instanceTypes } = attributes;
    class Import extends Construct implements INeuronManagedCapacity {
      public readonly cluster: ecs.ICluster = attributes.cluster;
      public readonly compatibility = ecs.Compatibility.MANAGED_INSTANCES;
      public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[] = [
        { capacityProvider: attributes.capacityProviderName, weight: 1 },
      ];
      public readonly placementConstraints: ecs.PlacementConstraint[] = placementOnManaged(instanceTypes.map(({ name }) => name));
      public readonly interruptible: boolean = attributes.interruptible ?? false;
      public readonly vpcSubnets?: ec2.SubnetSelection = attributes.vpcSubnets;
      public readonly hostTypes: PoolInstanceType[] = instanceTypes;
      public readonly neuronInstanceTypes: NeuronInstanceType[] = instanceTypes;
      public readonly deviceAllocation: NeuronDeviceAllocation = attributes.deviceAllocation ?? NeuronDeviceAllocation.MANAGED;
      public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig = attributes.logicalNeuronCoreConfig;
      public readonly connections: ec2.Connections = new ec2.Connections({ securityGroups: attributes.securityGroups });

      public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
        return managedMixins(this, options);
      }
    }
    return new Import(scope, id);
  }

  public readonly neuronInstanceTypes: NeuronInstanceType[];
  public readonly deviceAllocation: NeuronDeviceAllocation;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  constructor(scope: Construct, id: string, props: NeuronManagedCapacityProps) {
    const { instanceTypes } = props;
    const findings = checkTypes(props);
    enforceValue(pathOf(scope, id), findings);
    super(scope, id, {
      ...props,
      hostTypes: instanceTypes.map((type) => ({ type, acceleratorName: type.acceleratorName })),
      acceleratorManufacturer: ec2.AcceleratorManufacturer.AWS,
      acceleratorType: ec2.AcceleratorType.INFERENCE,
    });
    enforce(this, findings);
    this.neuronInstanceTypes = instanceTypes;
    this.deviceAllocation = props.deviceAllocation ?? NeuronDeviceAllocation.MANAGED;
    this.logicalNeuronCoreConfig = props.logicalNeuronCoreConfig;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return managedMixins(this, options);
  }
}

function managedMixins(capacity: INeuronManagedCapacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { neuronInstanceTypes, logicalNeuronCoreConfig } = capacity;
  const { containerName } = options;
  if (capacity.deviceAllocation === NeuronDeviceAllocation.MANAGED) {
    return [
      new TaskDefinitionManagedNeuronDevices({ containerName, logicalNeuronCoreConfig }),
      new TaskDefinitionManagedInstances({ ...options, capacity }),
    ];
  }
  return [
    new TaskDefinitionNeuronDevices({ instanceType: neuronInstanceTypes[0], containerName, logicalNeuronCoreConfig }),
    new TaskDefinitionManagedInstances({ ...options, capacity, oneTaskPerHost: true }),
  ];
}

function checkTypes(props: Pick<NeuronManagedCapacityProps, 'instanceTypes' | 'deviceAllocation' | 'logicalNeuronCoreConfig'>): Finding[] {
  const { instanceTypes, logicalNeuronCoreConfig: logicalCoreConfig } = props;
  return [
    ...checkManagedTypes(instanceTypes.map(({ name, managedInstances }) => ({ name, support: managedInstances }))),
    ...(props.deviceAllocation === NeuronDeviceAllocation.MANUAL ? checkManualTypes(instanceTypes) : []),
    ...instanceTypes.flatMap(({ name, hasLogicalNeuronCores }) =>
      checkLogicalCores({ instanceType: name, hasLogicalCores: hasLogicalNeuronCores, logicalCoreConfig }),
    ),
  ];
}

function pathOf(scope: Construct, id: string): string {
  return [scope.node.path, id].filter(Boolean).join('/');
}
