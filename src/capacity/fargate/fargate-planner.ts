import { aws_ecs as ecs, Size, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { makeFargateService } from './fargate-service';
import { checkFargateTask } from '../../rules/fargate-rules';
import { checkFargateService } from '../../rules/planner-rules';
import { Finding } from '../../rules/rule';
import { checkFargateStopTimeouts } from '../../rules/stop-timeout-rules';
import { HostArchitecture } from '../architecture';
import { ICapacity } from '../capacity';
import { UNLIMITED } from '../task-ledger';
import { ServiceRequest, TaskPlanner, TaskRequest } from '../task-planner';

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

  constructor(
    private readonly capacity: ICapacity,
    private readonly size: FargateTaskSize,
  ) {}

  public networkMode(): ecs.NetworkMode {
    return ecs.NetworkMode.AWS_VPC;
  }

  public checkTask(request: TaskRequest): Finding[] {
    const { containerName: name = 'main', stopTimeout } = request.container;
    return [
      ...checkFargateTask(request),
      ...checkFargateStopTimeouts([{ name, stopTimeout: stopTimeout?.isUnresolved() ? undefined : stopTimeout?.toSeconds() }]),
    ];
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

  public checkService(): Finding[] {
    return checkFargateService();
  }

  public makeService(scope: Construct, request: ServiceRequest): ecs.FargateService {
    return makeFargateService(scope, this.capacity, request);
  }
}
