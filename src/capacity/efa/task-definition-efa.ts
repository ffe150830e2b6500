import { aws_ecs as ecs } from 'aws-cdk-lib';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { checked } from '../../rules/checked';
import { checkEfaContainer, checkEfaType } from '../../rules/efa-rules';
import { OwnedVariables } from '../../rules/owned-rules';
import { enforceValue, Finding } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { HostArchitecture, hostArchitecture } from '../architecture';
import { MainContainerMixin } from '../task/main-container-mixin';
import { Container, devices, environment, linuxParameters } from '../task/task-containers';

/** The permissions for EFA devices that AWS Batch documents. It uses the same agent. */
const PERMISSIONS = ['read', 'write', 'mknod'];

const MEMLOCK = 'memlock';

/** Properties of `TaskDefinitionEfa`. */
export interface TaskDefinitionEfaProps {
  /**
   * The instance type that the tasks run on. Must support Elastic Fabric Adapter.
   */
  readonly instanceType: AcceleratedInstanceType;

  /**
   * The name of the container that gets the devices. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/**
 * Gives a container of a task definition access to the Elastic Fabric Adapter of its host: the devices, an unlimited memory lock, and the
 * variables `FI_PROVIDER` and `FI_EFA_USE_DEVICE_RDMA`.
 *
 * You can apply it to any task definition, L1 or L2. Other devices, limits and variables stay as they are. If the container already has
 * some of these settings, they must not contradict what EFA needs. The image must have the EFA libraries.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/efa.html
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/frameworks/torch/torch-neuronx/setup-trn1-multi-node-execution.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionEfa({ instanceType: NeuronInstanceType.TRN1_32_XLARGE }));
 */
@checked
export class TaskDefinitionEfa extends MainContainerMixin {
  constructor(private readonly props: TaskDefinitionEfaProps) {
    super(props.containerName);
    enforceValue('TaskDefinitionEfa', checkEfaType('instanceType', props.instanceType, props.instanceType._typesWithEfa));
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.props.instanceType.name);
  }

  /** @internal */
  protected _change(container: Container): Container {
    const has = (list: readonly { name?: string }[], name: string) => list.some((one) => one.name === name);
    const variables = Object.entries(this.variables()).map(([name, value]) => ({ name, value }));
    const paths = this.paths().filter((path) => !devices(container).some(({ hostPath }) => hostPath === path));
    return {
      ...container,
      environment: [...environment(container), ...variables.filter(({ name }) => !has(environment(container), name))],
      ulimits: has(ulimits(container), MEMLOCK)
        ? container.ulimits
        : [...ulimits(container), { name: MEMLOCK, softLimit: -1, hardLimit: -1 }],
      linuxParameters: {
        ...linuxParameters(container),
        devices: [...devices(container), ...paths.map((path) => ({ hostPath: path, containerPath: path, permissions: PERMISSIONS }))],
      },
    };
  }

  private paths(): string[] {
    return Array.from({ length: this.props.instanceType.efaInterfaces }, (_, index) => `/dev/infiniband/uverbs${index}`);
  }

  /** The variables that EFA needs. `FI_EFA_FORK_SAFE` is only for kernels before 5.15, which Amazon Linux 2023 does not have. */
  private variables(): Record<string, string> {
    // Without RDMA, libfabric ends a process that asks for it.
    return { FI_PROVIDER: 'efa', ...(this.props.instanceType.efaRdma ? { FI_EFA_USE_DEVICE_RDMA: '1' } : {}) };
  }

  /** @internal */
  public get _claim(): TaskClaim {
    return { by: 'TaskDefinitionEfa', hostTypes: [this.props.instanceType.name], compatibilities: ['EC2'], forContainer: true };
  }

  /** @internal */
  public get _ownedVariables(): OwnedVariables {
    return Object.fromEntries(
      ['FI_PROVIDER', 'FI_EFA_USE_DEVICE_RDMA'].map((name) => {
        const value = this.variables()[name];
        return [name, value === undefined ? 'the EFA interface has no RDMA. Leave it out.' : `EFA needs ${value}. Leave it out.`];
      }),
    );
  }

  /** @internal */
  protected _checkMain(container: Container): Finding[] {
    const secrets = (container.secrets ?? []) as ecs.CfnTaskDefinition.SecretProperty[];
    const memlock = ulimits(container).find(({ name }) => name === MEMLOCK);
    return checkEfaContainer({
      container: container.name,
      variables: [
        ...environment(container).map(({ name = '', value }) => ({ name, value, secret: false })),
        ...secrets.map(({ name }) => ({ name, secret: true })),
      ],
      wantedVariables: this.variables(),
      rdma: this.props.instanceType.efaRdma,
      devices: devices(container),
      wantedDevices: this.paths(),
      wantedPermissions: PERMISSIONS,
      memlock: memlock && { soft: memlock.softLimit, hard: memlock.hardLimit },
    });
  }
}

function ulimits(container: Container): ecs.CfnTaskDefinition.UlimitProperty[] {
  return (container.ulimits ?? []) as ecs.CfnTaskDefinition.UlimitProperty[];
}
