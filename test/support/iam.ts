import { runSimulation } from '@cloud-copilot/iam-simulate';
import { TemplateJson } from './template';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';

/** A question whether a role of a template may do something. */
export interface Question {
  /** Logical id of the role, or a prefix of it. */
  readonly role: string;
  readonly action: string;
  /** ARN, or logical id of a resource of the template. */
  readonly resource: string;
  readonly context?: Record<string, string>;
}

/** A policy of a role, with everything in it resolved. */
export interface Policy {
  readonly name: string;
  readonly policy: unknown;
}

/** Whether the inline policies of a role allow an action, as IAM would evaluate them. */
export async function isAllowed(template: TemplateJson, question: Question): Promise<boolean> {
  return allow(policiesOf(template, question.role), { ...question, resource: arnOf(template, question.resource) });
}

/** The policy of a key that leaves it to the account who may use it, as `kms.Key` sets it. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** Whether policies allow an action on a resource that is given by its ARN. */
export async function allow(policies: Policy[], { role, action, resource, context = {} }: Question): Promise<boolean> {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: policies as never,
      ...(action.startsWith('kms:') ? { resourcePolicy: KEY_POLICY } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`The IAM simulator rejects ${action} on ${resource}: ${JSON.stringify(result)}`);
  return result.overallResult === 'Allowed';
}

/** Whether the policy of the one key of a template allows a role that has no policies to use it. */
export async function runKeyPolicy(template: TemplateJson, { role, action, context = {} }: Omit<Question, 'resource'>): Promise<boolean> {
  const [[id, key], ...others] = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
  if (others.length > 0) throw new Error('The template has several keys');
  const principal = `arn:aws:iam::${ACCOUNT}:role/${role}`;
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: arnOf(template, id), accountId: ACCOUNT },
        contextVariables: { 'aws:PrincipalArn': principal, ...context },
      },
      identityPolicies: [],
      resourcePolicy: resolved(template, key.Properties?.KeyPolicy) as never,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`The IAM simulator rejects ${action}: ${JSON.stringify(result)}`);
  return result.overallResult === 'Allowed';
}

/** The ARN of a resource of a template; an ARN is returned as it is. */
export function arnOf(template: TemplateJson, resource: string): string {
  if (resource === '*' || resource.startsWith('arn:')) return resource;
  const type = template.Resources[resource]?.Type;
  switch (type) {
    case 'AWS::ECS::Cluster':
      return `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${resource}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${ACCOUNT}:role/${resource}`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${resource}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${resource}:*`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${resource}`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${REGION}:${ACCOUNT}:key/${resource}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${resource}`;
    case 'AWS::DynamoDB::GlobalTable':
      return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${resource}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${REGION}:${ACCOUNT}:${resource}`;
    default:
      throw new Error(`Unknown ARN for ${resource} of type ${type}`);
  }
}

/** The inline policies of a role, given by its logical id or a prefix of it. */
export function policiesOf(template: TemplateJson, role: string): Policy[] {
  return Object.entries(template.Resources)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties?.Roles).includes(`"Ref":"${role}`))
    .map(([name, { Properties }]) => ({ name, policy: resolved(template, Properties?.PolicyDocument) }));
}

/** The ARN of the stack of a template. */
export const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Stack/id`;

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::StackId': STACK_ID,
};

function resolved(template: TemplateJson, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(template, item));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = []] = Object.entries(value);
  const args = () => resolved(template, argument) as [never, never];
  switch (name) {
    case 'Ref':
      return PSEUDO[argument as string] ?? refOf(template, argument as string);
    case 'Fn::GetAtt':
      return (argument as string[])[1] === 'Name' ? (argument as string[])[0] : arnOf(template, (argument as string[])[0]);
    case 'Fn::ImportValue':
      return importedCluster(argument as string);
    case 'Fn::Join':
      return (args()[1] as string[]).join(args()[0]);
    case 'Fn::Split':
      return (args()[1] as string).split(args()[0]);
    case 'Fn::Select':
      return (args()[1] as string[])[Number(args()[0])];
    default:
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(template, inner)]));
  }
}

/** The name or the ARN of a cluster of another stack, from the name of its export. Its name is its construct id there. */
export function importedCluster(exportName: string): string {
  const [, attribute, cluster] = /:ExportsOutput(Ref|FnGetAtt)(\w+?)[0-9A-F]{8}(?:Arn)?[0-9A-F]{8}$/.exec(exportName) ?? [];
  if (!cluster) throw new Error(`Unknown export ${exportName}`);
  return attribute === 'Ref' ? cluster : `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${cluster}`;
}

/** The value of a reference to a resource: its ARN for some types, otherwise its name, which is the logical id here. */
function refOf(template: TemplateJson, resource: string): string {
  return template.Resources[resource]?.Type === 'AWS::StepFunctions::StateMachine' ? arnOf(template, resource) : resource;
}
