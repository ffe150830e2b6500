import { Duration, Size, Token } from 'aws-cdk-lib';
import { Finding, known } from './rule';
import { propForm, propRange } from './value-rules';

/** Checks a value that has its type. `at` says which prop it is, in back-quotes. What is not known at synth passes. */
export type Limit = (value: unknown, at: string) => Finding[];

/** A whole number from `min`. */
export function whole(min: number, max?: number, unit = ''): Limit {
  return (value, at) => inRange(value as number, at, { min, max, unit, unless: Number.isInteger });
}

/** A number of more than `min`, whole or not. */
export function moreThan(min: number): Limit {
  return (value, at) =>
    propRange.when(known(value as number) && (value as number) <= min, () => `${at} must be more than ${min}, got: ${value}.`);
}

/** A duration in whole seconds. */
export const seconds = (min = 0, max?: number): Limit => inUnit('seconds', (value: Duration) => value.toSeconds(), min, max);

/** A duration in whole minutes. */
export const minutes = (min = 0, max?: number): Limit => inUnit('minutes', (value: Duration) => value.toMinutes(), min, max);

/** A size in whole MiB. */
export const mebibytes = (min = 0, max?: number): Limit => inUnit('MiB', (value: Size) => value.toMebibytes(), min, max);

/** A size in whole GiB. */
export const gibibytes = (min = 0, max?: number): Limit => inUnit('GiB', (value: Size) => value.toGibibytes(), min, max);

/** A number of at least 0, whole or not. */
export const notNegative: Limit = (value, at) =>
  propRange.when(known(value as number) && (value as number) < 0, () => `${at} must be 0 or more, got: ${value}.`);

/** A value that the L2 constructs of aws-cdk-lib must know at synth, in addition to another limit. */
export function knownAtSynth(limit: Limit): Limit {
  return (value, at) => {
    const token = isAmount(value) ? value.isUnresolved() : Token.isUnresolved(value);
    return token ? propForm.when(true, () => `${at} must be known at synth, got: a token.`) : limit(value, at);
  };
}

/** Any value. */
export const anything: Limit = () => [];

/** A list with at least `min` and at most `max` items. */
export function items(min: number, max: number): Limit {
  return (value, at) => {
    const { length } = value as unknown[];
    const wanted = min === 0 ? `at most ${max}` : `from ${min} to ${max}`;
    return propRange.when(
      !Token.isUnresolved(value) && (length < min || length > max),
      () => `${at} must have ${wanted} items, got: ${length}.`,
    );
  };
}

/** Text of a form. `says` completes "must be …". */
export function form(pattern: RegExp, says: string): Limit {
  return (value, at) => {
    const text = value as string;
    const shown = text.length > 60 ? `${text.slice(0, 57)}... (${text.length} characters)` : text;
    return propForm.when(
      known(text) && !pattern.test(text),
      () => `${at} must be ${says}, got: ${shown === '' ? 'an empty string' : shown}.`,
    );
  };
}

/** A limit of each item of a list, or of each value of an object. */
export function each(limit: Limit): Limit {
  return (value, at) =>
    Object.entries(value as object).flatMap(([key, one]) => limit(one, `${Array.isArray(value) ? 'item ' : ''}${key} of ${at}`));
}

/** A limit of the names in an object. */
export function keys(limit: Limit): Limit {
  return (value, at) => Object.keys(value as object).flatMap((key) => limit(key, `A name in ${at}`));
}

/** Several limits of one value. */
export function all(...limits: Limit[]): Limit {
  return (value, at) => limits.flatMap((limit) => limit(value, at));
}

/** A limit of a member of an object, for example of the name of a cluster. */
export function member(name: string, limit: Limit): Limit {
  return (value, at) => limit((value as Record<string, unknown>)[name], `\`${name}\` of ${at}`);
}

interface Range {
  readonly min: number;
  readonly max?: number;
  readonly unit: string;
  readonly unless: (value: number) => boolean;
}

function inRange(value: number | undefined, at: string, { min, max, unit, unless }: Range): Finding[] {
  const outside = known(value) && !(unless(value) && value >= min && value <= (max ?? Infinity));
  const wanted = max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`;
  return propRange.when(outside, () => `${at} must be a whole number${wanted}${unit}, got: ${value}.`);
}

/** A duration or a size that must be a whole number in a unit. A token passes if its unit can be converted. */
function inUnit<T extends Duration | Size>(unit: string, convert: (value: T) => number, min: number, max?: number): Limit {
  return (value, at) => {
    const given = value as T;
    let amount: number;
    try {
      amount = convert(given);
    } catch {
      return propRange.when(true, () => `${at} must be a whole number of ${unit}, got: ${shownAmount(given)}.`);
    }
    const outside = known(amount) && (amount < min || (max !== undefined && amount > max));
    const wanted = max === undefined ? `${min} ${unit} or more` : `from ${min} to ${max} ${unit}`;
    return propRange.when(outside, () => `${at} must be ${wanted}, got: ${amount}.`);
  };
}

function isAmount(value: unknown): value is Duration | Size {
  return typeof (value as Partial<Size>).isUnresolved === 'function';
}

function shownAmount(value: Duration | Size): string {
  if (value.isUnresolved()) return 'a token in another unit';
  if ('toMilliseconds' in value) return value.toHumanString();
  return `${value.toKibibytes({ rounding: 2 })} KiB`;
}
