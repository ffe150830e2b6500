import { aws_scheduler as scheduler, aws_scheduler_targets as targets, aws_stepfunctions as sfn } from 'aws-cdk-lib';
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
  return new scheduler.Schedule(scope, id, {
    schedule: options.schedule,
    timeWindow: options.flexibleWindow ? scheduler.TimeWindow.flexible(options.flexibleWindow) : scheduler.TimeWindow.off(),
    enabled: options.enabled,
    description: options.description,
    target: new targets.StepFunctionsStartExecution(stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(inputOf(options.overrides)),
      deadLetterQueue: options.deadLetterQueue,
      maxEventAge: options.maxEventAge,
      retryAttempts: options.retryAttempts,
    }),
  });
}
