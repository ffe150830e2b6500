import { IResolvable, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** A value as one word of a shell command, quoted if necessary. */
export function word(value: string): string {
  return Token.isUnresolved(value) || !/^[\w./:=@-]+$/.test(value) ? `'${value.replace(/'/g, `'\\''`)}'` : value;
}

/** A value as JSON in single quotes. It can contain tokens, and its single quotes are escaped so that the shell does not see them. */
export function json(scope: Construct, value: unknown): string {
  const stack = Stack.of(scope);
  const quoted: IResolvable = Lazy.uncachedAny({ produce: () => withoutQuotes(stack.resolve(stack.toJsonString(value))) });
  return `'${Token.asString(quoted)}'`;
}

/** JSON, or an `Fn::Join` that gives JSON, with its single quotes escaped. */
function withoutQuotes(rendered: unknown): unknown {
  if (typeof rendered === 'string') return rendered.replace(/'/g, '\\u0027');
  const join = (rendered as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join ? { 'Fn::Join': [join[0], join[1].map((part) => (typeof part === 'string' ? withoutQuotes(part) : part))] } : rendered;
}
