import { aws_ecs as ecs } from 'aws-cdk-lib';
import { requestsNeuronDevices } from './neuron-device-request';
import { checkCoresAsked, checkDevices, checkVisibleCores, coreIds } from './neuron-device-rules';
import { checkImageCores, checkImageFamily, checkImageSignals } from './neuron-image-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { checkOneWay } from './neuron-managed-device-rules';
import { HostArchitecture, hostArchitecture } from '../capacity/architecture';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, devices, environment, linuxParameters, variableNames } from '../capacity/task/task-containers';
import { TaskClaim } from '../rules/accelerator-use-rules';
import { checked } from '../rules/checked';
import { checkOwned, OwnedVariables } from '../rules/owned-rules';
import { enforceValue, Finding, known } from '../rules/rule';

/** Properties of `TaskDefinitionNeuronDevices`. */
export interface TaskDefinitionNeuronDevicesProps {
  /**
   * The instance type that the tasks run on.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * The indexes of the devices to map. Must be contiguous indexes of devices that the instance type has, at least one and each given once.
   *
   * @default - all devices of the instance type
   */
  readonly devices?: number[];

  /**
   * The number of NeuronCores that the runtime takes from the free ones of the mapped devices. Sets `NEURON_RT_NUM_CORES`. Must be a whole
   * number from 1 to the number of NeuronCores of the mapped devices. If it is less, the container must not name its cores itself. If it is
   * all of them, a container that names its cores itself keeps its own variables.
   *
   * @default - not set: the runtime takes all NeuronCores of the mapped devices
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html
   */
  readonly neuronCores?: number;

  /**
   * The number of physical NeuronCores in a logical NeuronCore. Sets `NEURON_LOGICAL_NC_CONFIG`. Can only be set for instance types with
   * logical NeuronCores, which are Trainium2 and later.
   *
   * @default - not set: the Neuron runtime uses its own default, LNC_2 on Trainium2
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  /**
   * The name of the container that gets the devices. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/** The variables by which a program names its cores itself. */
const CORE_VARIABLES = ['NEURON_RT_NUM_CORES', 'NEURON_RT_VISIBLE_CORES', 'NEURON_VISIBLE_DEVICES'];

/**
 * How the processes of torch_xla find each other, one for each core.
 *
 * @see https://github.com/pytorch/xla/blob/master/torch_xla/_internal/neuron.py
 */
const RENDEZVOUS = { variable: 'NEURON_RT_ROOT_COMM_ID', port: 62182, program: 'torch_xla' };

const OWN_CORES =
  'Leave it out. A program that names its cores itself needs a whole host, `tasksPerInstance` 1, or a partition: `partitions` of the pool, ' +
  'and `pool.partition(0)` as the `capacity`.';

/**
 * Maps Neuron devices into a container of a task definition.
 *
 * You can apply it to any task definition, L1 or L2. Other devices and variables of the container stay as they are. The container must not
 * map Neuron devices itself, or set variables that contradict this mixin.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionNeuronDevices({ instanceType: NeuronInstanceType.INF2_24_XLARGE, devices: [0, 1] }));
 */
@checked
export class TaskDefinitionNeuronDevices extends MainContainerMixin {
  constructor(private readonly props: TaskDefinitionNeuronDevicesProps) {
    super(props.containerName);
    const { instanceType } = props;
    enforceValue(
      'TaskDefinitionNeuronDevices',
      checkDevices({
        instanceType: instanceType.name,
        chips: instanceType.chips,
        chipSets: instanceType.chipSets,
        indexes: props.devices,
        cores: props.neuronCores,
        coresPerChip: instanceType.logicalNeuronCores(props.logicalNeuronCoreConfig) / instanceType.chips,
        hasLogicalCores: instanceType.hasLogicalNeuronCores,
        logicalCoreConfig: props.logicalNeuronCoreConfig,
      }),
    );
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.props.instanceType.name);
  }

  /** @internal */
  protected _change(container: Container): Container {
    const paths = this.props.instanceType.devicePaths.filter((_, index) => this.props.devices?.includes(index) ?? true);
    return {
      ...container,
      environment: [...environment(container), ...this.variables(container)],
      linuxParameters: {
        ...linuxParameters(container),
        devices: [...devices(container), ...paths.map((path) => ({ hostPath: path, containerPath: path, permissions: ['read', 'write'] }))],
      },
    };
  }

  private variables(container: Container): { name: string; value: string }[] {
    const { neuronCores, logicalNeuronCoreConfig } = this.props;
    const names = variableNames(container).some((name) => CORE_VARIABLES.includes(name));
    return [
      ...(neuronCores === undefined || names ? [] : [{ name: 'NEURON_RT_NUM_CORES', value: `${neuronCores}` }]),
      ...(logicalNeuronCoreConfig === undefined ? [] : [{ name: 'NEURON_LOGICAL_NC_CONFIG', value: logicalNeuronCoreConfig }]),
    ];
  }

  /** @internal */
  protected _checkMain(container: Container): Finding[] {
    const value = (wanted: string) => environment(container).find(({ name }) => name === wanted)?.value;
    const owned = checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: devices(container).map((device) => device.hostPath ?? ''),
      ownedVariables: this._ownedVariables,
      ownedPathPrefixes: ['/dev/neuron'],
    });
    const oneWay = checkOneWay({ container: container.name, mapped: true, requested: requestsNeuronDevices(container) });
    return [
      ...checkImageFamily(container.name, container.image, [this.props.instanceType.name]),
      ...oneWay,
      ...owned,
      ...checkCoresAsked(container.name, value('NEURON_RT_NUM_CORES'), this.available),
      ...checkVisibleCores(container.name, value('NEURON_RT_VISIBLE_CORES'), this.available),
    ];
  }

  /** @internal */
  public get _claim(): TaskClaim {
    const { instanceType, devices: chips, neuronCores, logicalNeuronCoreConfig } = this.props;
    const all = instanceType.logicalNeuronCores(logicalNeuronCoreConfig);
    const perChip = all / instanceType.chips;
    return {
      by: 'TaskDefinitionNeuronDevices',
      family: 'Neuron',
      hostTypes: [instanceType.name],
      compatibilities: ['EC2', 'MANAGED_INSTANCES'],
      forContainer: true,
      noGpuOn: instanceType.name,
      chips,
      share: chips ? chips.length / instanceType.chips : (neuronCores ?? all) / all,
      rendezvous: this.cores > 1 && !instanceType._isInferentia1 ? RENDEZVOUS : undefined,
      limitsThreads: true,
      namedCores: ({ paths, variables }) => {
        if (!('NEURON_RT_VISIBLE_CORES' in variables)) return undefined;
        const value = variables.NEURON_RT_VISIBLE_CORES;
        const first = Math.min(...paths.map((path) => Number(path.replace('/dev/neuron', ''))).filter(Number.isInteger));
        const ids = typeof value === 'string' && known(value) ? (coreIds(value) ?? []) : [];
        return ids.map((id) => id + first * perChip);
      },
    };
  }

  /** @internal */
  protected _checkTask(_task: ecs.CfnTaskDefinition, main: Container): Finding[] {
    return [...checkImageCores(main.name, main.image, this.sharesHost), ...checkImageSignals(main.name, main.image, main.entryPoint)];
  }

  /** @internal */
  public get _ownedVariables(): OwnedVariables {
    const { neuronCores, logicalNeuronCoreConfig } = this.props;
    const config = `LNC_${logicalNeuronCoreConfig} is set for the whole pool. Use \`logicalNeuronCoreConfig\` instead.`;
    const shared = `each task gets ${neuronCores} free NeuronCores of a host that it shares with other tasks. ${OWN_CORES}`;
    return {
      AWS_NEURON_VISIBLE_DEVICES:
        'it requests devices from the Neuron 1.x runtime hook, which conflicts with mapped devices. Leave it out.',
      ...(this.sharesHost ? Object.fromEntries(CORE_VARIABLES.map((name) => [name, shared])) : {}),
      ...(logicalNeuronCoreConfig === undefined ? {} : { NEURON_LOGICAL_NC_CONFIG: config, NEURON_RT_VIRTUAL_CORE_SIZE: config }),
    };
  }

  /** Whether the container gets only some of the cores of its devices, so that other tasks get the others. */
  private get sharesHost(): boolean {
    return known(this.props.neuronCores) && this.props.neuronCores < this.available;
  }

  /** The cores that the container gets. */
  private get cores(): number {
    return this.props.neuronCores ?? this.available;
  }

  /** The cores of the mapped devices. */
  private get available(): number {
    const { instanceType, devices: mapped, logicalNeuronCoreConfig } = this.props;
    return (instanceType.logicalNeuronCores(logicalNeuronCoreConfig) * (mapped?.length ?? instanceType.chips)) / instanceType.chips;
  }
}
