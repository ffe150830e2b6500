import { aws_ecs as ecs } from 'aws-cdk-lib';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { checkOwnSize } from '../../rules/container-rules';
import { Finding, known } from '../../rules/rule';
import { checkStopTimeouts } from '../../rules/stop-timeout-rules';
import { HostArchitecture, hostArchitecture } from '../architecture';
import { TaskDefinitionMixinsOptions } from '../capacity';
import { containerFacts } from '../task/container-facts';
import { MainContainerMixin } from '../task/main-container-mixin';
import { defaultSharedMemory, sharesHostIpc } from '../task/shared-memory';
import { Container, linuxParameters, plannedLinuxParameters } from '../task/task-containers';

/** The families of instance types with GPUs that ECS counts. */
const GPU_FAMILIES = /^(p\d|g\d(?!ad)|gr\d)/;

interface OwnSizeOptions extends TaskDefinitionMixinsOptions {
  /** Whether AWS can reclaim the hosts while tasks run on them. */
  readonly interruptible: boolean;

  /** The instance type of the hosts. */
  readonly instanceType: string;
}

/**
 * Prepares a task definition for a pool without slices. Its containers set their own cpu and memory, and the size of `/dev/shm` follows
 * their memory.
 */
export class TaskDefinitionOwnSize extends MainContainerMixin {
  constructor(private readonly options: OwnSizeOptions) {
    super(options.containerName);
  }

  /** @internal */
  public get _claim(): TaskClaim {
    const { instanceType } = this.options;
    const type = known(instanceType) ? instanceType : undefined;
    return {
      by: 'Ec2Capacity',
      hostTypes: type === undefined ? undefined : [type],
      compatibilities: ['EC2'],
      noGpuOn: type === undefined || GPU_FAMILIES.test(type) ? undefined : type,
    };
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    return checkOwnSize(container.containerName ?? 'main', {
      memory: container.memoryLimitMiB,
      memoryReservation: container.memoryReservationMiB,
      sharedMemory: plannedLinuxParameters(container).sharedMemorySize,
      wantedSharedMemory: this.options.sharedMemorySize,
    });
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.options.instanceType);
  }

  /** @internal */
  protected _checkTask(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    const memory = main.memory ?? (known(task.memory) ? Number(task.memory) : undefined);
    const facts = { ...containerFacts(main), memory, wantedSharedMemory: this.options.sharedMemorySize, hostIpc: sharesHostIpc(task) };
    return [...checkOwnSize(main.name, facts), ...checkStopTimeouts(this.options.interruptible, containers)];
  }

  /** @internal */
  protected _change(main: Container, _containers: Container[], task: ecs.CfnTaskDefinition): Container {
    if (sharesHostIpc(task)) return main;
    const sharedMemorySize = this.sharedMemory(main);
    return sharedMemorySize === undefined ? main : { ...main, linuxParameters: { ...linuxParameters(main), sharedMemorySize } };
  }

  private sharedMemory(main: Container): number | undefined {
    const memory = main.memory ?? main.memoryReservation;
    return (
      this.options.sharedMemorySize?.toMebibytes() ??
      linuxParameters(main).sharedMemorySize ??
      (known(memory) ? defaultSharedMemory(memory) : undefined)
    );
  }
}
