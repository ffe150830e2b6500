import { aws_ecs as ecs } from 'aws-cdk-lib';
import { SliceLedger } from './slice-ledger';
import { checkPartitionNamed, checkPartitionNetworkMode } from '../../rules/partition-rules';
import { Finding } from '../../rules/rule';
import { checkMainContainer } from '../../rules/slice-container-rules';
import { checkAwsVpcFits, checkHostPorts } from '../../rules/slice-rules';
import { ISlicedCapacity } from '../capacity';
import { PoolPlanner } from '../ec2/pool-planner';
import { hostPorts, plannedMemory } from '../task/task-containers';
import { TaskLedger } from '../task-ledger';
import { NodeHosts, OverrideLimits, TaskRequest } from '../task-planner';

/** Plans tasks that each take a slice of a host. */
export class SlicePlanner extends PoolPlanner<ISlicedCapacity> {
  constructor(pool: ISlicedCapacity, ledger: TaskLedger = new SliceLedger(pool)) {
    super(pool, ledger);
  }

  public get overrideLimits(): OverrideLimits {
    const { memory } = this.pool.slice;
    return { where: 'on a pool', memory, of: 'the slice', why: 'The slice sets the cpu units, because ECS counts accelerators by them.' };
  }

  public get nodeHosts(): NodeHosts {
    const { _hostType, efaInterfaces = 0 } = this.pool;
    return { efaInterfaces, typeWithEfa: _hostType.efaInterfaces > 0 ? _hostType.name : undefined };
  }

  public checkTask(request: TaskRequest, networkMode: ecs.NetworkMode): Finding[] {
    const unnamed = checkPartitionNamed(this.pool);
    if (unnamed.length > 0) return unnamed;
    const { slice, tasksPerInstance } = this.pool;
    const { cpu, memoryLimitMiB, memoryReservationMiB } = request.container;
    return [
      ...checkPartitionNetworkMode(slice.hostPorts, networkMode),
      ...checkHostPorts(tasksPerInstance, hostPorts(request.container, networkMode)),
      ...this.checkNetwork(networkMode),
      ...checkMainContainer(
        {
          cpu,
          memory: memoryLimitMiB,
          memoryReservation: memoryReservationMiB,
          ...plannedMemory(request.container),
          wantedSharedMemory: request.sharedMemorySize,
        },
        slice,
      ),
      ...super.checkTask(request, networkMode),
    ];
  }

  public checkNetwork(networkMode: ecs.NetworkMode): Finding[] {
    const { _hostType, tasksPerInstance, efaInterfaces } = this.pool;
    return checkAwsVpcFits(_hostType, tasksPerInstance, networkMode, efaInterfaces !== undefined);
  }

  protected fittingNetworkMode(): ecs.NetworkMode {
    const { tasksPerInstance, _hostType, slice, efaInterfaces } = this.pool;
    if (slice.hostPorts) return ecs.NetworkMode.BRIDGE;
    const fit = efaInterfaces ? _hostType.maxAwsVpcTasksWithEfa : _hostType.maxAwsVpcTasks;
    if (tasksPerInstance <= fit) return ecs.NetworkMode.AWS_VPC;
    // Nodes of a job find each other by the addresses of their hosts. Tasks that share a host would also share its ports.
    return efaInterfaces && tasksPerInstance === 1 ? ecs.NetworkMode.HOST : ecs.NetworkMode.BRIDGE;
  }
}
