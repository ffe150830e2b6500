import { Finding, known, Rule } from './rule';

/** Checks that a number is whole and from `min` to `max`. A number that is not given or not known passes. */
export function range(rule: Rule, prop: string, value: number | undefined, min: number, max?: number, unit = ''): Finding[] {
  const outside = known(value) && !(Number.isInteger(value) && value >= min && value <= (max ?? Infinity));
  const wanted = max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`;
  return rule.when(outside, () => `\`${prop}\` must be a whole number${wanted}${unit}, got: ${value}.`);
}
