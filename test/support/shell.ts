import { execFileSync } from 'child_process';

/** Splits a shell command into words, as the shell does. */
export function shellWords(command: string): string[] {
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

/** The options of an AWS CLI command: `--capacity-provider-strategy` becomes `capacityProviderStrategy`, JSON is parsed, a flag is true. */
export function cliOptions(command: string): { words: string[]; options: Record<string, unknown> } {
  const words = shellWords(command);
  const first = words.findIndex((word) => word.startsWith('--'));
  const options: Record<string, unknown> = {};
  for (let i = first; i < words.length; i++) {
    const name = words[i].slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const flag = words[i + 1] === undefined || words[i + 1].startsWith('--');
    options[name] = flag ? true : value(words[++i]);
  }
  return { words: words.slice(0, first), options };
}

function value(word: string): unknown {
  return /^[[{]|^\d+$/.test(word) ? (JSON.parse(word) as unknown) : word;
}
