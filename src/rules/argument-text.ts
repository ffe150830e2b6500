import { classNames, isForeign, typeNamed } from './argument-types';

/** Where to get values of the types of other packages that are used most. */
const EXAMPLES: Record<string, string> = {
  Duration: 'Duration.minutes(5)',
  Size: 'Size.gibibytes(8)',
  'ecs.ContainerImage': "ecs.ContainerImage.fromRegistry('my-image')",
  'ec2.InstanceType': "new ec2.InstanceType('c7i.large')",
  'ecs.NetworkMode': 'ecs.NetworkMode.AWS_VPC',
};

const PRIMITIVES: Record<string, string> = { string: 'a string', number: 'a number', boolean: 'true or false', date: 'a Date' };

/** A name in back-quotes. */
export function phrase(name: string): string {
  return `\`${name}\``;
}

/** Where a value stands, innermost first: "`image` of `container`", "item 2 of `devices`". */
export function place(path: string[]): string {
  const words = path.map((part) => (/^\d+$/.test(part) ? `item ${part}` : phrase(part))).reverse();
  return words.join(' of ').replace(/^item/, 'Item');
}

/** What a value must be. */
export function wanted(type: string): string {
  if (type.endsWith('[]')) return `an array, in which each item is ${wanted(type.slice(0, -2))}`;
  if (type.endsWith('{}')) return `an object, in which each value is ${wanted(type.slice(0, -2))}`;
  const named = typeNamed(type);
  if (named === undefined) return PRIMITIVES[type] ?? 'a value';
  if (named.kind === 'struct') return `an object with the props of ${phrase(type)}`;
  const values = named.kind === 'enum' && !isForeign(type) ? `, one of ${named.values.join(', ')}` : '';
  return `${/^[AEIO]/i.test(type) ? 'an' : 'a'} ${phrase(type)}${values}`;
}

/** An example of a value, as it follows in a sentence. Empty if there is none. */
export function example(type: string, value?: unknown): string {
  const { kind, values = [] } = typeNamed(type) ?? {};
  const own = () => {
    if (isForeign(type)) return [];
    if (kind === 'interface') return values.filter((word) => word.startsWith('=')).map((word) => phrase(word.slice(1)));
    if (kind !== 'class') return [];
    const constants = values.filter((word) => !word.endsWith('()'));
    const factories = values.filter((word) => word.endsWith('()') && !(constants.length > 0 && word === 'of()'));
    const named = (word: string) => (word === 'fromName()' && typeof value === 'string' ? `fromName('${value}')` : word);
    return [...constants, ...factories].map((word) => phrase(`${type}.${named(word)}`));
  };
  const all = EXAMPLES[type] ? [phrase(EXAMPLES[type])] : own();
  return all.length === 0 ? '' : `, for example ${all.slice(0, 3).join(' or ')}`;
}

/** A value as it is said in a sentence. */
export function seen(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value)}`;
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object' || value === null) return String(value);
  const [name] = classNames(value);
  if (name === undefined) return 'a plain object';
  return 'creationStack' in value && 'resolve' in value
    ? `a token of class ${name}. Use \`Token.asString()\` or \`Token.asNumber()\``
    : `an object of class ${name}`;
}

/** The one name that `name` is certain to mean: the same but for upper case, or for one letter of many. */
export function closestName(name: string, names: string[]): string | undefined {
  const lower = name.toLowerCase();
  const same = names.find((each) => each.toLowerCase() === lower);
  return same ?? (name.length < 6 ? undefined : names.find((each) => each.length >= 6 && oneLetterApart(lower, each.toLowerCase())));
}

/** Whether one letter is missing, added, wrong, or swapped with the next. */
function oneLetterApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
