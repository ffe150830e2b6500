import { arnOf, Policy, policiesOf, allow } from '../support/iam';
import { TemplateJson } from '../support/template';

/** A call that a role must be able to make, and for which each statement of its policies is there. */
export interface Call {
  readonly action: string;
  /** The ARN; `*` if the action cannot be limited to a resource. */
  readonly resource: string;
  /** A similar resource, for which the call must be denied. */
  readonly elsewhere?: string;
  /** What the request says about itself. With other values, or without them, the call must be denied. */
  readonly context?: Record<string, string>;
}

/** What a role is for. */
export interface RoleFacts {
  /** The service that assumes the role. */
  readonly of: string;
  /** The names of the managed policies. */
  readonly managed?: string[];
  readonly calls?: Call[];
  /** The actions that it may do on all resources, of services that the simulator does not know any more. */
  readonly unknownActions?: string[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

type Document = { readonly Statement: Statement[] };

/** The roles of a template by logical id, without its hash. Roles that aws-cdk-lib makes for custom resources are left out. */
export function rolesOf(template: TemplateJson): Record<string, string> {
  const ids = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::IAM::Role');
  return Object.fromEntries(
    ids.filter((id) => !/Provider(framework|Framework|waiter)|BucketNotificationsHandler/.test(id)).map((id) => [withoutHash(id), id]),
  );
}

export function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

/** The service that a role trusts, and its managed policies. */
export function trustOf(template: TemplateJson, role: string): { of: string; managed: string[] } {
  const { AssumeRolePolicyDocument, ManagedPolicyArns = [] } = template.Resources[role].Properties as {
    AssumeRolePolicyDocument: { Statement: { Principal: { Service: string } }[] };
    ManagedPolicyArns?: { 'Fn::Join': [string, string[]] }[];
  };
  return {
    of: AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal.Service).join(),
    managed: ManagedPolicyArns.map((arn) => arn['Fn::Join'][1].at(-1)!.replace(':iam::aws:policy/', '')),
  };
}

/** What policies do wrong: a call that they deny, or one that is near to it and that they allow. */
export async function wrongsOf(policies: Policy[], role: string, calls: Call[]): Promise<string[]> {
  const wrongs: string[] = [];
  for (const call of calls) {
    for (const { allowed, ...question } of questionsAbout(call)) {
      if ((await allow(policies, { role, ...question })) !== allowed) wrongs.push(`${allowed ? 'denies' : 'allows'} ${show(question)}`);
    }
  }
  return wrongs;
}

function questionsAbout({ action, resource, elsewhere, context = {} }: Call) {
  const other = (value: string) => (value.startsWith('arn:') ? `${value}-other` : `other-${value}`);
  const near = Object.keys(context).flatMap((key) => [
    { ...context, [key]: other(context[key]) },
    Object.fromEntries(Object.entries(context).filter(([name]) => name !== key)),
  ]);
  return [
    { action, resource, context, allowed: true },
    ...(elsewhere === undefined ? [] : [{ action, resource: elsewhere, context, allowed: false }]),
    ...near.map((wrong) => ({ action, resource, context: wrong, allowed: false })),
  ];
}

function show({ action, resource, context }: { action: string; resource: string; context: Record<string, string> }): string {
  return `${action} on ${resource} with ${JSON.stringify(context)}`;
}

/** Parts of the policies of a role that could be left out, and no call in the list would tell: actions, resources and conditions. */
export async function unprovenParts(template: TemplateJson, role: string, calls: Call[]): Promise<string[]> {
  const policies = policiesOf(template, role);
  const unproven: string[] = [];
  for (const { what, changed } of policies.flatMap((_, index) => changesOf(policies, index))) {
    if ((await wrongsOf(changed, role, calls)).length === 0) unproven.push(what);
  }
  return unproven;
}

/** Each part of a policy, and all policies with that part changed. */
function changesOf(policies: Policy[], index: number): { what: string; changed: Policy[] }[] {
  const statements = (policies[index].policy as Document).Statement;
  return statements.flatMap((statement, at) => {
    const changed = (part: Partial<Statement>) =>
      policies.map((policy, i) =>
        i === index
          ? {
              ...policy,
              policy: {
                ...(policy.policy as Document),
                Statement: statements.map((other, i2) => (i2 === at ? { ...statement, ...part } : other)),
              },
            }
          : policy,
      );
    const [actions, resources] = [[statement.Action].flat(), [statement.Resource].flat()];
    // A statement must have one action, so the last one becomes another.
    const withoutAction = (action: string) =>
      actions.length > 1 ? actions.filter((other) => other !== action) : ['sts:GetCallerIdentity'];
    const withoutResource = (resource: string) => resources.map((other) => (other === resource ? 'arn:aws:none:::none' : other));
    const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => [operator, key]),
    );
    return [
      ...actions.map((action) => ({ what: `without the action ${action}`, changed: changed({ Action: withoutAction(action) }) })),
      ...resources.map((resource) => ({
        what: `${actions.join()} without the resource ${resource}`,
        changed: changed({ Resource: withoutResource(resource) }),
      })),
      ...(resources.includes('*') ? [] : [{ what: `${actions.join()} on all resources`, changed: changed({ Resource: '*' }) }]),
      ...conditions.map(([operator, key]) => ({
        what: `${actions.join()} without the condition ${key}`,
        changed: changed({
          Condition: {
            ...statement.Condition,
            [operator]: Object.fromEntries(Object.entries(statement.Condition![operator]).filter(([other]) => other !== key)),
          },
        }),
      })),
    ];
  });
}

/** The actions of a role on all resources. */
export function actionsOnAll(template: TemplateJson, role: string): string[] {
  const statements = policiesOf(template, role).flatMap(({ policy }) => (policy as Document).Statement);
  return statements.filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*').flatMap(({ Action }) => Action);
}

/** The ARN of the only resource of a type whose logical id begins with `prefix`. */
export function arnIn(template: TemplateJson, type: string, prefix = ''): string {
  const found = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type && id.startsWith(prefix));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} begin with ${prefix}`);
  return arnOf(template, found[0]);
}
