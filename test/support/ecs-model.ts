import * as sdk from '@aws-sdk/client-ecs';
import { enumOf } from './ecs-enums';

/** The shape of a value of the ECS API. */
export type Shape = SimpleShape | { readonly kind: 'list' | 'map'; readonly of: Shape } | Structure;

export type SimpleShape = { readonly kind: 'string'; readonly oneOf?: string[] } | { readonly kind: 'number' | 'boolean' | 'any' };

/** An object of the ECS API. */
export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly members: Record<string, () => Shape>;
  readonly required: string[];
}

/** A schema of the SDK: a number for a simple type, a tuple for other types, a function or a pair with traits for a reference. */
type Schema = number | Tuple | (() => Schema) | readonly [Schema, unknown];
type Tuple = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];

const SIMPLE = { 0: 'string', 1: 'number', 2: 'boolean', 15: 'any' } as const;
const LIST_OF_SIMPLE = 64;
const MAP_OF_SIMPLE = 128;

/** The shape of a request of the ECS API. */
export function requestShape(name: string): Structure {
  const [, , , , names, members, required] = (sdk as Record<string, unknown>)[`${name}$`] as Tuple;
  return structure(name, names as string[], members as Schema[], required as number | undefined);
}

function shapeOf(schema: Schema, oneOf?: string[]): Shape {
  if (typeof schema === 'function') return shapeOf(schema(), oneOf);
  if (typeof schema === 'number') return simpleShape(schema, oneOf);
  return isTuple(schema) ? tupleShape(schema, oneOf) : shapeOf(schema[0], oneOf);
}

function isTuple(schema: Tuple | readonly [Schema, unknown]): schema is Tuple {
  return typeof schema[1] === 'string';
}

function simpleShape(schema: number, oneOf?: string[]): Shape {
  if (schema >= MAP_OF_SIMPLE) return { kind: 'map', of: simpleShape(schema - MAP_OF_SIMPLE, oneOf) };
  if (schema >= LIST_OF_SIMPLE) return { kind: 'list', of: simpleShape(schema - LIST_OF_SIMPLE, oneOf) };
  const kind = SIMPLE[schema as keyof typeof SIMPLE];
  if (!kind) throw new Error(`@aws-sdk/client-ecs has an unknown simple type: ${schema}`);
  return kind === 'string' ? { kind, oneOf } : { kind };
}

function tupleShape([kind, , name, , ...rest]: Tuple, oneOf?: string[]): Shape {
  switch (kind) {
    case 0:
      return shapeOf(rest[0] as Schema, oneOf);
    case 1:
      return { kind: 'list', of: shapeOf(rest[0] as Schema, oneOf) };
    case 2:
      return { kind: 'map', of: shapeOf(rest[1] as Schema, oneOf) };
    case 3: // a structure
    case 4: // a union: a structure that has one of its members
      return structure(name, rest[0] as string[], rest[1] as Schema[], kind === 3 ? (rest[2] as number | undefined) : 0);
    default:
      throw new Error(`@aws-sdk/client-ecs has an unknown kind of schema: ${kind}`);
  }
}

/** The SDK lists required members first, and gives their number. */
function structure(name: string, names: string[], schemas: Schema[], required = 0): Structure {
  const members = names.map((member, index) => [member, () => shapeOf(schemas[index], enumOf(name, member))]);
  return { kind: 'structure', name, members: Object.fromEntries(members), required: names.slice(0, required) };
}
