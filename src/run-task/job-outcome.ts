import { JOB_ERRORS } from './job-errors';
import { text } from './job-expressions';

/** The errors of `RunTask` when capacity is missing or the service itself fails. The same call can succeed later. */
const CAPACITY_ERRORS = ['AmazonECS.Unknown', 'ECS.AmazonECSException', 'ECS.ServerException', 'ECS.ThrottlingException'];

/**
 * The stop reasons that ECS gives when a host is lost.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const LOST_HOST = '/^Host EC2|^Your Spot Task was interrupted/i';

/** The stop reasons of tasks that failed to start but can start later. */
const NO_ROOM = '/capacity is unavailable|RESOURCE:|^AGENT|network interface provisioning|InternalError/i';

/** An expression that gives the console URL of a task's log, from the task ID in `$id`. */
export function logLink(facts: { region: string; logGroup: string; container: string }): string {
  // The console expects the fragment of the URL to be encoded twice, with $ in place of %.
  const encoded = (value: string) => `$replace(${text(value)}, "/", "$252F")`;
  return `(
    $region := ${text(facts.region)};
    $console := $contains($region, /^cn-/) ? "console.amazonaws.cn" : $contains($region, /^us-gov-/) ? "console.amazonaws-us-gov.com" : "console.aws.amazon.com";
    "https://" & $console & "/cloudwatch/home?region=" & $region & "#logsV2:log-groups/log-group/" & ${encoded(facts.logGroup)}
      & "/log-events/" & ${encoded(`${facts.container}/${facts.container}/`)} & $id
  )`;
}

/**
 * An expression that classifies the outcome of an attempt and adds these fields to the state:
 *
 * - `kind`: `done`, or the name of the error;
 * - `blame`: `platform`, `program`, or `nothing` if a retry would not help;
 * - `message`: the cause in readable form;
 * - `result`: what the execution reports about the task.
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
  $silent := $exists($task) and $not($exited) ? ${text(`Container ${container} has no exit code: it did not run to completion`)} & $why($main);
  $stopped := $reason != "" ? "ECS reported: " & $reason & ($exists($task.StopCode) ? " (" & $task.StopCode & ")" : "");
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
