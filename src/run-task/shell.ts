import { IResolvable, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** A value as one word of a shell command, quoted if necessary. */
export function word(value: string): string {
  return Token.isUnresolved(value) || !/^[\w./:=@-]+$/.test(value) ? `'${value.replace(/'/g, `'\\''`)}'` : value;
}

/**
 * A value as JSON in single quotes. It can contain tokens, and its single quotes are escaped so that the shell does not see them. The shell
 * expands only `variable`, where the value has `${variable}`.
 */
export function json(scope: Construct, value: unknown, variable?: string): string {
  const stack = Stack.of(scope);
  const escaped = () => withoutQuotes(stack.resolve(stack.toJsonString(value)));
  const expanded = () => (variable === undefined ? escaped() : replaced(escaped(), `\${${variable}}`, `'"\${${variable}}"'`));
  const quoted: IResolvable = Lazy.uncachedAny({ produce: expanded });
  return `'${Token.asString(quoted)}'`;
}

/** JSON, or an `Fn::Join` that gives JSON, with its single quotes escaped. */
function withoutQuotes(rendered: unknown): unknown {
  return replaced(rendered, "'", '\\u0027');
}

/** Text, or the literal parts of an `Fn::Join`, with each `from` replaced. */
function replaced(rendered: unknown, from: string, to: string): unknown {
  if (typeof rendered === 'string') return rendered.split(from).join(to);
  const join = (rendered as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join ? { 'Fn::Join': [join[0], join[1].map((part) => (typeof part === 'string' ? replaced(part, from, to) : part))] } : rendered;
}
