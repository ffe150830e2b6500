import { aws_ecs as ecs } from 'aws-cdk-lib';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { checkFargateCapabilities, checkRefusedByFargate } from '../../rules/refused-parameter-rules';
import { Finding } from '../../rules/rule';
import { checkFargateStopTimeouts } from '../../rules/stop-timeout-rules';
import { containerFacts } from '../task/container-facts';
import { givenOptions, givenParameters, ParameterNames } from '../task/given-parameters';
import { MainContainerMixin } from '../task/main-container-mixin';
import { Container, plannedContainer } from '../task/task-containers';

/** The parameters that Fargate refuses. */
const REFUSED: ParameterNames = {
  containers: ['disableNetworking', 'dnsSearchDomains', 'dnsServers', 'dockerSecurityOptions', 'extraHosts', 'links', 'privileged'],
  linuxParameters: ['devices', 'maxSwap', 'sharedMemorySize', 'swappiness'],
  volumes: ['dockerVolumeConfiguration'],
  task: ['ipcMode', 'placementConstraints'],
};

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
  public override _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const planned = plannedContainer(container);
    return [
      ...checkRefusedByFargate(givenOptions(REFUSED, container)),
      ...checkCapabilities([planned]),
      ...checkFargateStopTimeouts([planned]),
    ];
  }

  /** @internal */
  protected override _checkTask(task: ecs.CfnTaskDefinition, _main: Container, containers: Container[]): Finding[] {
    return [
      ...checkRefusedByFargate(givenParameters(REFUSED, task, containers)),
      ...checkCapabilities(containers),
      ...checkFargateStopTimeouts(containers),
    ];
  }
}

function checkCapabilities(containers: Container[]): Finding[] {
  return containers.map(containerFacts).flatMap(({ name, capabilities = [] }) => checkFargateCapabilities(name, capabilities));
}
