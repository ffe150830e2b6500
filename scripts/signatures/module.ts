import { readFileSync } from 'fs';
import * as path from 'path';
import { gunzipSync } from 'zlib';

/** A type reference in a jsii assembly. */
interface TypeRef {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: string; readonly elementtype: TypeRef };
}

interface Member {
  readonly name: string;
  readonly type: TypeRef;
  readonly optional?: boolean;
  readonly static?: boolean;
  readonly protected?: boolean;
}

interface Callable {
  readonly name: string;
  readonly parameters?: Member[];
  readonly returns?: { readonly type: TypeRef };
  readonly static?: boolean;
  readonly protected?: boolean;
  readonly abstract?: boolean;
}

/** A type in a jsii assembly. */
interface Type {
  readonly fqn: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly abstract?: boolean;
  readonly datatype?: boolean;
  readonly base?: string;
  readonly interfaces?: string[];
  readonly initializer?: { readonly parameters?: Member[] };
  readonly properties?: Member[];
  readonly methods?: Callable[];
}

/** The types of this package, and of those whose types it uses. */
export interface Assembly {
  readonly own: Type[];
  readonly all: Record<string, Type>;
}

/** Reads the assemblies of this package and of those that it uses. */
export function assemblyOf(root: string): Assembly {
  const own: Record<string, Type> = JSON.parse(readFileSync(path.join(root, '.jsii'), 'utf8')).types;
  const cdk = JSON.parse(gunzipSync(readFileSync(path.join(root, 'node_modules/aws-cdk-lib/.jsii.gz'))).toString()).types;
  const constructs = JSON.parse(readFileSync(path.join(root, 'node_modules/constructs/.jsii'), 'utf8')).types;
  return { own: Object.values(own), all: { ...cdk, ...constructs, ...own } };
}

/** The source of src/rules/signatures.ts. */
export function signatureModule({ own, all }: Assembly): string {
  const used = new Set<string>();
  const refer = (type: TypeRef): string => {
    if (type.collection) return `${refer(type.collection.elementtype)}${type.collection.kind === 'array' ? '[]' : '{}'}`;
    if (type.fqn && all[type.fqn]) used.add(type.fqn);
    return type.fqn && all[type.fqn] ? shortName(type.fqn) : (type.primitive ?? 'any');
  };
  const list = (members: Member[] = []) =>
    members.map(({ name, type, optional }) => `${name}${optional ? '?' : '!'}${refer(type)}`).join(' ');

  const callables = own
    .filter(({ kind, datatype }) => kind === 'class' && !datatype)
    .map((type) => [shortName(type.fqn), calls(type, list)]);
  const types: Record<string, string> = {};
  for (const fqn of used) types[shortName(fqn)] = describe(all[fqn], { own, all }, list, used);
  return [
    '// Written by scripts/signatures.ts, which runs when the package is compiled. Do not edit it.',
    '/* eslint-disable */',
    '',
    '/** What the constructors and methods of each class take. `name!type` must be given, `name?type` can be left out. */',
    `export const CALLS: Record<string, Record<string, string>> = ${JSON.stringify(sorted(Object.fromEntries(callables.filter(([, each]) => Object.keys(each).length > 0))), null, 2)};`,
    '',
    '/** The types that they take: their kind, and what tells a value of the type. A struct has its bases and props. */',
    `export const TYPES: Record<string, string> = ${JSON.stringify(sorted(types), null, 2)};`,
    '',
  ].join('\n');
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The name of a type as it stands in code: `NeuronCapacity`, `ec2.IVpc`. */
function shortName(fqn: string): string {
  return fqn.replace(/^(cdk-ecs-ml|aws-cdk-lib|constructs)\./, '').replace(/^aws_/, '');
}

/** The parameters of the constructor and the methods of a class. What only takes constructs needs no check. */
function calls(type: Type, list: (members?: Member[]) => string): Record<string, string> {
  const methods = (type.methods ?? []).filter((method) => !method.abstract && !method.protected);
  const all = [
    ...(type.abstract || !type.initializer ? [] : [['new', list(type.initializer.parameters)]]),
    ...methods.map((method) => [(method.static ? 'static ' : '') + method.name, list(method.parameters)]),
  ];
  return Object.fromEntries(all.filter(([, parameters]) => parameters !== '' && !/^construct!IConstruct$/.test(parameters)));
}

function describe(type: Type, { own, all }: Assembly, list: (members?: Member[]) => string, used: Set<string>): string {
  const { kind, datatype, interfaces = [], properties = [] } = type;
  if (kind === 'enum') return ['enum', ...enumValues(type, own)].join(' ');
  if (kind === 'interface' && datatype) {
    for (const base of interfaces) used.add(base);
    return ['struct', ...interfaces.map((base) => `<${shortName(base)}`), list(properties)].join(' ').trim();
  }
  return own.includes(type) ? ownType(type, own) : `${kind} ${mark(type, all)}`.trim();
}

/** A class or interface of this package: what tells a value of it, and where to get one. */
function ownType(type: Type, own: Type[]): string {
  if (type.kind === 'class') {
    const made = (ref?: TypeRef) => ref?.fqn === type.fqn;
    const constants = (type.properties ?? []).filter((property) => property.static && made(property.type)).map(({ name }) => name);
    const factories = (type.methods ?? []).filter((method) => method.static && made(method.returns?.type)).map(({ name }) => `${name}()`);
    return ['class', ...factories, ...constants.slice(0, 1)].join(' ');
  }
  const typed = (type.properties ?? [])
    .filter(({ optional }) => !optional)
    .map((member) => `${member.name}:${className(member.type, own)}`)
    .concat(INTERNAL[shortName(type.fqn)] ?? []);
  const implementers = own.filter((one) => one.kind === 'class' && !one.abstract && basesOf(one, own).has(type.fqn));
  const bases = (type.interfaces ?? []).filter((base) => own.some(({ fqn }) => fqn === base)).map((base) => `<${shortName(base)}`);
  return ['interface', ...bases, ...typed, ...implementers.map(({ fqn }) => `=${shortName(fqn)}`)].join(' ');
}

/** The class of this package that a member has or lists. Empty for other types. */
function className({ fqn, collection }: TypeRef, own: Type[]): string {
  if (collection) return className(collection.elementtype, own);
  return own.some((type) => type.fqn === fqn && type.kind === 'class') ? shortName(fqn!) : '';
}

function basesOf(type: Type, own: Type[]): Set<string> {
  const direct = [...(type.interfaces ?? []), ...(type.base ? [type.base] : [])];
  const known = direct.flatMap((base) => own.filter(({ fqn }) => fqn === base));
  return new Set([...direct, ...known.flatMap((base) => [...basesOf(base, own)])]);
}

/** A member that tells an object of another package's type. Its class can be loaded several times, so `instanceof` cannot tell it. */
function mark(type: Type, all: Record<string, Type>): string {
  if (/^constructs\.I?Construct$/.test(type.fqn)) return 'node';
  const names = membersOf(type, all)
    .filter((member) => !member.static && !member.protected && !('optional' in member && member.optional))
    .map(({ name }) => name);
  for (const form of [/^(bind|toSeconds|toMebibytes|getImage|vpcId)$/, /(Id|Arn)$/, /Name$/]) {
    const found = names.find((name) => form.test(name));
    if (found) return found;
  }
  return names[0] ?? '';
}

function membersOf(type: Type, all: Record<string, Type>): (Member | Callable)[] {
  const bases = [...(type.interfaces ?? []), ...(type.base ? [type.base] : [])].flatMap((base) => all[base] ?? []);
  const generic = bases.filter(({ fqn }) => !/^(constructs\.|aws-cdk-lib\.(I?Resource|IEnvironmentAware)$)/.test(fqn));
  return [...(type.properties ?? []), ...(type.methods ?? []), ...generic.flatMap((base) => membersOf(base, all))];
}

/** The values of an enum of this package. Of another package, only their kind, because a later release can have more. */
function enumValues({ fqn }: Type, own: Type[]): string[] {
  const ours = own.some((type) => type.fqn === fqn);
  const [module, ...names] = fqn.split('.');
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const values = names.reduce((found, name) => found[name], require(ours ? '../../lib' : module));
  if (ours) return Object.values(values);
  return [Object.values(values).some((value) => typeof value === 'number') ? 'number' : 'string'];
}

/** The members of interfaces that jsii leaves out, because they are internal. */
const INTERNAL: Record<string, string[]> = { IManagedCapacity: ['_hostTypes:'] };
