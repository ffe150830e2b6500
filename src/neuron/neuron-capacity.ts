import { Construct, IMixin } from 'constructs';
import { checkCoreSharing } from './core-sharing-rules';
import { checkLogicalCoresOf, checkRuntime } from './neuron-capacity-checks';
import { INeuronEc2Capacity, NeuronCapacityAttributes, NeuronCapacityProps, NeuronPoolOptions } from './neuron-capacity-props';
import { defaultNeuronImage, neuronImageVerdicts } from './neuron-image-verdicts';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronFacts, neuronPartition, NeuronPoolView } from './neuron-pool';
import { neuronPoolMixins } from './neuron-pool-mixins';
import { NeuronRuntime } from './neuron-runtime';
import { checkNeuronHost } from './neuron-runtime-rules';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { childPath } from '../capacity/child-path';
import { RememberedImage } from '../capacity/ec2/machine-image';
import { SlicedPool } from '../capacity/slices/sliced-pool';
import { importedFacts } from '../capacity/slices/sliced-view';
import { checked } from '../rules/checked';
import { checkMachineImage } from '../rules/machine-image-rules';
import { enforce, enforceValue } from '../rules/rule';
import { ChipShares } from '../rules/slice-rules';

/**
 * A pool of EC2 hosts with Neuron chips, shared by services and jobs. It scales out from zero hosts.
 *
 * On EC2 capacity, ECS does not track NeuronCores. Each host is therefore divided into `tasksPerInstance` equal slices, and a task takes
 * one slice with its exact share of the host's cpu units. The cpu units stand for the NeuronCores of the slice, so ECS never places more
 * tasks on a host than it has slices.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * const pool = new NeuronCapacity(this, 'Inf2', {
 *   vpc,
 *   instanceType: NeuronInstanceType.INF2_48_XLARGE,
 *   tasksPerInstance: 12,
 *   maxInstances: 4,
 * });
 */
@checked
export class NeuronCapacity extends SlicedPool implements INeuronEc2Capacity {
  /**
   * Imports a pool that was created in another stack or app. The services and jobs that run on it there are not known here, so they do not
   * count against its slices.
   *
   * @param scope the scope of the imported pool
   * @param id the construct ID of the imported pool
   * @param attributes the attributes of the pool. `tasksPerInstance` must fit the instance type
   */
  public static fromNeuronCapacityAttributes(scope: Construct, id: string, attributes: NeuronCapacityAttributes): INeuronEc2Capacity {
    const runtime = checkRuntime(attributes, true);
    const facts = importedFacts(childPath(scope, id), attributes, { ...attributes, chipShares: neuronCoresOf(attributes) });
    enforceValue(childPath(scope, id), [...checkLogicalCoresOf(attributes.instanceType, attributes.logicalNeuronCoreConfig), ...runtime]);
    const imported = new NeuronPoolView(scope, id, facts, neuronFacts(attributes));
    enforce(imported, runtime);
    return imported;
  }

  public readonly instanceType: NeuronInstanceType;
  public readonly instanceTypes: NeuronInstanceType[];
  public readonly neuronCoresPerTask: number;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;

  constructor(scope: Construct, id: string, props: NeuronCapacityProps) {
    const { instanceType, neuronRuntime = NeuronRuntime.LIBNRT } = props;
    const machineImage = new RememberedImage(props.machineImage ?? defaultNeuronImage(neuronRuntime));
    super(scope, id, { ...props, machineImage, chipShares: neuronCoresOf(props) });
    const imageParameter = machineImage.ssmParameter;
    enforce(this, [
      ...checkCoreSharing(instanceType, this.tasksPerInstance, neuronCoresOf(props).count),
      ...checkLogicalCoresOf(instanceType, props.logicalNeuronCoreConfig),
      ...checkRuntime(props, !imageParameter?.includes('/recommended/')),
      ...checkMachineImage(
        instanceType.name,
        imageParameter,
        neuronImageVerdicts(instanceType, neuronRuntime, {
          installed: machineImage.withoutAgent,
          userDataCommands: props.userDataCommands,
        }),
      ),
      ...checkNeuronHost({
        instanceType: instanceType.name,
        // The warning about the daemon already says which driver it needs.
        inferentia1: instanceType._isInferentia1 && neuronRuntime === NeuronRuntime.LIBNRT,
        imageKnown: imageParameter !== undefined,
        userDataCommands: props.userDataCommands,
      }),
    ]);
    const facts = neuronFacts(props);
    this.instanceType = instanceType;
    this.instanceTypes = [instanceType];
    this.neuronCoresPerTask = facts.neuronCoresPerTask;
    this.logicalNeuronCoreConfig = facts.logicalNeuronCoreConfig;
    this.neuronRuntime = facts.neuronRuntime;
    this.neuronRtdImage = facts.neuronRtdImage;
  }

  /**
   * Returns a partition of a pool that has `partitions`: a capacity of its own, for services and jobs. Each call returns the same object.
   *
   * @param index the index of the partition, from 0. Must be below the number of `partitions`, so it fails on a pool without partitions.
   */
  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return neuronPoolMixins(this, options);
  }
}

/** The NeuronCores of a host, which are the shares by which tasks can share a chip. */
function neuronCoresOf(props: NeuronPoolOptions & { readonly instanceType: NeuronInstanceType }): ChipShares {
  return { count: props.instanceType.logicalNeuronCores(props.logicalNeuronCoreConfig), name: 'NeuronCores' };
}
