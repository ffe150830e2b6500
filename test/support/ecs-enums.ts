import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import * as sdk from '@aws-sdk/client-ecs';

/** The values of a member of a structure, if it is an enum. The schemas of the SDK say `string`, but its type declarations name it. */
export function enumOf(structure: string, member: string): string[] | undefined {
  const name = declaredTypes().get(`${structure}.${member}`);
  if (!name) throw new Error(`@aws-sdk/client-ecs does not declare ${structure}.${member}`);
  const values = (sdk as Record<string, unknown>)[name];
  return typeof values === 'object' && values !== null ? (Object.values(values) as string[]) : undefined;
}

let types: Map<string, string> | undefined;

/** The declared type of every member of every structure, without `[]` and `undefined`. */
function declaredTypes(): Map<string, string> {
  if (types) return types;
  types = new Map();
  const folder = join(dirname(require.resolve('@aws-sdk/client-ecs')), '../dist-types/models');
  const text = ['models_0.d.ts', 'models_1.d.ts'].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  for (const [, structure, body] of text.matchAll(/^export (?:interface|declare namespace) (\w+) \{\n([\s\S]*?)^\}/gm)) {
    for (const [, member, type] of body.matchAll(/^ +(\w+)\??: (\w+)/gm)) {
      const key = `${structure}.${member}`;
      // Unions declare a member several times; the first declaration has its type.
      if (!types.has(key)) types.set(key, type);
    }
  }
  return types;
}
