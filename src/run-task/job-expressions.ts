// The JSONata of a job's state machine. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
import { JOB_ERRORS } from './job-errors';

/** A field that the input of an execution may have. */
export interface InputField {
  readonly name: string;
  /** Whether `$value` is as it must be. */
  readonly isFine: string;
  readonly mustBe: string;
}

/** An expression as Step Functions evaluates it, on one line. */
export function jsonata(expression: string): string {
  return `{% ${expression.replace(/\s*\n\s*/g, ' ').trim()} %}`;
}

/** Text as a JSONata string: JSONata reads the escapes of JSON. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** What Step Functions adds to the input of a nested execution. */
const PARENT_EXECUTION = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** A list of what is wrong with the input of an execution. */
export function inputProblems(fields: InputField[]): string {
  const allowed = [...fields.map(({ name }) => name), PARENT_EXECUTION].map(text).join(', ');
  const takes = fields.map(({ name }) => `\`${name}\``).join(', ');
  const problems = fields.map(
    ({ name, isFine, mustBe }) => `
    $exists($input.${name}) and $not(($value := $input.${name}; ${isFine}))
      ? ${text(`\`${name}\` must be ${mustBe}, got: `)} & $string($input.${name}) & "."`,
  );
  return `(
  $input := $states.input;
  $isObject := $type($input) = "object";
  $unknown := $isObject ? $keys($input)[$not($ in [${allowed}])];
  $isObject ? [
    $exists($unknown) ? "The input has " & $join($unknown, ", ") & ${text(`; a job takes ${takes}.`)},${problems.join(',')}
  ] : ["The input must be an object, got: " & $string($input) & "."]
)`;
}

/** What `RunTask` overrides, from the input of an execution in `$states.input.input`. */
export interface OverrideFacts {
  readonly container: string;
  /** Where the memory of the input goes: to the container, for a task that takes a slice, else to the task. */
  readonly memoryOf: 'Memory' | 'MemoryReservation' | 'task';
  /** Variables that the job itself sets: a list of names and values. */
  readonly variables?: string;
}

/** The overrides of a task. */
export function overrides({ container, memoryOf, variables = '[]' }: OverrideFacts): string {
  const memory = memoryOf === 'task' ? '' : `$exists($input.memory) ? {${text(memoryOf)}: $input.memory} : {},`;
  const task = `$exists($input.cpu) ? {"Cpu": $string($input.cpu)} : {},
    $exists($input.memory) ? {"Memory": $string($input.memory)} : {},`;
  return `(
  $input := $states.input.input;
  $environment := $append([$each($input.environment, function($value, $name) { {"Name": $name, "Value": $value} })], ${variables});
  $merge([
    ${memoryOf === 'task' ? task : ''}
    {"ContainerOverrides": [$merge([
      {"Name": ${text(container)}},
      $exists($input.command) ? {"Command": $input.command} : {},
      ${memory}
      $count($environment) > 0 ? {"Environment": [$environment]} : {}
    ])]}
  ])
)`;
}

/** What `RunTask` says when there is no room, or the service has trouble of its own. The same call may succeed later. */
const CAPACITY_ERRORS = ['AmazonECS.Unknown', 'ECS.AmazonECSException', 'ECS.ServerException', 'ECS.ThrottlingException'];

/** How ECS names hosts that went away. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const LOST_HOST = '/^Host EC2|^Your Spot Task was interrupted/i';

/** Why a task that never started may well start later. */
const NO_ROOM = '/capacity is unavailable|RESOURCE:|^AGENT|network interface provisioning|InternalError/i';

/** The address of a task's log in the console, from the task's id in `$id`. */
export function logLink(facts: { region: string; logGroup: string; container: string }): string {
  // The console wants what it finds after its # encoded twice, with $ for %.
  const encoded = (value: string) => `$replace(${text(value)}, "/", "$252F")`;
  return `(
    $region := ${text(facts.region)};
    $console := $contains($region, /^cn-/) ? "console.amazonaws.cn" : $contains($region, /^us-gov-/) ? "console.amazonaws-us-gov.com" : "console.aws.amazon.com";
    "https://" & $console & "/cloudwatch/home?region=" & $region & "#logsV2:log-groups/log-group/" & ${encoded(facts.logGroup)}
      & "/log-events/" & ${encoded(`${facts.container}/${facts.container}/`)} & $id
  )`;
}

/**
 * What became of an attempt, added to the state: its `kind`, `done` or one of the errors; who is to `blame` for it, the platform, the program
 * or something that a new attempt won't change; a `message` for people, and the `result`.
 */
export function outcome(container: string, log?: string): string {
  const { noCapacity, refused, interrupted, stopped, failed, notStarted } = JOB_ERRORS;
  return `(
  $state := $states.input;
  $cause := $exists($state.error.Cause) ? $state.error.Cause : "";
  $described := $exists($state.task) ? $state.task : $substring($cause, 0, 1) = "{" and $substring($cause, -1) = "}" ? $parse($cause);
  $task := $exists($described.TaskArn) ? $described;
  $main := $task.Containers[Name = ${text(container)}];
  $exited := $type($main.ExitCode) = "number";
  $reason := $exists($task.StoppedReason) ? $task.StoppedReason : "";
  $kind :=
    $not($exists($task)) ? (
      $state.error.Error in [${CAPACITY_ERRORS.map(text).join(', ')}] ? ${text(noCapacity)} : ${text(refused)}
    ) : $exited and $main.ExitCode = 0 ? "done"
    : $task.StopCode in ["SpotInterruption", "TerminationNotice", "InfrastructureHealth"] or $contains($reason, ${LOST_HOST}) ? ${text(interrupted)}
    : $task.StopCode = "UserInitiated" ? ${text(stopped)}
    : $exited ? ${text(failed)}
    : $contains($reason, ${NO_ROOM}) ? ${text(noCapacity)}
    : ${text(notStarted)};
  $blame := $kind in [${text(noCapacity)}, ${text(interrupted)}] ? "platform" : $kind = ${text(failed)} ? "program" : "nothing";
  $why := function($one) { $exists($one.Reason) ? " (" & $one.Reason & ")" : "" };
  $exits := $map($task.Containers[$type(ExitCode) = "number" and ExitCode != 0], function($one) {
    "Container " & $one.Name & " exited with code " & $string($one.ExitCode) & $why($one)
  });
  $silent := $exists($task) and $not($exited) ? ${text(`Container ${container} has no exit code, it never ran to its end`)} & $why($main);
  $stopped := $reason != "" ? "ECS says: " & $reason & ($exists($task.StopCode) ? " (" & $task.StopCode & ")" : "");
  $call := $exists($task) ? [] : "ECS did not run the task: " & $state.error.Error & ($cause != "" ? ": " & $cause : "");
  $id := $split($task.TaskArn, "/")[-1];
  $log := $exists($id) ? ${log ?? '[]'} : [];
  $facts := $append($append($append($exits, $silent), $append($stopped, $call)), $exists($task) ? "Task: " & $task.TaskArn : []);
  $merge([$state, {
    "kind": $kind,
    "blame": $blame,
    "message": $join($append($append($facts, "Attempt: " & $string($state.attempt)), $count($log) > 0 ? "Logs: " & $log : []), ". "),
    "result": $merge([
      {"attempts": $state.attempt},
      $exists($task) ? {"taskArn": $task.TaskArn} : {},
      $exited ? {"exitCode": $main.ExitCode} : {},
      $count($log) > 0 ? {"logs": $log} : {}
    ])
  }])
)`;
}
