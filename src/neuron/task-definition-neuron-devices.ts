import { aws_ecs as ecs, Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { requestsNeuronDevices } from './neuron-device-request';
import { checkCoresAsked, checkDevices } from './neuron-device-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { checkOneWay } from './neuron-managed-device-rules';
import { plannedContainer, prepareMainContainer } from '../capacity/task/main-container';
import { Container, devices, environment, isTaskDefinition, linuxParameters, variableNames } from '../capacity/task/task-containers';
import { checkOwned } from '../rules/owned-rules';
import { enforceValue, Finding } from '../rules/rule';

/** Properties of `TaskDefinitionNeuronDevices`. */
export interface TaskDefinitionNeuronDevicesProps {
  /**
   * The instance type that the tasks run on.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * Indexes of the devices to map, contiguous and such as the instance type has, else it is an error.
   *
   * @default - all devices of the instance type
   */
  readonly devices?: number[];

  /**
   * NeuronCores that the runtime takes, among those that are free on the mapped devices: sets `NEURON_RT_NUM_CORES`. At least 1, and at
   * most what the devices have, else it is an error.
   *
   * @default - not set: the runtime takes all cores of the mapped devices
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html
   */
  readonly neuronCores?: number;

  /**
   * How many physical NeuronCores make a logical one: sets `NEURON_LOGICAL_NC_CONFIG`. An error for types without logical cores.
   *
   * @default - not set: the runtime's own default, LNC_2 on Trainium2
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  /**
   * The container that gets the devices. One that doesn't exist is an error.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/**
 * Maps Neuron devices into a container of a task definition.
 *
 * Works on a task definition that you already have, L1 or L2, and leaves its other devices and variables as they are. Variables and
 * device mappings that contradict it are an error.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionNeuronDevices({ instanceType: NeuronInstanceType.INF2_24XLARGE, devices: [0, 1] }));
 */
export class TaskDefinitionNeuronDevices extends Mixin {
  constructor(private readonly props: TaskDefinitionNeuronDevicesProps) {
    super();
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

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    prepareMainContainer(construct, {
      containerName: this.props.containerName,
      change: (main) => this.change(main),
      check: (main) => this.check(main),
    });
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    return this.check(plannedContainer(container));
  }

  private change(container: Container): Container {
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

  private check(container: Container): Finding[] {
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
    const share = `the task takes ${neuronCores} free NeuronCores, its share of the host, by NEURON_RT_NUM_CORES. Use another \`tasksPerInstance\` instead.`;
    const config = `LNC_${logicalNeuronCoreConfig} is set for the whole pool. Use \`logicalNeuronCoreConfig\` instead.`;
    return {
      AWS_NEURON_VISIBLE_DEVICES: 'it asks for the Neuron 1.x runtime hook, which contradicts mapped devices. Leave it out.',
      ...(neuronCores === undefined
        ? {}
        : { NEURON_RT_NUM_CORES: share, NEURON_RT_VISIBLE_CORES: `it would override NEURON_RT_NUM_CORES: ${share}` }),
      ...(logicalNeuronCoreConfig === undefined ? {} : { NEURON_LOGICAL_NC_CONFIG: config, NEURON_RT_VIRTUAL_CORE_SIZE: config }),
    };
  }
}
