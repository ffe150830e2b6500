// Writes src/rules/signatures.ts, which the check of arguments reads, from the assembly that jsii has just made, and compiles it.
import { readFileSync, writeFileSync } from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { assemblyOf, signatureModule } from './signatures/module';

const root = path.join(__dirname, '..');
const source = path.join(root, 'src/rules/signatures.ts');
const text = signatureModule(assemblyOf(root));

if (text !== readFileSync(source, 'utf8')) {
  writeFileSync(source, text);
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2020 } });
  writeFileSync(path.join(root, 'lib/rules/signatures.js'), outputText);
}
