import { aws_ecs as ecs, Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { TaskDefinitionMixinsOptions } from './capacity';
import { containerFacts } from './container-facts';
import { defaultSharedMemory, sharesHostIpc } from './shared-memory';
import { changeContainers, Container, isTaskDefinition, linuxParameters, mainContainer, plannedLinuxParameters } from './task-containers';
import { checkMainContainerExists, checkOwnSize } from '../rules/container-rules';
import { enforceAtSynth, Finding, known } from '../rules/rule';

/** Prepares a task definition for a pool without slices: its containers say what they need, and `/dev/shm` follows their memory. */
export class TaskDefinitionOwnSize extends Mixin {
  constructor(private readonly options: TaskDefinitionMixinsOptions) {
    super();
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const { containerName, sharedMemorySize } = this.options;
    const before = changeContainers(construct, (containers) => this.change(containers, sharesHostIpc(construct)));
    enforceAtSynth(construct, () => {
      const main = mainContainer(before(), containerName);
      if (!main) return checkMainContainerExists(containerName, before());
      const memory = main.memory ?? (known(construct.memory) ? Number(construct.memory) : undefined);
      return checkOwnSize(main.name, {
        ...{ ...containerFacts(main), memory },
        ...{ wantedSharedMemory: sharedMemorySize, hostIpc: sharesHostIpc(construct) },
      });
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

  private change(containers: Container[], hostIpc: boolean): Container[] {
    const main = mainContainer(containers, this.options.containerName);
    if (!main || hostIpc) return containers;
    const sharedMemorySize = this.sharedMemory(main);
    if (sharedMemorySize === undefined) return containers;
    const changed = { ...main, linuxParameters: { ...linuxParameters(main), sharedMemorySize } };
    return containers.map((container) => (container === main ? changed : container));
  }

  private sharedMemory(main: Container): number | undefined {
    const memory = main.memory ?? main.memoryReservation;
    return (
      this.options.sharedMemorySize?.toMebibytes() ??
      linuxParameters(main).sharedMemorySize ??
      (known(memory) ? defaultSharedMemory(memory!) : undefined)
    );
  }
}
