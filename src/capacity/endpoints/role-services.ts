import { aws_iam as iam, CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { servicesOfAction, servicesOfManagedPolicy } from './called-services';
import { known } from '../../rules/rule';
import { cfnResources } from '../cfn-resources';
import { referencesIn } from '../references';

/** The policies of roles, as CloudFormation gets them. */
type PolicyResource = iam.CfnPolicy | iam.CfnManagedPolicy;

/** The parts of a policy document that say which actions are allowed. */
interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
}

interface Document {
  readonly Statement?: Statement | Statement[];
}

/**
 * The VPC endpoint services that a role may call, by the policies that it has in this app. Policies of an imported role that belong to other
 * apps are not known, and a wildcard for all actions says nothing about what is called.
 */
export function servicesOfRole(role: iam.IRole): string[] {
  const own = [...referencesIn(role, role.roleArn)].filter(isRole);
  const attached = [...own].flatMap((resource) => [...referencesIn(resource, resource.managedPolicyArns)].filter(isManagedPolicy));
  const documents = [
    ...own.flatMap((resource) => inlineDocuments(resource)),
    ...[...new Set([...policiesOf(role, own), ...attached])].map((policy) => Stack.of(policy).resolve(policy.policyDocument) as Document),
  ];
  return [...documents.flatMap(actionsOf).flatMap(servicesOfAction), ...own.flatMap(managedPolicyNames).flatMap(servicesOfManagedPolicy)];
}

/** The policies that name the role, which for an imported role is its name. */
function policiesOf(role: iam.IRole, own: iam.CfnRole[]): PolicyResource[] {
  const all = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => cfnResources<PolicyResource>(role.node.root, type));
  return all.filter((policy) => {
    const targets = referencesIn(policy, policy.roles);
    return own.some((resource) => targets.has(resource)) || (known(role.roleName) && names(policy).includes(role.roleName));
  });
}

function names(policy: PolicyResource): unknown[] {
  return (Stack.of(policy).resolve(policy.roles) as unknown[] | undefined) ?? [];
}

function inlineDocuments(role: iam.CfnRole): Document[] {
  const policies: { policyDocument: Document }[] = Stack.of(role).resolve(role.policies) ?? [];
  return policies.map(({ policyDocument }) => policyDocument);
}

function actionsOf({ Statement: statements = [] }: Document): string[] {
  return [statements]
    .flat()
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [] }) => [Action].flat())
    .filter((action) => known(action));
}

/** The names of the AWS managed policies of a role, whose ARNs contain the partition as a token. */
function managedPolicyNames(role: iam.CfnRole): string[] {
  const arns = JSON.stringify(Stack.of(role).resolve(role.managedPolicyArns) ?? []);
  return [...arns.matchAll(/:policy\/(?:[\w-]+\/)*([\w-]+)"/g)].map(([, name]) => name);
}

function isRole(construct: IConstruct): construct is iam.CfnRole {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::IAM::Role';
}

function isManagedPolicy(construct: IConstruct): construct is iam.CfnManagedPolicy {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::IAM::ManagedPolicy';
}
