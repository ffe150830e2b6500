// What the end of a task means for a job. ECS documents no complete list, so a text that is not in these tables is only shown.
import { JOB_ERRORS } from './job-errors';

const STOPPED_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html';
const API_FAILURES = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html';
const STOP_TASK = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html';
const STOP_CODES_API = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html';
const MANAGED_DRAINING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-draining.html';
const FARGATE_RETIREMENT = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html';
const RUN_TASK_ERRORS = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_Errors';
const SERVICE_QUOTAS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html';
const FARGATE_CAPACITY = 'https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity';

/** A text of ECS, and what it means for a job. */
export interface StopReason {
  /**
   * - `noCapacity`: the task did not start, but can start later;
   * - `interrupted`: the host was taken from a task that ran, or that was about to run;
   * - `stopped`: somebody stopped the task;
   * - `timedOut`: the job stopped the task, because its time was over;
   * - `refused`: the same call fails again.
   */
  readonly means: 'noCapacity' | 'interrupted' | 'stopped' | 'timedOut' | 'refused';
  /** A stop code or an error name, or for reasons a part of the text as a regular expression that ignores case. */
  readonly text: string;
  readonly source: string;
}

/** The stop codes that decide alone. The others, such as `TaskFailedToStart`, need the reason or the exit code. */
export const STOP_CODES: StopReason[] = [
  { means: 'interrupted', text: 'SpotInterruption', source: STOP_CODES_API },
  { means: 'interrupted', text: 'TerminationNotice', source: STOP_CODES_API },
  { means: 'interrupted', text: 'InfrastructureHealth', source: STOP_CODES_API },
  { means: 'stopped', text: 'UserInitiated', source: STOP_CODES_API },
];

/**
 * The reasons that ECS gives for a stopped task. AWS writes some with `TaskFailedToStart: ` before them, so they match anywhere in the text,
 * and a single word only at its end.
 */
export const STOP_REASONS: StopReason[] = [
  { means: 'interrupted', text: '^Host EC2', source: STOPPED_TASKS },
  { means: 'interrupted', text: 'Your Spot Task was interrupted', source: STOPPED_TASKS },
  { means: 'interrupted', text: 'Task stopped during instance draining', source: MANAGED_DRAINING },
  { means: 'interrupted', text: 'Container instance deregistration forced', source: STOPPED_TASKS },
  { means: 'interrupted', text: 'performing maintenance on the underlying infrastructure', source: FARGATE_RETIREMENT },
  { means: 'noCapacity', text: 'RESOURCE:', source: API_FAILURES },
  { means: 'noCapacity', text: '(^|: )AGENT$', source: API_FAILURES },
  { means: 'noCapacity', text: '(^|: )LOCATION$', source: API_FAILURES },
  { means: 'noCapacity', text: '(^|: )ATTRIBUTE$', source: API_FAILURES },
  { means: 'noCapacity', text: 'placement constraint unsatisfied', source: API_FAILURES },
  { means: 'noCapacity', text: 'NO ACTIVE INSTANCES', source: API_FAILURES },
  { means: 'noCapacity', text: 'EMPTY CAPACITY PROVIDER', source: API_FAILURES },
  { means: 'noCapacity', text: 'Capacity is unavailable', source: FARGATE_CAPACITY },
  { means: 'noCapacity', text: 'Unexpected EC2 error while attempting to', source: STOPPED_TASKS },
  { means: 'noCapacity', text: 'network interface (provisioning|attachment)', source: STOPPED_TASKS },
  { means: 'noCapacity', text: 'InternalError', source: STOPPED_TASKS },
];

/** The errors of a `RunTask` call that can succeed later. `AmazonECS.Unknown` stands for a response with failures instead of tasks. */
export const CALL_ERRORS: StopReason[] = [
  { means: 'noCapacity', text: 'AmazonECS.Unknown', source: 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html' },
  { means: 'noCapacity', text: 'ECS.AmazonECSException', source: FARGATE_CAPACITY },
  { means: 'noCapacity', text: 'ECS.ServerException', source: RUN_TASK_ERRORS },
  { means: 'noCapacity', text: 'ECS.ThrottlingException', source: SERVICE_QUOTAS },
  { means: 'noCapacity', text: 'ECS.LimitExceededException', source: SERVICE_QUOTAS },
];

/** The failures in the response of a `RunTask` call that fail again, as regular expressions on its JSON. */
export const CALL_FAILURES: StopReason[] = [
  { means: 'refused', text: '"Reason": ?"MISSING"', source: API_FAILURES },
  { means: 'refused', text: '"Reason": ?"INACTIVE"', source: API_FAILURES },
];

/** The reasons that the watch of a job gives when it stops a task. They count before the stop code, which says only that a user did it. */
export const WATCH_REASONS: StopReason[] = [
  { means: 'timedOut', text: `^${JOB_ERRORS.timedOut}:`, source: STOP_TASK },
  { means: 'noCapacity', text: `^${JOB_ERRORS.noCapacity}:`, source: STOP_TASK },
];

/** The texts of a table that mean the same. */
export function textsThatMean(means: StopReason['means'], table: StopReason[]): string[] {
  return table.filter((one) => one.means === means).map(({ text }) => text);
}
