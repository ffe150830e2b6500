import { aws_ecs as ecs, CfnElement, Reference, Resource, Stack, Stage, Token, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * What identifies a cluster in an app, whichever constructs stand for it: a cluster, imports of it, and the `cluster` property of an L1. Two
 * clusters with the same identity are certainly the same.
 */
export function clusterIdentity(cluster: ecs.ICluster): string {
  return nameIdentity(cluster, cluster.clusterName, Resource.isOwnedResource(cluster) ? undefined : cluster.env);
}

/**
 * The identity of a cluster that is given by its name, its ARN, or a reference to it.
 *
 * @param env the account and Region of the cluster, if they may differ from those of the stack
 */
export function nameIdentity(scope: IConstruct, nameOrArn: string, env: { account: string; region: string } = Stack.of(scope)): string {
  const target = referenced(nameOrArn);
  if (target) return ownIdentity(target);
  if (!Token.isUnresolved(nameOrArn)) {
    const [, , , region, account, name] = nameOrArn.startsWith('arn:') ? nameOrArn.split(':') : [];
    return name === undefined ? placed(scope, nameOrArn, env) : placed(scope, name.replace(/^cluster\//, ''), { account, region });
  }
  const stack = Stack.of(scope);
  const resolved = JSON.stringify(stack.resolve(nameOrArn));
  // An export is the same everywhere. A parameter is known in its stack only.
  return resolved.includes('Fn::ImportValue') ? placed(scope, resolved, env) : `${stack.node.path} ${resolved}`;
}

/** The resource that a token refers to. */
function referenced(value: string): CfnElement | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return Reference.isReference(token) && CfnElement.isCfnElement(token.target) ? token.target : undefined;
}

/** The identity of a cluster that this app creates: its name if the user gives one, or else its construct path. */
function ownIdentity(cluster: CfnElement): string {
  const name: unknown = (cluster as Partial<ecs.CfnCluster>).clusterName;
  return typeof name === 'string' && !Token.isUnresolved(name) ? placed(cluster, name, Stack.of(cluster)) : cluster.node.path;
}

/** A name in an account and a Region. If they are not known, names are only compared within a stage, which is deployed to one place. */
function placed(scope: IConstruct, name: string, { account, region }: { account: string; region: string }): string {
  const where = Token.isUnresolved(account) || Token.isUnresolved(region) ? (Stage.of(scope)?.node.path ?? '') : '';
  const shown = (value: string) => (Token.isUnresolved(value) ? '*' : value);
  return `${name} ${shown(account)} ${shown(region)} ${where}`;
}
