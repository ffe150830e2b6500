import { aws_ecs as ecs, Lazy, Stack } from 'aws-cdk-lib';
import { checked } from '../../rules/checked';
import { IManagedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { disputedParameters, refusedOptions, refusedParameters } from './managed-parameters';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { MIN_MEMORY, NamedContainer, reservedMemory, sum } from '../../rules/container-rules';
import { checkDisputed, checkManagedNetworkMode, checkManagedPlacement, checkRefused } from '../../rules/managed-parameter-rules';
import { checkManagedSharedMemory, checkManagedTask, checkOneHostType } from '../../rules/managed-task-rules';
import { extraMemory, memoryFootprint } from '../../rules/memory-rules';
import { checkPlans } from '../../rules/planner-rules';
import { enforceAtSynth, enforceValue, Finding, known } from '../../rules/rule';
import { checkStopTimeouts } from '../../rules/stop-timeout-rules';
import { HostArchitecture, hostArchitecture } from '../architecture';
import { containerFacts } from '../task/container-facts';
import { MainContainerMixin } from '../task/main-container-mixin';
import { defaultSharedMemory, MIN_SHARED_MEMORY } from '../task/shared-memory';
import { limitsThreads } from '../task/task-claims';
import { Container, linuxParameters, plannedLinuxParameters, taskMemoryOf, tmpfsMounts } from '../task/task-containers';
import { withThreads } from '../task/threads';

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
   * Whether cpu units keep other tasks of this kind off the host of a task, because ECS does not count its accelerators. The main container
   * then reserves just over half of the cpu units of the host, so that exactly one task fits. Reserved cpu units are a share, not a limit.
   * The main container must not set `cpu`, and the capacity must have a single instance type.
   *
   * @default false - ECS counts the accelerators
   */
  readonly oneTaskPerHost?: boolean;
}

/**
 * Makes the tasks of a task definition run on Managed Instances.
 *
 * You can apply it to any task definition, L1 or L2. It renders its placement constraints and those of the capacity, because aws-cdk-lib
 * leaves them out for Managed Instances. It mounts `/dev/shm` as a tmpfs, because Managed Instances refuse `sharedMemorySize` of Linux
 * parameters. Unless the main container or the task sets its memory, the main container reserves half of the memory of the smallest
 * instance type, less what other containers reserve. This is a soft limit: the container can use all memory that is free.
 *
 * If the task as a whole has cpu units, which limit it, a Neuron container also gets `OMP_NUM_THREADS` with its vCPUs, unless the container
 * sets it or has environment files.
 *
 * The task definition must not have parameters that Managed Instances refuse.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html
 *
 * @example
 * const taskDefinition = new ecs.TaskDefinition(this, 'Task', { compatibility: ecs.Compatibility.MANAGED_INSTANCES });
 * taskDefinition.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('my-model-server') });
 * taskDefinition.with(new TaskDefinitionManagedInstances({ capacity: managed }));
 */
@checked
export class TaskDefinitionManagedInstances extends MainContainerMixin {
  constructor(private readonly props: TaskDefinitionManagedInstancesProps) {
    super(props.containerName);
    enforceValue('TaskDefinitionManagedInstances', checkPlans(props.capacity._hostTypes !== undefined));
    enforceValue('TaskDefinitionManagedInstances', checkOneHostType(props.oneTaskPerHost ?? false, props.capacity._hostTypes));
  }

  /** @internal */
  public get _claim(): TaskClaim {
    const hostTypes = this.props.capacity._hostTypes.map(({ name }) => name);
    return { by: 'TaskDefinitionManagedInstances', hostTypes, compatibilities: ['MANAGED_INSTANCES'] };
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const tmpfs = (plannedLinuxParameters(container).tmpfs ?? []) as Tmpfs[];
    return [
      ...checkRefused(refusedOptions(container)),
      ...checkManagedSharedMemory({ sharedMemory: sizeOfShm(tmpfs) }, this.props.sharedMemorySize?.toMebibytes(), this.smallestMemory),
    ];
  }

  private get hostMemory(): number[] {
    return this.props.capacity._hostTypes.map(({ registeredMemory }) => registeredMemory.toMebibytes());
  }

  private get smallestMemory(): number {
    return Math.min(...this.hostMemory);
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.props.capacity._hostTypes[0].name);
  }

  /** @internal */
  protected _prepare(task: ecs.CfnTaskDefinition): void {
    const expressions = renderConstraints(task, this.props.capacity.placementConstraints);
    enforceAtSynth(task, () => checkManagedPlacement(expressions()));
  }

  /** @internal */
  protected _change(main: Container, containers: Container[], task: ecs.CfnTaskDefinition): Container {
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const memoryGiven = main.memory !== undefined || main.memoryReservation !== undefined || task.memory !== undefined;
    return {
      ...main,
      environment: limitsThreads(task, main, containers) ? withThreads(main, task) : main.environment,
      cpu: this.props.oneTaskPerHost && task.cpu === undefined ? Math.floor(this.props.capacity._hostTypes[0].cpuUnits / 2) + 1 : main.cpu,
      memoryReservation: memoryGiven ? main.memoryReservation : this.defaultMemory(others),
      linuxParameters: { ...linuxParameters(main), tmpfs: this.tmpfs(task, main, others) },
    };
  }

  private defaultMemory(others: NamedContainer[]): number {
    const smallest = Math.min(...this.props.capacity._hostTypes.map(({ memory }) => memory.toMebibytes()));
    return Math.max(MIN_MEMORY, Math.floor(smallest / 2) - sum(others.map(memoryFootprint)));
  }

  private tmpfs(task: ecs.CfnTaskDefinition, main: Container, others: NamedContainer[]): Tmpfs[] {
    const given = tmpfsMounts(main);
    if (sizeOfShm(given) !== undefined) return given;
    const size = this.props.sharedMemorySize?.toMebibytes() ?? this.defaultShm(task, main, others);
    // Docker gives every container this much anyway.
    return known(size) && size < MIN_SHARED_MEMORY ? given : [...given, { containerPath: SHM, size }];
  }

  /** The default size of `/dev/shm`, which leaves room for what the task reserves on each of the hosts that it fits on. */
  private defaultShm(task: ecs.CfnTaskDefinition, main: Container, others: NamedContainer[]): number {
    const whole = taskMemoryOf(task);
    const facts = containerFacts(main);
    const reserved = sum([whole ?? reservedMemory(facts) ?? this.defaultMemory(others), ...(whole ? [] : others.map(reservedMemory))]);
    const extra = sum([facts, ...others].map(extraMemory));
    const limits = [whole, main.memory].filter((limit): limit is number => known(limit));
    const rooms = this.hostMemory.map((memory) => memory - reserved).filter((room) => room >= 0);
    return Math.min(defaultSharedMemory(Math.min(this.smallestMemory, ...limits)), ...rooms.map((room) => room - extra));
  }

  /** @internal */
  protected _checkTask(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const number = (value: string | undefined) => (known(value) ? Number(value) : (value as unknown as number | undefined));
    return [
      ...checkRefused(refusedParameters(task, containers)),
      ...checkDisputed(disputedParameters(task, containers)),
      ...checkManagedNetworkMode(task.networkMode),
      ...checkManagedTask({
        hosts: this.props.capacity._hostTypes,
        alone: this.props.oneTaskPerHost ?? false,
        taskCpu: number(task.cpu),
        taskMemory: number(task.memory),
        main: { ...containerFacts(main), sharedMemory: sizeOfShm(tmpfsMounts(main)) },
        others,
        defaultMemory: this.defaultMemory(others),
        wantedSharedMemory: this.props.sharedMemorySize?.toMebibytes(),
      }),
      ...checkStopTimeouts(this.props.capacity.interruptible, containers),
    ];
  }
}

/**
 * Renders placement constraints in addition to those that the L1 already has.
 *
 * @returns a function that reads the expressions of all constraints
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

/** The constraints that were added to the L2, which keeps them but does not render them for Managed Instances. */
function droppedConstraints(task: ecs.CfnTaskDefinition): Constraint[] {
  const l2 = task.node.scope;
  // The property is private in the L2, and nothing else has the constraints.
  return l2 instanceof ecs.TaskDefinition ? (l2 as unknown as { placementConstraints: Constraint[] }).placementConstraints : [];
}

function sizeOfShm(tmpfs: Tmpfs[]): number | undefined {
  return tmpfs.find(({ containerPath }) => containerPath === SHM)?.size;
}
