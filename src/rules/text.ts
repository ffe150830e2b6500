import { known } from './rule';

/** A value as messages show it. */
export function shown(value: number | string | undefined): string {
  return known(value) ? String(value) : 'a value that is not known at synth';
}

/** Alternatives in a sentence: "1, 2 or 3". */
export function either(values: number[]): string {
  return values.length === 1 ? `${values[0]}` : `${values.slice(0, -1).join(', ')} or ${values[values.length - 1]}`;
}

/** Props in a sentence, in back-quotes: "`a` and `b`". */
export function quoted(props: string[]): string {
  return props.map((prop) => `\`${prop}\``).join(' and ');
}

/** The names of the props that are given. */
export function givenProps(props: object): string[] {
  return Object.entries(props)
    .filter(([, value]) => value !== undefined)
    .map(([prop]) => prop);
}

/** The chips of an instance type in a sentence: "12 chips of inf2.48xlarge". */
export function chipsOf({ name, chips }: { readonly name: string; readonly chips: number }): string {
  return `${chips} chip${chips === 1 ? '' : 's'} of ${name}`;
}

/** Names in a sentence: "A, B and C". */
export function joined(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** A number of hosts in a sentence: "1 host". */
export function hosts(count: number): string {
  return `${count} host${count === 1 ? '' : 's'}`;
}
