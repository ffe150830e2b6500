import { aws_ecs as ecs, Size, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { makeFargateService } from './fargate-service';
import { TaskDefinitionFargate } from './task-definition-fargate';
import { checkFargateSize, checkFargateTask } from '../../rules/fargate-rules';
import { checkFargateService } from '../../rules/planner-rules';
import { Finding } from '../../rules/rule';
import { HostArchitecture } from '../architecture';
import { ICapacity } from '../capacity';
import { checkContainerFor } from '../task/container-checks';
import { UNLIMITED } from '../task-ledger';
import { RunSize, ServiceRequest, TaskPlanner, TaskRequest } from '../task-planner';

/** The size of a task on Fargate. */
export interface FargateTaskSize {
  readonly cpu: number;
  readonly memory: Size;
  readonly ephemeralStorage?: Size;
}

/** Plans tasks on Fargate, which all have one size. */
export class FargatePlanner implements TaskPlanner {
  public readonly ledger = UNLIMITED;
  public readonly runTaskPlacement = [];
  public readonly assignsPublicIp = true;
  // Fargate runs a task on the architecture of its runtime platform, which is x86 by default.
  public readonly hostArchitecture: HostArchitecture = { hosts: 'Fargate', architecture: 'amd64', taskDecides: true };
  public readonly ownedVariables = {};

  constructor(
    private readonly capacity: ICapacity,
    private readonly size: FargateTaskSize,
  ) {}

  public networkMode(): ecs.NetworkMode {
    return ecs.NetworkMode.AWS_VPC;
  }

  public checkTask(request: TaskRequest): Finding[] {
    return [...checkFargateTask(request), ...checkContainerFor([new TaskDefinitionFargate()], request.container)];
  }

  public taskDefinitionProps(): ecs.TaskDefinitionProps {
    const { cpu, memory, ephemeralStorage } = this.size;
    return {
      compatibility: this.capacity.compatibility,
      cpu: Tokenization.stringifyNumber(cpu),
      memoryMiB: Tokenization.stringifyNumber(memory.toMebibytes()),
      ephemeralStorageGiB: ephemeralStorage?.toGibibytes(),
    };
  }

  public checkRunSize({ cpu = this.size.cpu, memory = this.size.memory }: RunSize): Finding[] {
    return checkFargateSize({ cpu, memory });
  }

  public checkService(): Finding[] {
    return checkFargateService();
  }

  public makeService(scope: Construct, request: ServiceRequest): ecs.FargateService {
    return makeFargateService(scope, this.capacity, request);
  }
}
