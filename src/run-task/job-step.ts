import { aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inputOf } from './job-input';
import { JobStepOptions } from './job-start-options';

/**
 * Creates a step that runs a job in a nested execution and waits for it.
 *
 * The execution is nested so that every start of the job has the same retries, time limit, metrics and execution history.
 */
export function makeStep(
  scope: Construct,
  id: string,
  stateMachine: sfn.StateMachine,
  options: JobStepOptions,
): tasks.StepFunctionsStartExecution {
  const common = {
    stateMachine,
    stateName: options.stateName,
    name: options.executionName,
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    input: sfn.TaskInput.fromObject(inputOf(options.overrides)),
    associateWithParent: true,
  };
  if (options.queryLanguage === sfn.QueryLanguage.JSONATA) {
    return tasks.StepFunctionsStartExecution.jsonata(scope, id, { ...common, outputs: '{% $states.result.Output %}' });
  }
  return tasks.StepFunctionsStartExecution.jsonPath(scope, id, {
    ...common,
    resultSelector: { 'tasks.$': '$.Output.tasks' },
    resultPath: options.resultPath,
  });
}
