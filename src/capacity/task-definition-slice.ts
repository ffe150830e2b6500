import { Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IEc2Capacity, TaskDefinitionMixinsOptions } from './capacity';
import { containerFacts } from './container-facts';
import { changeContainers, Container, hostPorts, isTaskDefinition, linuxParameters, mainContainer } from './task-containers';
import { checkContainers, NamedContainer, reservedMemory } from '../rules/container-rules';
import { enforceAtSynth, known } from '../rules/rule';

/** The most shared memory, in MiB, that a container gets without asking: what the Neuron tutorials use. */
const MAX_DEFAULT_SHARED_MEMORY = 10 * 1024;

/** Properties of `TaskDefinitionSlice`. */
export interface TaskDefinitionSliceProps extends TaskDefinitionMixinsOptions {
  /**
   * The pool whose slice a task takes.
   */
  readonly capacity: IEc2Capacity;
}

/**
 * Makes each task of a task definition take exactly one slice of a pool.
 *
 * Works on a task definition that you already have, L1 or L2. The main container gets the cpu units of the slice less those of the other
 * containers, and its memory alike unless it has memory of its own. cpu units of its own, or of the task, are an error: they are what
 * makes ECS count. A size of `/dev/shm` that the container has already is kept, and is an error beside `sharedMemorySize`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-autoscaling-best-practice.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionSlice({ capacity }));
 */
export class TaskDefinitionSlice extends Mixin {
  constructor(private readonly props: TaskDefinitionSliceProps) {
    super();
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const before = changeContainers(construct, (containers) => this.change(containers));
    enforceAtSynth(construct, () => {
      const containers = before();
      const main = mainContainer(containers, this.props.containerName);
      const named = (container: Container) => ({
        ...containerFacts(container),
        hostPorts: hostPorts(container, construct.networkMode ?? 'bridge'),
      });
      return checkContainers({
        tasksPerInstance: this.props.capacity.tasksPerInstance,
        slice: this.props.capacity.slice,
        wantedName: this.props.containerName,
        taskCpu: construct.cpu,
        taskMemory: construct.memory,
        main: main && { ...named(main), wantedSharedMemory: this.props.sharedMemorySize },
        others: containers.filter((container) => container !== main).map(named),
      });
    });
  }

  private change(containers: Container[]): Container[] {
    const main = mainContainer(containers, this.props.containerName);
    if (!main) return containers;
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const { slice } = this.props.capacity;
    const left = (whole: number, count: (container: NamedContainer) => number | undefined) =>
      others.reduce((rest, container) => rest - (known(count(container)) ? (count(container) ?? 0) : 0), whole);
    const memoryGiven = main.memory !== undefined || main.memoryReservation !== undefined;
    const changed: Container = {
      ...main,
      cpu: left(slice.cpuUnits, (container) => container.cpu),
      memoryReservation: memoryGiven ? main.memoryReservation : left(slice.memory.toMebibytes(), reservedMemory),
      linuxParameters: { ...linuxParameters(main), sharedMemorySize: this.sharedMemory(main) },
    };
    return containers.map((container) => (container === main ? changed : container));
  }

  private sharedMemory(main: Container): number {
    const slice = this.props.capacity.slice.memory.toMebibytes();
    const memory = known(main.memory) ? Math.min(slice, main.memory!) : slice;
    return (
      this.props.sharedMemorySize?.toMebibytes() ??
      linuxParameters(main).sharedMemorySize ??
      Math.min(MAX_DEFAULT_SHARED_MEMORY, Math.floor(memory / 4))
    );
  }
}
