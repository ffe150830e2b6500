import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { INeuronEc2Capacity, NeuronCapacityAttributes, NeuronCapacityProps } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { defaultNeuronImage, neuronImageVerdicts } from './neuron-machine-image';
import { neuronPartition } from './neuron-partition';
import { TaskDefinitionNeuronDevices } from './task-definition-neuron-devices';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { Ec2CapacityBase } from '../capacity/ec2-capacity-base';
import { ssmParameterOf } from '../capacity/machine-image';
import { partitionSlicesOf } from '../capacity/partition';
import { placementOnPool } from '../capacity/placement';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { sliceOf } from '../capacity/slice';
import { TaskDefinitionEfa } from '../capacity/task-definition-efa';
import { TaskDefinitionSlice } from '../capacity/task-definition-slice';
import { checkLogicalCores } from '../rules/device-rules';
import { checkEfaType } from '../rules/efa-rules';
import { checkMachineImage } from '../rules/machine-image-rules';
import { checkPartitions } from '../rules/partition-rules';
import { enforce, enforceValue, Finding } from '../rules/rule';
import { checkSlices } from '../rules/slice-rules';

/**
 * A pool of EC2 hosts with Neuron chips that ECS can count: it scales from zero, and services and jobs share it slice by slice.
 *
 * On EC2 capacity ECS knows nothing of NeuronCores. Each host is divided into `tasksPerInstance` equal slices; a task takes one, with its
 * exact share of the host's cpu units, which stand for its share of the NeuronCores. So ECS never places one task too many.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * const pool = new NeuronCapacity(this, 'Inf2', {
 *   vpc,
 *   instanceType: NeuronInstanceType.INF2_48XLARGE,
 *   tasksPerInstance: 12,
 *   maxInstances: 4,
 * });
 */
export class NeuronCapacity extends Ec2CapacityBase implements INeuronEc2Capacity {
  /**
   * A pool that another stack or app made. What runs on it there isn't known here, and so isn't counted.
   *
   * @param scope where to import it
   * @param id its id there
   * @param attributes what it was made with; `tasksPerInstance` that doesn't fit the instance type is an error
   */
  public static fromNeuronCapacityAttributes(scope: Construct, id: string, attributes: NeuronCapacityAttributes): INeuronEc2Capacity {
    const { instanceType, tasksPerInstance = 1, partitions, firstReservedPort, logicalNeuronCoreConfig } = attributes;
    enforceValue(`${scope.node.path}/${id}`, [
      ...checkNeuronSlices(instanceType, tasksPerInstance, logicalNeuronCoreConfig),
      ...checkPartitions(instanceType, attributes),
      ...(attributes.efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
    ]);
    class Import extends Construct implements INeuronEc2Capacity {
      public readonly cluster: ecs.ICluster = attributes.cluster;
      public readonly compatibility = ecs.Compatibility.EC2;
      public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[] = [
        { capacityProvider: attributes.capacityProviderName, weight: 1 },
      ];
      public readonly placementConstraints: ecs.PlacementConstraint[] = placementOnPool(instanceType.name);
      public readonly interruptible: boolean = attributes.interruptible ?? false;
      public readonly instanceType: NeuronInstanceType = instanceType;
      public readonly poolInstanceType: PoolInstanceType = instanceType;
      public readonly neuronInstanceTypes: NeuronInstanceType[] = [instanceType];
      public readonly tasksPerInstance: number = tasksPerInstance;
      public readonly maxInstances?: number = attributes.maxInstances;
      public readonly efaInterfaces?: number = attributes.efa ? instanceType.efaInterfaces : undefined;
      public readonly vpcSubnets?: ec2.SubnetSelection = attributes.vpcSubnets;
      public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig = logicalConfig(instanceType, logicalNeuronCoreConfig);
      public readonly slice: CapacitySlice = sliceOf(instanceType, tasksPerInstance);
      public readonly partitionSlices?: CapacitySlice[] = partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort);
      public readonly neuronCoresPerTask: number = instanceType.logicalNeuronCores(logicalNeuronCoreConfig) / tasksPerInstance;
      public readonly connections: ec2.Connections = new ec2.Connections({ securityGroups: attributes.securityGroups });

      public partition(index: number): INeuronEc2Capacity {
        return neuronPartition(this, index, poolMixins);
      }

      public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
        return poolMixins(this, options);
      }
    }
    return new Import(scope, id);
  }

  public readonly instanceType: NeuronInstanceType;
  public readonly neuronInstanceTypes: NeuronInstanceType[];
  public readonly neuronCoresPerTask: number;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  constructor(scope: Construct, id: string, props: NeuronCapacityProps) {
    const { instanceType, logicalNeuronCoreConfig } = props;
    const neuronCores = instanceType.logicalNeuronCores(logicalNeuronCoreConfig);
    const machineImage = props.machineImage ?? defaultNeuronImage();
    super(scope, id, { ...props, machineImage, parts: neuronCores, partName: 'NeuronCores' });
    enforce(this, [
      ...checkLogicalCores(logicalFacts(instanceType, logicalNeuronCoreConfig)),
      ...checkMachineImage(instanceType.name, ssmParameterOf(this, machineImage), neuronImageVerdicts(instanceType)),
    ]);
    this.instanceType = instanceType;
    this.neuronInstanceTypes = [instanceType];
    this.neuronCoresPerTask = neuronCores / this.tasksPerInstance;
    this.logicalNeuronCoreConfig = logicalConfig(instanceType, logicalNeuronCoreConfig);
  }

  /**
   * A partition of a pool that was given `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
   */
  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index, poolMixins);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return poolMixins(this, options);
  }
}

function poolMixins(capacity: INeuronEc2Capacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceType, neuronCoresPerTask, logicalNeuronCoreConfig, slice, efaInterfaces } = capacity;
  return [
    new TaskDefinitionNeuronDevices({
      instanceType,
      devices: slice.chips,
      // Chips of its own name the cores by themselves, so that all processes of the task can share them.
      neuronCores: slice.chips ? undefined : neuronCoresPerTask,
      logicalNeuronCoreConfig,
      containerName: options.containerName,
    }),
    new TaskDefinitionSlice({ ...options, capacity }),
    ...(efaInterfaces ? [new TaskDefinitionEfa({ instanceType, containerName: options.containerName })] : []),
  ];
}

function checkNeuronSlices(type: NeuronInstanceType, tasksPerInstance: number, config?: LogicalNeuronCoreConfig): Finding[] {
  return [
    ...checkSlices(type, tasksPerInstance, { count: type.logicalNeuronCores(config), name: 'NeuronCores' }),
    ...checkLogicalCores(logicalFacts(type, config)),
  ];
}

function logicalFacts(type: NeuronInstanceType, config?: LogicalNeuronCoreConfig) {
  return { instanceType: type.name, hasLogicalCores: type.hasLogicalNeuronCores, logicalCoreConfig: config };
}

/** What tasks are told. Core counts mean nothing without it where there are logical cores, so it is never left to the runtime there. */
function logicalConfig(type: NeuronInstanceType, config?: LogicalNeuronCoreConfig): LogicalNeuronCoreConfig | undefined {
  return type.hasLogicalNeuronCores ? (config ?? LogicalNeuronCoreConfig.LNC_2) : undefined;
}
