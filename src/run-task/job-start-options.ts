import { aws_scheduler as scheduler, aws_sqs as sqs, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { JobOverrides } from './job-overrides';

/** Options of `MlRunTask.schedule()`: when a job starts, and how. */
export interface JobScheduleOptions {
  /**
   * When the job starts: once, at a rate, or by a cron expression. A cron expression can have a time zone: `ScheduleExpression.cron({ hour:
   * '3', timeZone: TimeZone.EUROPE_BERLIN })`.
   *
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The window after the scheduled time in which the job can start. Must be from 1 minute to 24 hours.
   *
   * @default - the job starts at the scheduled time
   */
  readonly flexibleWindow?: Duration;

  /**
   * The maximum number of times that EventBridge Scheduler retries to start the job. Must be from 0 to 185. This does not retry a job that
   * started and failed: see `retries` of the job.
   *
   * @default 185
   */
  readonly retryAttempts?: number;

  /**
   * How long EventBridge Scheduler tries to start the job. Must be from 1 minute to 24 hours.
   *
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;

  /**
   * The queue for starts that failed.
   *
   * @default - none: a start that failed is dropped
   */
  readonly deadLetterQueue?: sqs.IQueue;

  /**
   * Overrides for the scheduled runs.
   *
   * @default - no overrides
   */
  readonly overrides?: JobOverrides;

  /**
   * Whether the schedule is enabled.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * A description of the schedule.
   *
   * @default - the path of the job
   */
  readonly description?: string;
}

/** Options of `MlRunTask.onObjectCreated()`: which objects start a job, and how. */
export interface JobObjectCreatedOptions {
  /**
   * The prefix of the object keys that start the job.
   *
   * @default - any prefix
   */
  readonly prefix?: string;

  /**
   * The suffix of the object keys that start the job.
   *
   * @default - any suffix
   */
  readonly suffix?: string;

  /**
   * Overrides for the runs. They can use fields of the event, such as `events.EventField.fromPath('$.detail.object.size')`. The variables
   * `INPUT_BUCKET` and `INPUT_KEY` are always set. Other text must not have a name in angle brackets, such as `<b>`, because EventBridge
   * would replace it.
   *
   * @default - only `INPUT_BUCKET` and `INPUT_KEY`
   */
  readonly overrides?: JobOverrides;

  /**
   * The maximum number of times that EventBridge retries to start the job. Must be from 0 to 185.
   *
   * @default 185
   */
  readonly retryAttempts?: number;

  /**
   * How long EventBridge tries to start the job. Must be from 1 minute to 24 hours.
   *
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;

  /**
   * The queue for events that failed to start the job.
   *
   * @default - none: such an event is dropped
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

/** Options of `MlRunTask.step()`: how a job runs as a step of another state machine. */
export interface JobStepOptions {
  /**
   * Overrides for the run. Values can come from the state: `sfn.JsonPath.stringAt('$.key')`, or `'{% $states.input.key %}'` with JSONata.
   *
   * @default - no overrides
   */
  readonly overrides?: JobOverrides;

  /**
   * The path in the state that receives the result: `{"tasks": [{"taskArn": …, "exitCode": 0, "attempts": 1}]}`. Only supported with
   * JSONPath.
   *
   * @default - the result replaces the state
   */
  readonly resultPath?: string;

  /**
   * The query language of the state. A JSONata state machine accepts only JSONata states.
   *
   * @default sfn.QueryLanguage.JSON_PATH
   */
  readonly queryLanguage?: sfn.QueryLanguage;

  /**
   * The name of the state.
   *
   * @default - the construct ID
   */
  readonly stateName?: string;

  /**
   * The name of the nested execution, by which it is found. Must be unique for 90 days, and have at most 80 characters. It can come from the
   * state: `sfn.JsonPath.format('train-{}', sfn.JsonPath.stringAt('$.model'))`.
   *
   * @default - a name that Step Functions generates
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  readonly executionName?: string;
}

/** Options of `MlRunTask.runOnDeploy()`: when a deployment runs a job, and whether it waits. */
export interface RunOnDeployOptions {
  /**
   * The job runs on the first deployment, and again when this value changes. Use, for example, a digest of the input data or a version.
   *
   * @default - the ARN of the task definition, which changes with anything in it, including an image built from a local Dockerfile
   */
  readonly key?: string;

  /**
   * Whether the deployment waits for the job, and fails if the job fails. Must be `false` if `timeout` of the job is longer than 1 hour,
   * because CloudFormation waits for at most 1 hour.
   *
   * @default true
   */
  readonly waitForEnd?: boolean;

  /**
   * Overrides for the run.
   *
   * @default - no overrides
   */
  readonly overrides?: JobOverrides;
}
