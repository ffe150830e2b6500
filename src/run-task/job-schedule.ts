import { aws_iam as iam, aws_scheduler as scheduler, aws_scheduler_targets as targets, aws_stepfunctions as sfn, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inputOf } from './job-input';
import { JobScheduleOptions } from './job-start-options';

/** Creates a schedule of EventBridge Scheduler that starts executions of a job's state machine. */
export function makeSchedule(
  scope: Construct,
  id: string,
  stateMachine: sfn.StateMachine,
  options: JobScheduleOptions,
): scheduler.Schedule {
  const { stateMachineArn } = stateMachine;
  return new scheduler.Schedule(scope, id, {
    schedule: options.schedule,
    timeWindow: options.flexibleWindow ? scheduler.TimeWindow.flexible(options.flexibleWindow) : scheduler.TimeWindow.off(),
    enabled: options.enabled,
    description: options.description ?? `Runs ${scope.node.path}`,
    // `targets.StepFunctionsStartExecution` can't name the executions.
    target: new targets.Universal({
      service: 'sfn',
      action: 'startExecution',
      policyStatements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] })],
      input: scheduler.ScheduleTargetInput.fromObject({
        StateMachineArn: stateMachineArn,
        Name: executionName(id),
        Input: Stack.of(scope).toJsonString(inputOf(options.overrides)),
      }),
      deadLetterQueue: options.deadLetterQueue,
      maxEventAge: options.maxEventAge,
      retryAttempts: options.retryAttempts,
    }),
  });
}

/**
 * The name of a scheduled execution: the schedule and a unique ID. Step Functions takes up to 80 letters, numbers, hyphens and underscores.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function executionName(id: string): string {
  return `${id.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)}-<aws.scheduler.execution-id>`;
}
