import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checked } from '../../rules/checked';
import { CapacitySlice, ISlicedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { keepHostPortsApart } from './host-port-ledger';
import { memoryOfSlice, sliceMemory } from './slice-memory';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { sum } from '../../rules/container-rules';
import { memoryFootprint } from '../../rules/memory-rules';
import { checkPartitionNamed, checkPartitionNetworkMode, checkReservedPortsFree, MappedPort } from '../../rules/partition-rules';
import { enforceValue, Finding, known } from '../../rules/rule';
import { checkContainers } from '../../rules/slice-container-rules';
import { checkStopTimeouts } from '../../rules/stop-timeout-rules';
import { HostArchitecture, hostArchitecture } from '../architecture';
import { containerFacts } from '../task/container-facts';
import { rendezvousPorts } from '../task/host-network';
import { MainContainerMixin } from '../task/main-container-mixin';
import { sharesHostIpc } from '../task/shared-memory';
import { limitsThreads } from '../task/task-claims';
import { Container, hostPorts, linuxParameters, mappedPorts, ownContainers } from '../task/task-containers';
import { withThreads } from '../task/threads';

/** Properties of `TaskDefinitionSlice`. */
export interface TaskDefinitionSliceProps extends TaskDefinitionMixinsOptions {
  /**
   * The pool or partition whose slice each task takes. If a pool is divided into partitions, give one of its partitions.
   */
  readonly capacity: ISlicedCapacity;
}

/**
 * Makes each task of a task definition take exactly one slice of a pool.
 *
 * You can apply it to any task definition, L1 or L2. The main container gets the cpu units of the slice, less those of the other
 * containers. It gets the memory of the slice in the same way, less `/dev/shm` and tmpfs mounts, unless it sets its own memory. The main container and the task must not set
 * cpu units, because ECS counts slices by them. If the container already sets the size of `/dev/shm`, that size is kept, and
 * `sharedMemorySize` must be left out.
 *
 * If the slice is a part of a host, a Neuron container also gets `OMP_NUM_THREADS` with the vCPUs of the slice, unless the container sets it
 * or has environment files. A program sees all vCPUs of its host, and would start a thread for each.
 *
 * A partition has its own chips, and UDP ports of the host that stand for them. The main container gets these ports as port mappings, but
 * nothing needs to listen on them. The network mode must then be bridge or host, and no container can map these ports.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-autoscaling-best-practice.html
 *
 * @example
 * taskDefinition.with(new TaskDefinitionSlice({ capacity }));
 */
@checked
export class TaskDefinitionSlice extends MainContainerMixin {
  constructor(private readonly props: TaskDefinitionSliceProps) {
    super(props.containerName);
    enforceValue('TaskDefinitionSlice', checkPartitionNamed(props.capacity));
  }

  /** @internal */
  public get _claim(): TaskClaim {
    const { slice, tasksPerInstance, _hostType } = this.props.capacity;
    return {
      by: 'TaskDefinitionSlice',
      hostTypes: [_hostType.name],
      compatibilities: ['EC2'],
      slice: true,
      chips: slice.chips,
      share: slice.chips ? slice.chips.length / _hostType.chips : 1 / tasksPerInstance,
    };
  }

  /** @internal */
  public _checkContainer({ containerName: name = 'main', portMappings }: ecs.ContainerDefinitionOptions): Finding[] {
    // Checking bridge mode is enough. In host mode the host port is the container port, which must not be a reserved port in any mode.
    return checkReservedPortsFree(this.props.capacity.slice.hostPorts, mappedPorts({ name, portMappings }, 'bridge', true));
  }

  /** @internal */
  protected _hostArchitecture(): HostArchitecture {
    return hostArchitecture(this.props.capacity._hostType.name);
  }

  /** @internal */
  protected _prepare(task: ecs.CfnTaskDefinition, read: () => Container[]): void {
    const { capacity } = this.props;
    if (!capacity.slice.hostPorts) return;
    const networkMode = () => task.networkMode ?? 'bridge';
    keepHostPortsApart(capacity, task.node.path, () =>
      read().flatMap((container) => [
        ...mappedPorts(container, networkMode(), false).flatMap(takenPorts),
        ...(networkMode() === 'host' ? rendezvousPorts(container) : []),
      ]),
    );
  }

  /** @internal */
  protected _checkTask(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    const { slice, tasksPerInstance, interruptible } = this.props.capacity;
    const networkMode = task.networkMode ?? 'bridge';
    const named = (container: Container) => ({
      ...containerFacts(container),
      hostPorts: hostPorts(container, networkMode),
      own: ownContainers(task).has(container.name),
    });
    const mapped = containers.flatMap((container) => mappedPorts(container, networkMode, container === main));
    return [
      ...checkPartitionNetworkMode(slice.hostPorts, networkMode),
      ...checkReservedPortsFree(slice.hostPorts, mapped),
      ...checkContainers({
        tasksPerInstance,
        slice,
        taskCpu: task.cpu,
        taskMemory: task.memory,
        main: { ...named(main), wantedSharedMemory: this.props.sharedMemorySize, hostIpc: sharesHostIpc(task) },
        others: containers.filter((container) => container !== main).map(named),
      }),
      ...checkStopTimeouts(interruptible, containers),
    ];
  }

  /** @internal */
  protected _change(main: Container, containers: Container[], task: ecs.CfnTaskDefinition): Container {
    const others = containers.filter((container) => container !== main).map(containerFacts);
    const { slice } = this.props.capacity;
    const { memoryReservation, sharedMemorySize } = sliceMemory({
      room: memoryOfSlice(slice, task) - sum(others.map(memoryFootprint)),
      main: containerFacts(main),
      wanted: this.props.sharedMemorySize?.toMebibytes(),
      hostIpc: sharesHostIpc(task),
    });
    const { share = 1 } = this._claim;
    return {
      ...main,
      environment: share < 1 && limitsThreads(task, main, containers) ? withThreads(main, task, slice.cpuUnits) : main.environment,
      portMappings: withReservedPorts(main, slice),
      cpu: slice.cpuUnits - sum(others.map(({ cpu }) => cpu)),
      memoryReservation,
      linuxParameters: sharesHostIpc(task) ? main.linuxParameters : { ...linuxParameters(main), sharedMemorySize },
    };
  }
}

/** The host port that a mapping takes for itself, with its protocol, because TCP and UDP ports are separate. */
function takenPorts({ hostPort, protocol }: MappedPort): string[] {
  return known(hostPort) && hostPort > 0 ? [`${hostPort}/${protocol}`] : [];
}

/** The port mappings of the main container, then those that stand for its chips, so that load balancers find the user's own ones first. */
function withReservedPorts({ portMappings }: Container, { hostPorts: reserved }: CapacitySlice): Container['portMappings'] {
  if (!reserved) return portMappings;
  const own = (portMappings ?? []) as ecs.CfnTaskDefinition.PortMappingProperty[];
  return [...own, ...reserved.map((port) => ({ containerPort: port, hostPort: port, protocol: 'udp' }))];
}
