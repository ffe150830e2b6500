import { aws_ecs as ecs, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkDevices } from './neuron-device-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import { checkNeuronRtdHost, checkNeuronRtdLegacy, checkNeuronRtdPull, checkNeuronRtdTask } from './neuron-runtime-rules';
import { plannedContainer } from '../capacity/task/main-container';
import {
  addVolume,
  changeContainers,
  Container,
  dependencies,
  devices,
  environment,
  isTaskDefinition,
  mainContainer,
  mountPoints,
  ownContainers,
  variableNames,
  Volume,
} from '../capacity/task/task-containers';
import { checkMainContainerExists } from '../rules/container-rules';
import { enforce, enforceAtSynth, enforceValue, Finding, known } from '../rules/rule';

const NAME = 'neuron-rtd';
const VOLUME = 'sock';
const MOUNT = { containerPath: '/sock', sourceVolume: VOLUME };
const SOCKET = 'unix:/sock/neuron-rtd.sock';

/** Properties of `TaskDefinitionNeuronRtd`. */
export interface TaskDefinitionNeuronRtdProps {
  /**
   * The instance type that the tasks run on. Types other than Inf1 are an error.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * Indexes of the devices that the daemon takes, contiguous and such as the instance type has, else it is an error.
   *
   * @default - all devices of the instance type
   */
  readonly devices?: number[];

  /**
   * Address of the image of the daemon. The execution role must be allowed to pull it.
   *
   * @default - the public image `neuron-rtd:latest` in us-west-2 for stacks there, else in us-east-1; an error in other partitions
   */
  readonly image?: string;

  /**
   * The container that speaks to the daemon. One that doesn't exist is an error.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/**
 * Adds the runtime daemon of Neuron 1.x to a task definition, as a sidecar that starts first.
 *
 * Only for model servers that were built on Neuron before 1.16 and can't be built anew; it is a warning that says so. The hosts must be Inf1
 * and run the ECS-optimized Amazon Linux 2 image for Inferentia, with a driver from before Neuron 2.3.
 *
 * The daemon logs to the same CloudWatch log group as the main container, if that one uses the `awslogs` driver.
 *
 * Works on a task definition that you already have, L1 or L2. Containers, volumes, mount points, variables and device mappings that
 * contradict it are an error.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/containers/tutorial-docker-runtime1.0.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionNeuronRtd({ instanceType: NeuronInstanceType.INF1_XLARGE }));
 */
export class TaskDefinitionNeuronRtd extends Mixin {
  /**
   * For a pool, which has its own warning.
   *
   * @internal
   */
  public static _forPool(props: TaskDefinitionNeuronRtdProps): TaskDefinitionNeuronRtd {
    const mixin = new TaskDefinitionNeuronRtd(props);
    mixin.warns = false;
    return mixin;
  }

  private warns = true;

  constructor(private readonly props: TaskDefinitionNeuronRtdProps) {
    super();
    const { instanceType } = props;
    enforceValue('TaskDefinitionNeuronRtd', [
      ...checkNeuronRtdHost({
        askedBy: 'TaskDefinitionNeuronRtd',
        instanceType: instanceType.name,
        inferentia1: instanceType._isInferentia1,
        tasksPerInstance: 1,
      }),
      ...checkDevices({
        instanceType: instanceType.name,
        chips: instanceType.chips,
        indexes: props.devices,
        coresPerChip: instanceType.neuronCoresPerChip,
        hasLogicalCores: instanceType.hasLogicalNeuronCores,
      }),
    ]);
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const { region } = Stack.of(construct);
    enforce(construct, [
      ...(this.props.image === undefined ? checkNeuronRtdPull(region) : []),
      ...(this.warns ? checkNeuronRtdLegacy({ askedBy: 'TaskDefinitionNeuronRtd', pinsImage: true }) : []),
    ]);
    ownContainers(construct).add(NAME);
    const containers = changeContainers(construct, (before) => this.change(before, region));
    const volumes = addVolume(construct, this.volume());
    enforceAtSynth(construct, () => this.check(construct, containers(), volumes()));
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const planned = plannedContainer(container);
    return checkNeuronRtdTask(taskFacts(planned, [planned], [], []));
  }

  private change(containers: Container[], region: string): Container[] {
    const main = mainContainer(containers, this.props.containerName);
    if (!main) return containers;
    const changed: Container = {
      ...main,
      dependsOn: [...dependencies(main), { containerName: NAME, condition: 'START' }],
      environment: [...environment(main), { name: 'NEURON_RTD_ADDRESS', value: SOCKET }],
      mountPoints: [...mountPoints(main), MOUNT],
    };
    return [...containers.map((container) => (container === main ? changed : container)), this.daemon(region, main)];
  }

  private daemon(region: string, main: Container): Container {
    const { image = defaultImage(region) } = this.props;
    return {
      name: NAME,
      image,
      essential: true,
      entryPoint: ['sh', '-c'],
      command: [`neuron-rtd -g ${SOCKET}`],
      cpu: 0,
      memoryReservation: 1000,
      environment: [{ name: 'AWS_NEURON_VISIBLE_DEVICES', value: this.sortedDevices()?.join(',') ?? 'ALL' }],
      mountPoints: [MOUNT],
      linuxParameters: { capabilities: { add: ['SYS_ADMIN', 'IPC_LOCK'] } },
      logConfiguration: logsBeside(main),
    };
  }

  /** The folder of the socket. Tasks with devices of their own share the host, and so must not share the folder. */
  private volume(): Volume {
    const own = this.sortedDevices();
    return { name: VOLUME, host: { sourcePath: own ? `/tmp/sock-${own[0]}-${own[own.length - 1]}` : '/tmp/sock' } };
  }

  private sortedDevices(): number[] | undefined {
    return this.props.devices && [...this.props.devices].sort((a, b) => a - b);
  }

  private check(task: ecs.CfnTaskDefinition, containers: Container[], volumes: Volume[]): Finding[] {
    const main = mainContainer(containers, this.props.containerName);
    return main
      ? checkNeuronRtdTask(taskFacts(main, containers, volumes, task.requiresCompatibilities ?? []))
      : checkMainContainerExists(this.props.containerName, containers);
  }
}

/** Where the daemon writes its logs: to the log group of the main container, where that one writes to CloudWatch Logs. */
function logsBeside(main: Container): ecs.CfnTaskDefinition.LogConfigurationProperty | undefined {
  const logging = main.logConfiguration as ecs.CfnTaskDefinition.LogConfigurationProperty | undefined;
  if (logging?.logDriver !== 'awslogs') return undefined;
  return { logDriver: 'awslogs', options: { ...logging.options, 'awslogs-stream-prefix': NAME } };
}

function taskFacts(main: Container, containers: Container[], volumes: Volume[], compatibilities: string[]) {
  return {
    compatibilities,
    containers: containers.map((container) => ({
      name: container.name,
      devicePaths: devices(container).map((device) => device.hostPath ?? ''),
    })),
    volumes: volumes.map((volume) => volume.name),
    main: { name: main.name, variables: variableNames(main), paths: mountPoints(main).map((mount) => mount.containerPath) },
    owned: { container: NAME, volume: VOLUME, path: MOUNT.containerPath },
  };
}

function defaultImage(region: string): string {
  return `790709498068.dkr.ecr.${known(region) && region === 'us-west-2' ? region : 'us-east-1'}.amazonaws.com/neuron-rtd:latest`;
}
