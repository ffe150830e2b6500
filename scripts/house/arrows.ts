import { readdirSync, readFileSync } from 'fs';
import * as path from 'path';
import * as ts from 'typescript';

/** The text of each file, by its path from the root of the project, such as `src/rules/rule.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** What each file imports, or each room. */
export type Arrows = ReadonlyMap<string, readonly string[]>;

/** Reads the TypeScript files of `src`. */
export function readSources(root: string): Sources {
  const names = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => path.posix.join('src', ...name.split(path.sep)));
  return new Map(files.sort().map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
}

/** The relative imports of each file. Imports of types and `export … from` count. */
export function importsOf(sources: Sources): Arrows {
  return new Map([...sources].map(([file, text]) => [file, targetsOf(file, text, sources)]));
}

function targetsOf(file: string, text: string, sources: Sources): string[] {
  const names = namesIn(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  const relative = names.filter((name) => /^\.\.?(\/|$)/.test(name));
  return [...new Set(relative.map((name) => resolve(path.posix.join(path.posix.dirname(file), name), sources)))];
}

/** The modules that code names in any kind of import. `ts.preProcessFile` overlooks `export * as x from`. */
function namesIn(node: ts.Node): string[] {
  const module = moduleOf(node);
  const names = module && ts.isStringLiteralLike(module) ? [module.text] : [];
  ts.forEachChild(node, (child) => {
    names.push(...namesIn(child));
  });
  return names;
}

function moduleOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isCallExpression(node) && ['import', 'require'].includes(node.expression.getText())) return node.arguments[0];
  return undefined;
}

/** The file that a path without extension means. A path that is no source file stays as it is, such as that of a JSON file. */
function resolve(target: string, sources: Sources): string {
  const stem = target.replace(/\/$|\.js$/, '');
  return [`${stem}.ts`, `${stem}/index.ts`].find((file) => sources.has(file)) ?? target;
}
