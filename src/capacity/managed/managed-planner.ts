import { aws_ecs as ecs, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkManagedNetworkMode, checkPlacementStrategies } from '../../rules/managed-parameter-rules';
import { checkTaskSize } from '../../rules/managed-task-rules';
import { OwnedVariables } from '../../rules/owned-rules';
import { Finding } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { IManagedCapacity } from '../capacity';
import { makeFargateService } from '../fargate/fargate-service';
import { HostTimes } from '../host-times';
import { checkContainerFor, ownedVariablesOf } from '../task/container-checks';
import { UNLIMITED } from '../task-ledger';
import { NodeHosts, OverrideLimits, ServiceRequest, TaskPlanner, TaskRequest } from '../task-planner';

/** Plans tasks on Managed Instances, where ECS starts a host when a task needs one. */
export class ManagedPlanner implements TaskPlanner {
  public readonly ledger = UNLIMITED;
  public readonly assignsPublicIp = false;
  public readonly hostTimes: HostTimes[] = [{ replacesHosts: true }];
  // Managed Instances do not support EFA.
  public readonly nodeHosts: NodeHosts = { efaInterfaces: 0 };
  // The task definition has the constraints.
  public readonly runTaskPlacement = [];

  constructor(private readonly capacity: IManagedCapacity) {}

  public get overrideLimits(): OverrideLimits {
    const memoryOf = ({ registeredMemory }: AcceleratedInstanceType) => registeredMemory.toMebibytes();
    const largest = this.capacity._hostTypes.reduce((a, b) => (memoryOf(a) >= memoryOf(b) ? a : b));
    const why = 'The task definition sets the cpu units, which may keep other tasks off the host of a task.';
    return { where: 'on Managed Instances', memory: largest.registeredMemory, of: largest.name, why };
  }

  public get ownedVariables(): OwnedVariables {
    return ownedVariablesOf(this.capacity.taskDefinitionMixins());
  }

  public networkMode(request: TaskRequest): ecs.NetworkMode {
    return request.networkMode ?? this.capacity.defaultNetworkMode ?? ecs.NetworkMode.AWS_VPC;
  }

  public checkTask(request: TaskRequest, networkMode: ecs.NetworkMode): Finding[] {
    const { _hostTypes: hostTypes } = this.capacity;
    const mixins = this.capacity.taskDefinitionMixins({ sharedMemorySize: request.sharedMemorySize });
    return [
      ...checkManagedNetworkMode(networkMode),
      ...checkTaskSize({ taskCpu: request.taskCpu, taskMemory: request.taskMemory?.toMebibytes() }, hostTypes),
      ...checkContainerFor(mixins, request.container),
    ];
  }

  // A mixin adds the placement constraints, because the L2 drops them for Managed Instances.
  public taskDefinitionProps({ taskCpu, taskMemory }: TaskRequest): ecs.TaskDefinitionProps {
    return {
      compatibility: this.capacity.compatibility,
      cpu: taskCpu === undefined ? undefined : Tokenization.stringifyNumber(taskCpu),
      memoryMiB: taskMemory && Tokenization.stringifyNumber(taskMemory.toMebibytes()),
    };
  }

  public checkService({ placementStrategies }: Pick<ServiceRequest, 'placementStrategies'>): Finding[] {
    return checkPlacementStrategies(placementStrategies !== undefined);
  }

  public makeService(scope: Construct, request: ServiceRequest): ecs.FargateService {
    return makeFargateService(scope, this.capacity, request);
  }
}
