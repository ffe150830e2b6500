import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checkLogicalCoresOf, checkRuntime, logicalConfig } from './neuron-capacity-checks';
import { INeuronEc2Capacity, NeuronCapacityAttributes, NeuronCapacityProps } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { defaultNeuronImage, neuronImageVerdicts } from './neuron-machine-image';
import { neuronPartition } from './neuron-partition';
import { neuronPoolMixins } from './neuron-pool-mixins';
import { NeuronRuntime } from './neuron-runtime';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { Ec2CapacityBase } from '../capacity/ec2-capacity-base';
import { RememberedImage } from '../capacity/machine-image';
import { partitionSlicesOf } from '../capacity/partition';
import { placementOnPool } from '../capacity/placement';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { sliceOf } from '../capacity/slice';
import { checkCoreSharing } from '../rules/core-sharing-rules';
import { checkEfaType } from '../rules/efa-rules';
import { checkMachineImage } from '../rules/machine-image-rules';
import { checkPartitions } from '../rules/partition-rules';
import { enforce, enforceValue } from '../rules/rule';
import { checkNeuronHost } from '../rules/runtime-rules';
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
    const runtime = checkRuntime(attributes, true);
    enforceValue(`${scope.node.path}/${id}`, [
      ...checkSlices(instanceType, tasksPerInstance, {
        count: instanceType.logicalNeuronCores(logicalNeuronCoreConfig),
        name: 'NeuronCores',
      }),
      ...checkLogicalCoresOf(instanceType, logicalNeuronCoreConfig),
      ...checkPartitions(instanceType, attributes),
      ...(attributes.efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
      ...runtime,
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
      public readonly defaultNetworkMode?: ecs.NetworkMode;
      public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig = logicalConfig(instanceType, logicalNeuronCoreConfig);
      public readonly slice: CapacitySlice = sliceOf(instanceType, tasksPerInstance);
      public readonly partitionSlices?: CapacitySlice[] = partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort);
      public readonly neuronCoresPerTask: number = instanceType.logicalNeuronCores(logicalNeuronCoreConfig) / tasksPerInstance;
      public readonly neuronRuntime: NeuronRuntime = attributes.neuronRuntime ?? NeuronRuntime.LIBNRT;
      public readonly neuronRtdImage?: string = attributes.neuronRtdImage;
      public readonly connections: ec2.Connections = new ec2.Connections({ securityGroups: attributes.securityGroups });

      public partition(index: number): INeuronEc2Capacity {
        return neuronPartition(this, index);
      }

      public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
        return neuronPoolMixins(this, options);
      }
    }
    const imported = new Import(scope, id);
    enforce(imported, runtime);
    return imported;
  }

  public readonly instanceType: NeuronInstanceType;
  public readonly neuronInstanceTypes: NeuronInstanceType[];
  public readonly neuronCoresPerTask: number;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;

  constructor(scope: Construct, id: string, props: NeuronCapacityProps) {
    const { instanceType, logicalNeuronCoreConfig, neuronRuntime = NeuronRuntime.LIBNRT } = props;
    const neuronCores = instanceType.logicalNeuronCores(logicalNeuronCoreConfig);
    const machineImage = new RememberedImage(props.machineImage ?? defaultNeuronImage(neuronRuntime));
    super(scope, id, { ...props, machineImage, parts: neuronCores, partName: 'NeuronCores' });
    const imageParameter = machineImage.ssmParameter;
    enforce(this, [
      ...checkCoreSharing(instanceType, this.tasksPerInstance, neuronCores),
      ...checkLogicalCoresOf(instanceType, logicalNeuronCoreConfig),
      ...checkRuntime(props, !imageParameter?.includes('/recommended/')),
      ...checkMachineImage(instanceType.name, imageParameter, neuronImageVerdicts(instanceType, neuronRuntime)),
      ...checkNeuronHost({
        instanceType: instanceType.name,
        // With the daemon, the warning about it says what is to be known of the driver.
        inferentia1: instanceType._isInferentia1 && neuronRuntime === NeuronRuntime.LIBNRT,
        imageKnown: imageParameter !== undefined,
        userDataCommands: props.userDataCommands,
      }),
    ]);
    this.instanceType = instanceType;
    this.neuronInstanceTypes = [instanceType];
    this.neuronCoresPerTask = neuronCores / this.tasksPerInstance;
    this.logicalNeuronCoreConfig = logicalConfig(instanceType, logicalNeuronCoreConfig);
    this.neuronRuntime = neuronRuntime;
    this.neuronRtdImage = props.neuronRtdImage;
  }

  /**
   * A partition of a pool that was given `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
   */
  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return neuronPoolMixins(this, options);
  }
}
