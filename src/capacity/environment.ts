import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { ICapacity } from './capacity';
import { checkSameEnvironment } from '../rules/cluster-rules';
import { Finding } from '../rules/rule';

/** Checks that the cluster or the VPC that a construct is given is in its account and Region. */
export function checkOwnEnvironment(scope: IConstruct, given: { cluster?: ecs.ICluster; vpc?: ec2.IVpc }): Finding[] {
  const others = Object.entries(given).flatMap(([prop, resource]) =>
    resource?.env ? [{ what: `\`${prop}\` ${resource.node.path}`, env: resource.env }] : [],
  );
  return checkSameEnvironment({ what: scope.node.path, env: Stack.of(scope) }, others);
}

/** Checks that a service or a job is in the account and the Region of its capacity. */
export function checkTaskEnvironment(scope: IConstruct, { cluster, node }: ICapacity): Finding[] {
  const owner = node.scope ?? scope;
  const others = [Stack.of(owner), cluster.env].map((env) => ({ what: `\`capacity\` ${node.path}`, env }));
  return checkSameEnvironment({ what: scope.node.path, env: Stack.of(scope) }, others).slice(0, 1);
}
