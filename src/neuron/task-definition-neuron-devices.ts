import { requestsNeuronDevices } from './neuron-device-request';
import { checkCoresAsked, checkDevices } from './neuron-device-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { checkOneWay } from './neuron-managed-device-rules';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, devices, environment, linuxParameters, variableNames } from '../capacity/task/task-containers';
import { checked } from '../rules/checked';
import { checkOwned } from '../rules/owned-rules';
import { enforceValue, Finding } from '../rules/rule';

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
   * number from 1 to the number of NeuronCores of the mapped devices.
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
        indexes: props.devices,
        cores: props.neuronCores,
        coresPerChip: instanceType.logicalNeuronCores(props.logicalNeuronCoreConfig) / instanceType.chips,
        hasLogicalCores: instanceType.hasLogicalNeuronCores,
        logicalCoreConfig: props.logicalNeuronCoreConfig,
      }),
    );
  }

  /** @internal */
  protected _change(container: Container): Container {
    const paths = this.props.instanceType.devicePaths.filter((_, index) => this.props.devices?.includes(index) ?? true);
    return {
      ...container,
      environment: [...environment(container), ...this.variables()],
      linuxParameters: {
        ...linuxParameters(container),
        devices: [...devices(container), ...paths.map((path) => ({ hostPath: path, containerPath: path, permissions: ['read', 'write'] }))],
      },
    };
  }

  private variables(): { name: string; value: string }[] {
    const { neuronCores, logicalNeuronCoreConfig } = this.props;
    return [
      ...(neuronCores === undefined ? [] : [{ name: 'NEURON_RT_NUM_CORES', value: `${neuronCores}` }]),
      ...(logicalNeuronCoreConfig === undefined ? [] : [{ name: 'NEURON_LOGICAL_NC_CONFIG', value: logicalNeuronCoreConfig }]),
    ];
  }

  /** @internal */
  protected _checkMain(container: Container): Finding[] {
    const { instanceType, devices: mapped, logicalNeuronCoreConfig } = this.props;
    const available =
      (instanceType.logicalNeuronCores(logicalNeuronCoreConfig) * (mapped?.length ?? instanceType.chips)) / instanceType.chips;
    const asked = environment(container).find(({ name }) => name === 'NEURON_RT_NUM_CORES')?.value;
    const owned = checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: devices(container).map((device) => device.hostPath ?? ''),
      ownedVariables: this.ownedVariables(),
      ownedPathPrefixes: ['/dev/neuron'],
    });
    const oneWay = checkOneWay({ container: container.name, mapped: true, requested: requestsNeuronDevices(container) });
    return [...oneWay, ...owned, ...checkCoresAsked(container.name, asked, available)];
  }

  private ownedVariables(): Record<string, string> {
    const { neuronCores, logicalNeuronCoreConfig } = this.props;
    const share = `${neuronCores}, the NeuronCores that each task gets. Use another \`tasksPerInstance\` instead.`;
    const config = `LNC_${logicalNeuronCoreConfig} is set for the whole pool. Use \`logicalNeuronCoreConfig\` instead.`;
    return {
      AWS_NEURON_VISIBLE_DEVICES:
        'it requests devices from the Neuron 1.x runtime hook, which conflicts with mapped devices. Leave it out.',
      ...(neuronCores === undefined
        ? {}
        : {
            NEURON_RT_NUM_CORES: `the library sets it to ${share}`,
            NEURON_RT_VISIBLE_CORES: `it would override NEURON_RT_NUM_CORES, which the library sets to ${share}`,
          }),
      ...(logicalNeuronCoreConfig === undefined ? {} : { NEURON_LOGICAL_NC_CONFIG: config, NEURON_RT_VIRTUAL_CORE_SIZE: config }),
    };
  }
}
