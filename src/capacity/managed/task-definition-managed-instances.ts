import { aws_ecs as ecs, Lazy, Mixin, Size, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IManagedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { disputedParameters, refusedOptions, refusedParameters } from './managed-parameters';
import { MIN_MEMORY, NamedContainer, reservedMemory, sum } from '../../rules/container-rules';
import { checkDisputed, checkManagedNetworkMode, checkManagedPlacement, checkRefused } from '../../rules/managed-parameter-rules';
import { checkManagedSharedMemory, checkManagedTask, checkOneHostType } from '../../rules/managed-task-rules';
import { checkStopTimeouts } from '../../rules/purchase-rules';
import { enforceValue, Finding, known } from '../../rules/rule';
import { containerFacts } from '../task/container-facts';
import { prepareMainContainer } from '../task/main-container';
import { defaultSharedMemory } from '../task/shared-memory';
import { Container, isTaskDefinition, linuxParameters, plannedLinuxParameters } from '../task/task-containers';

const SHM = '/dev/shm';

type Tmpfs = Readonly<ecs.CfnTaskDefinition.TmpfsProperty>;
type Constraint = Readonly<ecs.CfnTaskDefinition.TaskDefinitionPlacementConstraintProperty>;

/** Properties of `TaskDefinitionManagedInstances`. */
export interface TaskDefinitionManagedInstancesProps extends TaskDefinitionMixinsOptions {
  /**
   * The Managed Instances that the tasks run on.
   */
  readonly capacity: IManagedCapacity;

  /**
   * Whether cpu units keep other such tasks off the host of a task, because nothing else does: the main container reserves just over half of
   * them, which always fits once and never twice. Reserved cpu units are a share and no limit. A `cpu` of its own is an error then, and so is
   * a capacity of several instance types.
   *
   * @default false - ECS counts the accelerators
   */
  readonly oneTaskPerHost?: boolean;
}

/**
 * Makes the tasks of a task definition run on Managed Instances.
 *
 * Works on a task definition that you already have, L1 or L2. Renders its placement constraints, and those of the capacity: aws-cdk-lib
 * leaves them out for Managed Instances. Mounts `/dev/shm` as a tmpfs, for `sharedMemorySize` of Linux parameters is refused there. Unless it
 * has memory of its own, or the task has, the main container reserves half of what the smallest instance type has, less what other containers
 * reserve. That is a soft limit: it may use all that is free.
 *
 * What Managed Instances refuse is an error.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html
 *
 * @example
 * const taskDefinition = new ecs.TaskDefinition(this, 'Task', { compatibility: ecs.Compatibility.MANAGED_INSTANCES });
 * taskDefinition.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('my-model-server') });
 * taskDefinition.with(new TaskDefinitionManagedInstances({ capacity: managed }));
 */
export class TaskDefinitionManagedInstances extends Mixin {
  constructor(private readonly props: TaskDefinitionManagedInstancesProps) {
    super();
    enforceValue('TaskDefinitionManagedInstances', checkOneHostType(props.oneTaskPerHost ?? false, props.capacity._hostTypes));
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const constraints = renderConstraints(construct, this.props.capacity.placementConstraints);
    prepareMainContainer(construct, {
      containerName: this.props.containerName,
      change: (main, containers) => this.change(construct, main, containers),
      check: (main, containers) => this.check(construct, main, containers, constraints()),
    });
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const tmpfs = (plannedLinuxParameters(container).tmpfs ?? []) as Tmpfs[];
    return [
      ...checkRefused(refusedOptions(container)),
      ...checkManagedSharedMemory({ sharedMemory: sizeOfShm(tmpfs) }, mib(this.props.sharedMemorySize), this.smallestMemory),
    ];
  }

  private get smallestMemory(): number {
    return Math.min(...this.props.capacity._hostTypes.map(({ registeredMemory }) => registeredMemory.toMebibytes()));
  }

  private change(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Container {
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const memoryGiven = main.memory !== undefined || main.memoryReservation !== undefined || task.memory !== undefined;
    return {
      ...main,
      cpu: this.props.oneTaskPerHost && task.cpu === undefined ? Math.floor(this.props.capacity._hostTypes[0].cpuUnits / 2) + 1 : main.cpu,
      memoryReservation: memoryGiven ? main.memoryReservation : this.defaultMemory(others),
      linuxParameters: { ...linuxParameters(main), tmpfs: this.tmpfs(task, main) },
    };
  }

  private defaultMemory(others: NamedContainer[]): number {
    const smallest = Math.min(...this.props.capacity._hostTypes.map(({ memory }) => memory.toMebibytes()));
    return Math.max(MIN_MEMORY, Math.floor(smallest / 2) - sum(others.map(reservedMemory)));
  }

  private tmpfs(task: ecs.CfnTaskDefinition, main: Container): Tmpfs[] {
    const given = tmpfsOf(main);
    if (sizeOfShm(given) !== undefined) return given;
    const limits = [Number(task.memory), main.memory].filter((limit): limit is number => known(limit) && !Number.isNaN(limit));
    const size = this.props.sharedMemorySize?.toMebibytes() ?? defaultSharedMemory(Math.min(this.smallestMemory, ...limits));
    return [...given, { containerPath: SHM, size }];
  }

  private check(task: ecs.CfnTaskDefinition, main: Container, containers: Container[], expressions: (string | undefined)[]): Finding[] {
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const number = (value: string | undefined) => (known(value) ? Number(value) : (value as unknown as number | undefined));
    return [
      ...checkRefused(refusedParameters(task, containers)),
      ...checkDisputed(disputedParameters(task, containers)),
      ...checkManagedNetworkMode(task.networkMode),
      ...checkManagedPlacement(expressions),
      ...checkManagedTask({
        hosts: this.props.capacity._hostTypes,
        alone: this.props.oneTaskPerHost ?? false,
        taskCpu: number(task.cpu),
        taskMemory: number(task.memory),
        main: { ...containerFacts(main), sharedMemory: sizeOfShm(tmpfsOf(main)) },
        others,
        defaultMemory: this.defaultMemory(others),
        wantedSharedMemory: mib(this.props.sharedMemorySize),
      }),
      ...checkStopTimeouts(this.props.capacity.interruptible, containers),
    ];
  }
}

/**
 * Renders placement constraints, beside those that the L1 has already.
 *
 * @returns the expressions of all of them
 */
function renderConstraints(task: ecs.CfnTaskDefinition, added: ecs.PlacementConstraint[]): () => (string | undefined)[] {
  const before = task.placementConstraints;
  const all = (): Constraint[] => {
    const given: Constraint[] = Stack.of(task).resolve(before) ?? [];
    const candidates: Constraint[] = [...given, ...droppedConstraints(task), ...added.flatMap((constraint) => constraint.toJson())];
    return candidates.filter(({ expression }, index) => candidates.findIndex((other) => other.expression === expression) === index);
  };
  task.placementConstraints = Lazy.uncachedAny({ produce: all }, { omitEmptyArray: true });
  return () => all().map(({ expression }) => expression);
}

/** What `addPlacementConstraint` of the L2 was given: it keeps them, and renders none for Managed Instances. */
function droppedConstraints(task: ecs.CfnTaskDefinition): Constraint[] {
  const l2 = task.node.scope;
  // Private there, and the only place that has them.
  return l2 instanceof ecs.TaskDefinition ? (l2 as unknown as { placementConstraints: Constraint[] }).placementConstraints : [];
}

function tmpfsOf(container: Container): Tmpfs[] {
  return (linuxParameters(container).tmpfs ?? []) as Tmpfs[];
}

function sizeOfShm(tmpfs: Tmpfs[]): number | undefined {
  return tmpfs.find(({ containerPath }) => containerPath === SHM)?.size;
}

function mib(size: Size | undefined): number | undefined {
  return size?.toMebibytes();
}
