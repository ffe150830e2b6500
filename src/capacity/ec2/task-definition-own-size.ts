import { aws_ecs as ecs, Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkOwnSize } from '../../rules/container-rules';
import { checkStopTimeouts } from '../../rules/purchase-rules';
import { Finding, known } from '../../rules/rule';
import { TaskDefinitionMixinsOptions } from '../capacity';
import { containerFacts } from '../task/container-facts';
import { prepareMainContainer } from '../task/main-container';
import { defaultSharedMemory, sharesHostIpc } from '../task/shared-memory';
import { Container, isTaskDefinition, linuxParameters, plannedLinuxParameters } from '../task/task-containers';

interface OwnSizeOptions extends TaskDefinitionMixinsOptions {
  /** Whether AWS can reclaim the hosts while tasks run on them. */
  readonly interruptible: boolean;
}

/**
 * Prepares a task definition for a pool without slices. Its containers set their own cpu and memory, and the size of `/dev/shm` follows
 * their memory.
 */
export class TaskDefinitionOwnSize extends Mixin {
  constructor(private readonly options: OwnSizeOptions) {
    super();
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const { containerName, sharedMemorySize, interruptible } = this.options;
    prepareMainContainer(construct, {
      containerName,
      change: (main) => (sharesHostIpc(construct) ? main : this.change(main)),
      check: (main, containers) => {
        const memory = main.memory ?? (known(construct.memory) ? Number(construct.memory) : undefined);
        return [
          ...checkOwnSize(main.name, {
            ...containerFacts(main),
            memory,
            wantedSharedMemory: sharedMemorySize,
            hostIpc: sharesHostIpc(construct),
          }),
          ...checkStopTimeouts(interruptible, containers),
        ];
      },
    });
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

  private change(main: Container): Container {
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
