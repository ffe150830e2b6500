// What the JSONata expressions in the state machine of a job are made of. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

/** An expression on one line, in the delimiters that make Step Functions evaluate it. */
export function jsonata(expression: string): string {
  return `{% ${expression.replace(/\s*\n\s*/g, ' ').trim()} %}`;
}

/** Text as a JSONata string literal. JSONata uses the same escapes as JSON. */
export function text(value: string): string {
  return JSON.stringify(value);
}
