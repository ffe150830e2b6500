import { aws_ecs as ecs } from 'aws-cdk-lib';
import { GaudiInstanceType } from './gaudi-instance-type';
import { checkGaudiDevices, checkGaudiSelection } from './gaudi-rules';
import { HostArchitecture, hostArchitecture } from '../capacity/architecture';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, devices, environment, linuxParameters, variableNames } from '../capacity/task/task-containers';
import { TaskClaim } from '../rules/accelerator-use-rules';
import { checked } from '../rules/checked';
import { checkOwned, OwnedVariables } from '../rules/owned-rules';
import { enforce, enforceValue, Finding } from '../rules/rule';

/** Properties of `TaskDefinitionGaudiDevices`. */
export interface TaskDefinitionGaudiDevicesProps {
  /**
   * The instance type that the tasks run on.
   */
  readonly instanceType: GaudiInstanceType;

  /**
   * The indexes of the chips that the container sees. Must be indexes of chips that the instance type has, at least one and each given
   * once. The vendor supports 1 chip, 2 or 4 adjacent chips, or all chips. Any other selection causes a warning.
   *
   * @default - all chips of the instance type
   * @see https://docs.habana.ai/en/latest/Orchestration/Multiple_Tenants_on_HPU/Multiple_Dockers_each_with_Single_Workload.html
   */
  readonly devices?: number[];

  /**
   * The name of the container that gets the chips. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

const VISIBLE_DEVICES = 'HABANA_VISIBLE_DEVICES';
/** Turns off single-copy transfers between processes in Open MPI, which need more privileges than a container has. */
const SINGLE_COPY = { name: 'OMPI_MCA_btl_vader_single_copy_mechanism', value: 'none' };
const CAPABILITY = 'SYS_NICE';
/** How the processes of PyTorch find each other, one for each chip. */
const RENDEZVOUS = { variable: 'MASTER_PORT', port: 29500, program: 'PyTorch' };
/** The device paths of newer and older drivers. */
const DEVICE_PATHS = ['/dev/accel', '/dev/hl'];

/**
 * Lets a container of a task definition use Gaudi chips.
 *
 * It sets what the vendor requires: `HABANA_VISIBLE_DEVICES`, which names the chips that the `habana` runtime of the host mounts; the
 * capability SYS_NICE; the IPC namespace of the host, except on Managed Instances, which do not support it; and a setting of Open MPI.
 *
 * You can apply it to any task definition, L1 or L2. Other variables and capabilities of the container stay as they are, and so does an
 * `ipcMode` that is already set. The container must not set `HABANA_VISIBLE_DEVICES` or map Gaudi devices itself.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24_XLARGE, devices: [0, 1, 2, 3] }));
 */
@checked
export class TaskDefinitionGaudiDevices extends MainContainerMixin {
  constructor(private readonly props: TaskDefinitionGaudiDevicesProps) {
    super(props.containerName);
    const { instanceType, devices: indexes } = props;
    enforceValue('TaskDefinitionGaudiDevices', checkGaudiDevices(instanceType.name, instanceType.chips, indexes));
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.props.instanceType.name);
  }

  /** @internal */
  protected _prepare(task: ecs.CfnTaskDefinition): void {
    const { instanceType, devices: indexes } = this.props;
    enforce(task, checkGaudiSelection(instanceType.name, instanceType.chips, indexes));
    // Managed Instances do not support an IPC mode.
    if (!task.requiresCompatibilities?.includes('MANAGED_INSTANCES')) task.ipcMode ??= ecs.IpcMode.HOST;
  }

  /** @internal */
  protected _change(container: Container): Container {
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

  /** @internal */
  public get _claim(): TaskClaim {
    const { instanceType, devices: chips } = this.props;
    return {
      by: 'TaskDefinitionGaudiDevices',
      family: 'Gaudi',
      hostTypes: [instanceType.name],
      compatibilities: ['EC2', 'MANAGED_INSTANCES'],
      forContainer: true,
      noGpuOn: instanceType.name,
      chips,
      share: (chips?.length ?? instanceType.chips) / instanceType.chips,
      rendezvous: (chips?.length ?? instanceType.chips) > 1 ? RENDEZVOUS : undefined,
    };
  }

  /** @internal */
  public get _ownedVariables(): OwnedVariables {
    return { [VISIBLE_DEVICES]: 'the library sets it to the chips that the task gets. Leave it out.' };
  }

  /** @internal */
  protected _checkMain(container: Container): Finding[] {
    return checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: devices(container).map((device) => device.hostPath ?? ''),
      ownedVariables: this._ownedVariables,
      ownedPathPrefixes: DEVICE_PATHS,
    });
  }
}
