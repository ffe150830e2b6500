import { text } from './job-expressions';

/** A field that the input of an execution can have. */
export interface InputField {
  readonly name: string;
  /** A JSONata condition that is true when `$value` is valid. */
  readonly isFine: string;
  /** What a valid value is, for the message about an invalid one. */
  readonly mustBe: string;
}

/** The field that Step Functions adds to the input of a nested execution. */
const PARENT_EXECUTION = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** An expression that lists the problems of an execution's input. */
export function inputProblems(fields: InputField[]): string {
  const allowed = [...fields.map(({ name }) => name), PARENT_EXECUTION].map(text).join(', ');
  const accepted = fields.map(({ name }) => `\`${name}\``).join(', ');
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
    $exists($unknown) ? "The input has fields that this job does not accept: " & $join($unknown, ", ") & ${text(`. It accepts ${accepted}.`)},${problems.join(',')}
  ] : ["The input must be an object, got: " & $string($input) & "."]
)`;
}
