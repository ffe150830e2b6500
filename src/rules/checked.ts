import { checkCall } from './argument-rules';
import { enforceValue } from './rule';
import { CALLS } from './signatures';

/**
 * Makes the constructor and the methods of a public class check their arguments, before their own code runs. Plain JavaScript and Python
 * can pass what TypeScript would refuse.
 *
 * Use it as the decorator of each class that can be created or that has static methods.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
export function checked<T extends Function>(target: T): T {
  const { name } = target;
  const calls = CALLS[name] ?? {};
  for (const call of Object.keys(calls)) {
    if (call.startsWith('static ')) checkMethod(target, name, call.slice('static '.length), call);
    else if (call !== 'new') checkMethod(target.prototype, name, call, call);
  }
  return 'new' in calls ? checkConstructor(target) : target;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
function checkConstructor<T extends Function>(target: T): T {
  const { name } = target;
  const checking = new Proxy(target, {
    construct(inner, args, newTarget) {
      enforceValue(pathOf(args) ?? name, checkCall(name, 'new', args));
      return Reflect.construct(inner, args, newTarget);
    },
  });
  Object.defineProperty(target.prototype, 'constructor', { value: checking, writable: true, configurable: true });
  return checking;
}

function checkMethod(owner: object, className: string, method: string, call: string): void {
  const property = descriptorOf(owner, method);
  if (typeof property?.value !== 'function') return;
  const run = property.value;
  const checking = {
    [method](this: unknown, ...args: unknown[]) {
      enforceValue(pathOf([this]) ?? pathOf(args) ?? `${className}.${method}`, checkCall(className, call, args));
      return run.apply(this, args);
    },
  };
  Object.defineProperty(owner, method, { ...property, value: checking[method] });
}

/** The method itself, or the one that an internal base class has for it. */
function descriptorOf(owner: object | null, method: string): PropertyDescriptor | undefined {
  return owner === null
    ? undefined
    : (Object.getOwnPropertyDescriptor(owner, method) ?? descriptorOf(Object.getPrototypeOf(owner), method));
}

/** The path of a construct, or of a new one in a scope. Undefined if the arguments are not those of a construct. */
function pathOf([scope, id]: readonly unknown[]): string | undefined {
  const path = (scope as { node?: { path?: unknown } } | null | undefined)?.node?.path;
  if (typeof path !== 'string') return undefined;
  return typeof id === 'string' ? [path, id].filter(Boolean).join('/') : path;
}
