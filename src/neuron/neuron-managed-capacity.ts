import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checkLogicalCores } from './neuron-device-rules';
import { NeuronEfaAffinity } from './neuron-efa-affinity';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import {
  INeuronManagedCapacity,
  NeuronDeviceAllocation,
  NeuronManagedCapacityAttributes,
  NeuronManagedCapacityProps,
} from './neuron-managed-capacity-props';
import { checkManualTypes } from './neuron-managed-device-rules';
import { TaskDefinitionManagedNeuronDevices } from './task-definition-managed-neuron-devices';
import { TaskDefinitionNeuronDevices } from './task-definition-neuron-devices';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { childPath } from '../capacity/child-path';
import { ImportedManagedCapacity } from '../capacity/managed/imported-managed-capacity';
import { ManagedCapacity } from '../capacity/managed/managed-capacity';
import { TaskDefinitionManagedInstances } from '../capacity/managed/task-definition-managed-instances';
import { checked } from '../rules/checked';
import { checkManagedTypes } from '../rules/managed-capacity-rules';
import { enforce, enforceValue, Finding } from '../rules/rule';

/**
 * ECS Managed Instances with Neuron chips: hosts that Amazon ECS starts, patches, repairs and replaces. ECS tracks the Neuron devices of
 * these hosts, and runs one task on each host.
 *
 * Hosts take no machine image or user data of yours, allow no login, run for at most 14 days, and have no EFA. If you need any of these, or
 * want tasks to share a host, use a `NeuronCapacity`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
 *
 * @example
 * const managed = new NeuronManagedCapacity(this, 'Managed', {
 *   vpc,
 *   instanceTypes: [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8_XLARGE],
 * });
 * new NeuronService(this, 'Chat', {
 *   capacity: managed,
 *   container: {
 *     image: ecs.ContainerImage.fromRegistry('my-model-server'),
 *     healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
 *   },
 * });
 */
@checked
export class NeuronManagedCapacity extends ManagedCapacity implements INeuronManagedCapacity {
  /**
   * Imports Managed Instances that were created in another stack or app.
   *
   * @param scope the scope of the imported capacity
   * @param id the construct ID of the imported capacity
   * @param attributes the attributes of the capacity. Its instance types must be ones that `NeuronManagedCapacity` supports
   */
  public static fromNeuronManagedCapacityAttributes(
    scope: Construct,
    id: string,
    attributes: NeuronManagedCapacityAttributes,
  ): INeuronManagedCapacity {
    enforceValue(childPath(scope, id), checkTypes(attributes));
    return new ImportedNeuronManagedCapacity(scope, id, attributes);
  }

  public readonly instanceTypes: NeuronInstanceType[];
  public readonly deviceAllocation: NeuronDeviceAllocation;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  constructor(scope: Construct, id: string, props: NeuronManagedCapacityProps) {
    const { instanceTypes } = props;
    const findings = checkTypes(props);
    enforceValue(childPath(scope, id), findings);
    super(scope, id, {
      ...props,
      hostTypes: instanceTypes,
      acceleratorManufacturer: ec2.AcceleratorManufacturer.AWS,
      acceleratorType: ec2.AcceleratorType.INFERENCE,
    });
    enforce(this, findings);
    this.instanceTypes = instanceTypes;
    this.deviceAllocation = props.deviceAllocation ?? NeuronDeviceAllocation.MANAGED;
    this.logicalNeuronCoreConfig = props.logicalNeuronCoreConfig;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return managedMixins(this, options);
  }
}

function managedMixins(capacity: INeuronManagedCapacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceTypes, logicalNeuronCoreConfig } = capacity;
  const { containerName } = options;
  if (capacity.deviceAllocation === NeuronDeviceAllocation.MANAGED) {
    return [
      TaskDefinitionManagedNeuronDevices._forTypes({ containerName, logicalNeuronCoreConfig }, instanceTypes),
      new NeuronEfaAffinity(containerName),
      new TaskDefinitionManagedInstances({ ...options, capacity }),
    ];
  }
  return [
    new TaskDefinitionNeuronDevices({ instanceType: instanceTypes[0], containerName, logicalNeuronCoreConfig }),
    new NeuronEfaAffinity(containerName),
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

class ImportedNeuronManagedCapacity extends ImportedManagedCapacity implements INeuronManagedCapacity {
  public readonly instanceTypes: NeuronInstanceType[];
  public readonly deviceAllocation: NeuronDeviceAllocation;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  constructor(scope: Construct, id: string, attributes: NeuronManagedCapacityAttributes) {
    super(scope, id, attributes, attributes.instanceTypes);
    this.instanceTypes = attributes.instanceTypes;
    this.deviceAllocation = attributes.deviceAllocation ?? NeuronDeviceAllocation.MANAGED;
    this.logicalNeuronCoreConfig = attributes.logicalNeuronCoreConfig;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return managedMixins(this, options);
  }
}
