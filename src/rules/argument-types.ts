import { TYPES } from './signatures';

/** A parameter of a method, or a prop of a struct. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** A prop, and the struct that declares it. */
export interface Prop extends Parameter {
  readonly struct: string;
}

/** A type that is not a primitive. */
export interface NamedType {
  readonly kind: 'class' | 'interface' | 'enum' | 'struct';
  /** The names of the types that it extends. */
  readonly bases: string[];
  /** What follows: the values of an enum, the marks of a class or an interface, the props of a struct. */
  readonly values: string[];
}

const NAMED = new Map<string, NamedType | undefined>();
const PROPS = new Map<string, Prop[]>();

/** The type of a name. Undefined for a primitive. */
export function typeNamed(name: string): NamedType | undefined {
  if (!NAMED.has(name)) NAMED.set(name, parsed(TYPES[name]));
  return NAMED.get(name);
}

function parsed(text: string | undefined): NamedType | undefined {
  if (text === undefined) return undefined;
  const [kind, ...words] = text.split(' ');
  return {
    kind: kind as NamedType['kind'],
    bases: words.filter((word) => word.startsWith('<')).map((word) => word.slice(1)),
    values: words.filter((word) => !word.startsWith('<')),
  };
}

/** The parameters in a signature such as `id!string props?Props`. */
export function parametersOf(signature: string): Parameter[] {
  return signature.split(' ').flatMap((word) => {
    const [, name, mark, type] = /^(\w+)([!?])(.+)$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, type, optional: mark === '?' }];
  });
}

/** The props of a struct, those of its bases included. */
export function propsOf(struct: string): Prop[] {
  let props = PROPS.get(struct);
  if (!props) {
    const { bases = [], values = [] } = typeNamed(struct) ?? {};
    const own = parametersOf(values.join(' ')).map((prop) => ({ ...prop, struct }));
    const named = new Map([...bases.flatMap(propsOf), ...own].map((prop) => [prop.name, prop]));
    PROPS.set(struct, (props = [...named.values()]));
  }
  return props;
}

/** Whether a value is a string, a number, a boolean or a date. A token is what it is encoded as. */
export function primitiveFits(type: string, value: unknown): boolean {
  if (type === 'date') return Object.prototype.toString.call(value) === '[object Date]';
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return ['string', 'boolean'].includes(type) ? typeof value === type : true;
}

/**
 * Whether a value is an object of a class. An object is known by a member if its class belongs to another package, and by the name of its
 * class otherwise, because a package can be loaded several times.
 */
export function isInstance(name: string, { values: [mark] }: NamedType, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isForeign(name) ? mark === undefined || mark in value : classNames(value).includes(name);
}

/** Whether an object has the members of an interface. Those that hold objects of our classes must hold the right ones. */
export function isOfInterface(name: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { bases, values } = typeNamed(name)!;
  const members = values.filter((word) => !word.startsWith('=')).map((word) => word.split(':'));
  return (
    bases.every((base) => isOfInterface(base, value)) &&
    members.every(([member, type]) => member in value && (!type || holds((value as Record<string, unknown>)[member], type)))
  );
}

function holds(value: unknown, className: string): boolean {
  const each = Array.isArray(value) ? value : [value];
  return each.every((one) => typeof one === 'object' && one !== null && classNames(one).includes(className));
}

/** Whether a type belongs to another package. */
export function isForeign(name: string): boolean {
  return name.includes('.') || ['Construct', 'IConstruct', 'Duration', 'Size'].includes(name);
}

/** The names of the class of an object, and of those that it extends. */
export function classNames(value: object): string[] {
  const names: string[] = [];
  for (let proto = Object.getPrototypeOf(value); proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    names.push(String(proto.constructor?.name));
  }
  return names;
}
