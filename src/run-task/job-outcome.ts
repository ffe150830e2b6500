import { JOB_ERRORS } from './job-errors';
import { text } from './job-expressions';
import { CALL_ERRORS, CALL_FAILURES, STOP_CODES, STOP_REASONS, StopReason, textsThatMean, WATCH_REASONS } from './stop-reasons';

/** A JSONata list of the texts of a table that mean the same. */
const listOf = (means: StopReason['means'], table: StopReason[]) => `[${textsThatMean(means, table).map(text).join(', ')}]`;

/** A JSONata regular expression that matches each text of a table that means the same. */
const anyOf = (means: StopReason['means'], table: StopReason[]) => `/${textsThatMean(means, table).join('|')}/i`;

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
 * An expression that classifies the outcome of an attempt and adds these fields to the state. A program that ends well when it is told to
 * stop has not finished, so the reason of the stop counts before the exit code. The fields:
 *
 * - `kind`: `done`, or the name of the error;
 * - `blame`: `platform`, `program`, or `nothing` if a retry would not help;
 * - `message`: the cause in readable form;
 * - `result`: what the execution reports about the task.
 */
export function outcome(container: string, log?: string): string {
  const { noCapacity, refused, interrupted, stopped, failed, notStarted, timedOut } = JOB_ERRORS;
  return `(
  $state := $states.input;
  $cause := $exists($state.error.Cause) ? $state.error.Cause : "";
  $described := $exists($state.task) ? $state.task : $substring($cause, 0, 1) = "{" and $substring($cause, -1) = "}" ? $parse($cause);
  $task := $exists($described.TaskArn) ? $described;
  $main := $task.Containers[Name = ${text(container)}];
  $exited := $type($main.ExitCode) = "number";
  $reason := $exists($task.StoppedReason) ? $task.StoppedReason : "";
  $kind :=
    $state.error.Error = "States.Timeout" ? ${text(timedOut)}
    : $not($exists($task)) ? (
      $state.error.Error in ${listOf('noCapacity', CALL_ERRORS)} and $not($contains($cause, ${anyOf('refused', CALL_FAILURES)}))
        ? ${text(noCapacity)} : ${text(refused)}
    )
    : $contains($reason, ${anyOf('timedOut', WATCH_REASONS)}) ? ${text(timedOut)}
    : $contains($reason, ${anyOf('noCapacity', WATCH_REASONS)}) ? ${text(noCapacity)}
    : $task.StopCode in ${listOf('interrupted', STOP_CODES)} or $contains($reason, ${anyOf('interrupted', STOP_REASONS)}) ? ${text(interrupted)}
    : $task.StopCode in ${listOf('stopped', STOP_CODES)} ? ${text(stopped)}
    : $exited and $main.ExitCode = 0 ? "done"
    : $exited ? ${text(failed)}
    : $contains($reason, ${anyOf('noCapacity', STOP_REASONS)}) ? ${text(noCapacity)}
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
