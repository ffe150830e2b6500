import { aws_ecs as ecs, Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { GaudiInstanceType } from './gaudi-instance-type';
import { checkGaudiDevices, checkGaudiPart } from './gaudi-rules';
import { plannedContainer, prepareMainContainer } from '../capacity/task/main-container';
import { Container, devices, environment, isTaskDefinition, linuxParameters, variableNames } from '../capacity/task/task-containers';
import { checkOwned } from '../rules/owned-rules';
import { enforce, enforceValue, Finding } from '../rules/rule';

/** Properties of `TaskDefinitionGaudiDevices`. */
export interface TaskDefinitionGaudiDevicesProps {
  /**
   * The instance type that the tasks run on.
   */
  readonly instanceType: GaudiInstanceType;

  /**
   * Indexes of the chips that the container sees, such as the instance type has and each once, else it is an error. Parts of a host that
   * the vendor doesn't support for work on several chips are a warning: it supports 2 or 4 side by side.
   *
   * @default - all chips of the instance type
   * @see https://docs.habana.ai/en/latest/Orchestration/Multiple_Tenants_on_HPU/Multiple_Dockers_each_with_Single_Workload.html
   */
  readonly devices?: number[];

  /**
   * The container that gets the chips. One that doesn't exist is an error.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

const VISIBLE_DEVICES = 'HABANA_VISIBLE_DEVICES';
/** Open MPI copies between processes in a way that needs more privileges than a container has. */
const SINGLE_COPY = { name: 'OMPI_MCA_btl_vader_single_copy_mechanism', value: 'none' };
const CAPABILITY = 'SYS_NICE';
/** Older and newer drivers. */
const DEVICE_PATHS = ['/dev/accel', '/dev/hl'];

/**
 * Lets a container of a task definition use Gaudi chips, as the vendor asks: by the `habana` runtime of the host, which mounts those that
 * `HABANA_VISIBLE_DEVICES` names; with the capability SYS_NICE, the host's IPC namespace, and a setting of Open MPI.
 *
 * Works on a task definition that you already have, L1 or L2. Its other variables and capabilities stay, and so does an `ipcMode` that it
 * has; `HABANA_VISIBLE_DEVICES` and Gaudi devices of its own are an error.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24XLARGE, devices: [0, 1, 2, 3] }));
 */
export class TaskDefinitionGaudiDevices extends Mixin {
  constructor(private readonly props: TaskDefinitionGaudiDevicesProps) {
    super();
    const { instanceType, devices: indexes } = props;
    enforceValue('TaskDefinitionGaudiDevices', checkGaudiDevices(instanceType.name, instanceType.chips, indexes));
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const { instanceType, devices: indexes, containerName } = this.props;
    enforce(construct, checkGaudiPart(instanceType.name, instanceType.chips, indexes));
    // Managed Instances refuse an IPC mode.
    if (!construct.requiresCompatibilities?.includes('MANAGED_INSTANCES')) construct.ipcMode ??= ecs.IpcMode.HOST;
    prepareMainContainer(construct, { containerName, change: (main) => this.change(main), check: (main) => this.check(main) });
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    return this.check(plannedContainer(container));
  }

  private change(container: Container): Container {
    const own = environment(container);
    const capabilities = linuxParameters(container).capabilities as ecs.CfnTaskDefinition.KernelCapabilitiesProperty | undefined;
    const added = new Set([...(capabilities?.add ?? []), CAPABILITY]);
    return {
      ...container,
      environment: [
        ...own,
        { name: VISIBLE_DEVICES, value: this.props.devices?.join(',') ?? 'all' },
        ...(own.some(({ name }) => name === SINGLE_COPY.name) ? [] : [SINGLE_COPY]),
      ],
      linuxParameters: { ...linuxParameters(container), capabilities: { ...capabilities, add: [...added] } },
    };
  }

  private check(container: Container): Finding[] {
    return checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: devices(container).map((device) => device.hostPath ?? ''),
      ownedVariables: { [VISIBLE_DEVICES]: 'the chips of the task are given by its capacity. Leave it out.' },
      ownedPathPrefixes: DEVICE_PATHS,
    });
  }
}
