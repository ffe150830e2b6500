import { aws_ecs as ecs } from 'aws-cdk-lib';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { Finding } from '../../rules/rule';
import { checkFargateStopTimeouts } from '../../rules/stop-timeout-rules';
import { MainContainerMixin } from '../task/main-container-mixin';
import { Container } from '../task/task-containers';

/** Checks a task definition on Fargate, which has no accelerators. It changes nothing. */
export class TaskDefinitionFargate extends MainContainerMixin {
  constructor(containerName?: string) {
    super(containerName);
  }

  /** @internal */
  public get _claim(): TaskClaim {
    return { by: 'FargateCapacity', compatibilities: ['FARGATE', 'EC2'], noGpuOn: 'Fargate' };
  }

  /** @internal */
  protected _change(main: Container): Container {
    return main;
  }

  /** @internal */
  protected override _checkMain(main: Container): Finding[] {
    return checkFargateStopTimeouts([main]);
  }

  /** @internal */
  protected override _checkTask(_task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    return checkFargateStopTimeouts(containers.filter((container) => container !== main));
  }
}
