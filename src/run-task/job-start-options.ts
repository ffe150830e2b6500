import { aws_scheduler as scheduler, aws_sqs as sqs, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { JobOverrides } from './job-overrides';

/** When a job starts. */
export interface JobScheduleOptions {
  /**
   * Once, at a rate, or by a cron expression, which knows its time zone: `ScheduleExpression.cron({ hour: '3', timeZone:
   * TimeZone.EUROPE_BERLIN })`.
   *
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * How much later than its time the job may start. From 1 minute to 24 hours, else it is an error.
   *
   * @default - it starts on time
   */
  readonly flexibleWindow?: Duration;

  /**
   * How often EventBridge Scheduler tries again to start the job. Whether the job succeeds is another matter: see `retries` of the job. From
   * 0 to 185, else it is an error.
   *
   * @default 185
   */
  readonly retryAttempts?: number;

  /**
   * How long EventBridge Scheduler tries to start the job. From 1 minute to 24 hours, else it is an error.
   *
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;

  /**
   * Where a start that didn't succeed goes.
   *
   * @default - it is dropped
   */
  readonly deadLetterQueue?: sqs.IQueue;

  /**
   * What the scheduled runs have otherwise.
   *
   * @default - nothing
   */
  readonly overrides?: JobOverrides;

  /**
   * Whether the schedule is on.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * What the schedule is for.
   *
   * @default - none
   */
  readonly description?: string;
}

/** Which objects start a job, and how. */
export interface JobObjectCreatedOptions {
  /**
   * What the key of an object starts with.
   *
   * @default - anything
   */
  readonly prefix?: string;

  /**
   * What the key of an object ends with.
   *
   * @default - anything
   */
  readonly suffix?: string;

  /**
   * What the runs have otherwise. Fields of the event may be used, such as `events.EventField.fromPath('$.detail.object.size')`. The variables
   * `INPUT_BUCKET` and `INPUT_KEY` are set in any case.
   *
   * @default - nothing
   */
  readonly overrides?: JobOverrides;

  /**
   * How often EventBridge tries again to start the job. From 0 to 185, else it is an error.
   *
   * @default 185
   */
  readonly retryAttempts?: number;

  /**
   * How long EventBridge tries to start the job. From 1 minute to 24 hours, else it is an error.
   *
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;

  /**
   * Where an event that didn't start the job goes.
   *
   * @default - it is dropped
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

/** How a job is a step of a state machine. */
export interface JobStepOptions {
  /**
   * What the run has otherwise. Values may come from the state: `sfn.JsonPath.stringAt('$.key')`, or `'{% $states.input.key %}'` with JSONata.
   *
   * @default - nothing
   */
  readonly overrides?: JobOverrides;

  /**
   * Where the result goes in the state: `{"tasks": [{"taskArn": …, "exitCode": 0, "attempts": 1}]}`. For JSONPath only, else it is an error.
   *
   * @default - the result replaces the state
   */
  readonly resultPath?: string;

  /**
   * The query language of the state. A state machine in JSONata takes states in JSONata only.
   *
   * @default sfn.QueryLanguage.JSON_PATH
   */
  readonly queryLanguage?: sfn.QueryLanguage;

  /**
   * Name of the state.
   *
   * @default - the id
   */
  readonly stateName?: string;
}

/** How a deployment runs a job. */
export interface RunOnDeployOptions {
  /**
   * The job runs when this changes, and when it is deployed first. A digest of its input data, say, or a version.
   *
   * @default - the task definition: whatever changes in it, an image of a local Dockerfile too
   */
  readonly key?: string;

  /**
   * Whether the deployment waits for the job and fails with it. CloudFormation waits for an hour at most, so for a job whose `timeout` is longer
   * it must be `false`, else it is an error.
   *
   * @default true
   */
  readonly waitForEnd?: boolean;

  /**
   * What the run has otherwise.
   *
   * @default - nothing
   */
  readonly overrides?: JobOverrides;
}
