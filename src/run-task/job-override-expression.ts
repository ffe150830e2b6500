import { text } from './job-expressions';

/** How the input of an execution, in `$states.input.input`, becomes overrides of `RunTask`. */
export interface OverrideFacts {
  /** The name of the main container. */
  readonly container: string;
  /** Where the memory of the input goes: to the limit or reservation of the main container, or to the task. */
  readonly memoryOf: 'Memory' | 'MemoryReservation' | 'task';
  /** A JSONata list of names and values: the variables that the job itself sets. */
  readonly variables?: string;
}

/** The variable that tells a program which execution runs it. */
export const EXECUTION_VARIABLE = 'JOB_EXECUTION_ARN';

const EXECUTION = `{"Name": ${text(EXECUTION_VARIABLE)}, "Value": $exists($states.input.execution) ? $states.input.execution : $states.context.Execution.Id}`;

/** An expression that gives the overrides of a task. */
export function overrides({ container, memoryOf, variables = '[]' }: OverrideFacts): string {
  const memory = memoryOf === 'task' ? '' : `$exists($input.memory) ? {${text(memoryOf)}: $input.memory} : {},`;
  const task = `$exists($input.cpu) ? {"Cpu": $string($input.cpu)} : {},
    $exists($input.memory) ? {"Memory": $string($input.memory)} : {},`;
  return `(
  $input := $states.input.input;
  $environment := $append([$each($input.environment, function($value, $name) { {"Name": $name, "Value": $value} })], $append([${EXECUTION}], ${variables}));
  $merge([
    ${memoryOf === 'task' ? task : ''}
    {"ContainerOverrides": [$merge([
      {"Name": ${text(container)}},
      $exists($input.command) ? {"Command": $input.command} : {},
      ${memory}
      {"Environment": $environment}
    ])]}
  ])
)`;
}
