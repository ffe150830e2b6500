import { closestName, example, phrase, place, seen, wanted } from './argument-text';
import { isOfInterface, Parameter, parametersOf, propsOf, typeNamed, isInstance, primitiveFits } from './argument-types';
import { limitOf } from './prop-limits';
import { Finding, Rule } from './rule';
import { CALLS } from './signatures';

const propType = new Rule({
  id: 'prop-type',
  level: 'error',
  says: 'A required argument or prop must be given, and each must have its type. Null is the value of none of them.',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/constructs.html',
});

/** Checks the arguments of a constructor, or of a method, against its signature and against the limits of AWS. */
export function checkCall(className: string, call: string, args: readonly unknown[]): Finding[] {
  const parameters = parametersOf(CALLS[className]?.[call] ?? '');
  return parameters.flatMap((parameter, index) => {
    const path = typeNamed(parameter.type)?.kind === 'struct' && isPlain(args[index]) ? [] : [parameter.name];
    const findings = checkGiven(parameter, args[index], path);
    return findings.length > 0 ? findings : limitOf(`${className}.${call}.${parameter.name}`, args[index], place(path));
  });
}

/** Checks a value that may be left out. `path` holds the names of the value and of what it is in, innermost last. */
function checkGiven({ type, optional }: Parameter, value: unknown, path: string[]): Finding[] {
  if (value === undefined) {
    return propType.when(!optional, () => `${place(path)} must be given: ${wanted(type)}${example(type)}.`);
  }
  if (value === null) {
    const advice = optional ? ' Leave it out to get its default.' : '';
    return propType.when(true, () => `${place(path)} must be ${wanted(type)}${example(type)}, got: null.${advice}`);
  }
  return checkType(type, value, path);
}

function checkType(type: string, value: unknown, path: string[]): Finding[] {
  const wrong = () => propType.when(true, () => `${place(path)} must be ${wanted(type)}${example(type, value)}, got: ${seen(value)}.`);
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return wrong();
    const item = { name: '', type: type.slice(0, -2), optional: false };
    return value.flatMap((each, index) => checkGiven(item, each, [...path, `${index}`]));
  }
  if (type.endsWith('{}')) {
    if (!isPlain(value)) return wrong();
    const item = { name: '', type: type.slice(0, -2), optional: false };
    return Object.entries(value).flatMap(([name, each]) => checkGiven(item, each, [...path, name]));
  }
  const named = typeNamed(type);
  if (named === undefined) return primitiveFits(type, value) ? [] : wrong();
  switch (named.kind) {
    case 'struct':
      return isPlain(value) ? checkStruct(type, value, path) : wrong();
    case 'enum':
      return named.values.includes(String(value)) || named.values.includes(typeof value) ? [] : wrong();
    case 'class':
      return isInstance(type, named, value) ? [] : wrong();
    default:
      return isOfInterface(type, value) ? [] : wrong();
  }
}

function checkStruct(struct: string, value: object, path: string[]): Finding[] {
  const props = propsOf(struct);
  const values = value as Record<string, unknown>;
  return [
    ...checkNames(props, values, path),
    ...props.flatMap((prop) => {
      const given = values[prop.name];
      const at = [...path, prop.name];
      const findings = checkGiven(prop, given, at);
      return findings.length > 0 || given === undefined ? findings : limitOf(`${prop.struct}.${prop.name}`, given, place(at));
    }),
  ];
}

/** Checks that no name is a prop with a typing error. Other names may belong to what a class of the user adds. */
function checkNames(props: Parameter[], values: Record<string, unknown>, path: string[]): Finding[] {
  const names = props.map(({ name }) => name);
  return Object.keys(values).flatMap((name) => {
    const meant = names.includes(name) || values[name] === undefined ? undefined : closestName(name, names);
    return propType.when(
      meant !== undefined && values[meant] === undefined,
      () => `${place([...path, name])} is not a prop. Did you mean ${phrase(meant!)}?`,
    );
  });
}

/** Whether a value can be a struct: an object that is not a list. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
