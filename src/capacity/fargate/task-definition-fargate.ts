import { Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { enforceAtSynth } from '../../rules/rule';
import { checkFargateStopTimeouts } from '../../rules/stop-timeout-rules';
import { Container, isTaskDefinition } from '../task/task-containers';

/** Checks the containers of a task definition that runs on Fargate. It changes nothing. */
export class TaskDefinitionFargate extends Mixin {
  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    const containers = (): Container[] => Stack.of(construct).resolve(construct.containerDefinitions) ?? [];
    enforceAtSynth(construct, () => checkFargateStopTimeouts(containers()));
  }
}
