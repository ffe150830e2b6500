import { aws_ecs as ecs, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkDevices } from './neuron-device-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import {
  checkNeuronRtdHost,
  checkNeuronRtdLegacy,
  checkNeuronRtdPull,
  checkNeuronRtdTask,
  RTD_OWNED_VARIABLES,
} from './neuron-runtime-rules';
import { addClaim } from '../capacity/task/task-claims';
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
  plannedContainer,
  variableNames,
  Volume,
} from '../capacity/task/task-containers';
import { TaskClaim } from '../rules/accelerator-use-rules';
import { checked } from '../rules/checked';
import { checkMainContainerExists } from '../rules/container-rules';
import { enforce, enforceAtSynth, enforceValue, Finding, known } from '../rules/rule';

const NAME = 'neuron-rtd';
const VOLUME = 'sock';
const MOUNT = { containerPath: '/sock', sourceVolume: VOLUME };
const SOCKET = 'unix:/sock/neuron-rtd.sock';

/** Properties of `TaskDefinitionNeuronRtd`. */
export interface TaskDefinitionNeuronRtdProps {
  /**
   * The instance type that the tasks run on. Must be an Inf1 instance type.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * The indexes of the devices that the daemon takes. Must be contiguous indexes of devices that the instance type has, at least one and
   * each given once.
   *
   * @default - all devices of the instance type
   */
  readonly devices?: number[];

  /**
   * The URI of the image of the daemon. The execution role must have permission to pull it.
   *
   * @default - the public image `neuron-rtd:latest`, from us-west-2 for stacks there and from us-east-1 for all others. Required outside
   * the AWS partition `aws`
   */
  readonly image?: string;

  /**
   * The name of the container that connects to the daemon. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/**
 * Adds the Neuron 1.x runtime daemon to a task definition, as a sidecar container that starts first.
 *
 * Use it only for model servers that were built on Neuron before 1.16 and cannot be rebuilt. A warning says the same. Hosts must be of an
 * Inf1 type and run the ECS-optimized Amazon Linux 2 image for Inferentia, with a driver from before Neuron 2.3.
 *
 * The daemon logs to the same CloudWatch log group as the main container, if the main container uses the `awslogs` log driver.
 *
 * You can apply it to any task definition, L1 or L2. The task definition must not have containers, volumes, mount points, variables or
 * device mappings that contradict this mixin.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/containers/tutorial-docker-runtime1.0.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionNeuronRtd({ instanceType: NeuronInstanceType.INF1_XLARGE }));
 */
@checked
export class TaskDefinitionNeuronRtd extends Mixin {
  /**
   * Creates the mixin for a pool, which adds the warning itself.
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
    ownContainers(construct).set(NAME, this.props.image ?? defaultImage(region));
    addClaim(construct, this._claim, this.props.containerName);
    const containers = changeContainers(construct, (before) => this.change(before, region));
    const volumes = addVolume(construct, this.volume());
    enforceAtSynth(construct, () => this.check(construct, containers(), volumes()));
  }

  /** @internal */
  public get _claim(): TaskClaim {
    const { instanceType, devices: chips } = this.props;
    const share = (chips?.length ?? instanceType.chips) / instanceType.chips;
    const hostTypes = [instanceType.name];
    return {
      by: 'TaskDefinitionNeuronRtd',
      family: 'Neuron',
      hostTypes,
      compatibilities: ['EC2'],
      noGpuOn: instanceType.name,
      chips,
      share,
      limitsThreads: true,
    };
  }

  /** @internal */
  public get _ownedVariables(): Record<string, string> {
    return RTD_OWNED_VARIABLES;
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

  /** The directory of the socket. Tasks with fixed devices share the host, so each needs its own directory. */
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

/** The logging of the daemon: the log group of the main container, if the main container logs to CloudWatch Logs. */
function logsBeside(main: Container): ecs.CfnTaskDefinition.LogConfigurationProperty | undefined {
  const logging = main.logConfiguration as ecs.CfnTaskDefinition.LogConfigurationProperty | undefined;
  if (logging?.logDriver !== 'awslogs') return undefined;
  const { 'awslogs-group': group, 'awslogs-region': region } = logging.options as Record<string, string>;
  return { logDriver: 'awslogs', options: { 'awslogs-group': group, 'awslogs-region': region, 'awslogs-stream-prefix': NAME } };
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
