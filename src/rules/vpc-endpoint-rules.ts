import { Finding, Rule } from './rule';

const ENDPOINTS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html';

const isolatedSubnets = new Rule({
  id: 'isolated-subnets',
  level: 'error',
  says: 'Hosts and tasks in isolated subnets must have VPC endpoints for what starts them: ECS, Amazon ECR, Amazon S3, CloudWatch Logs and secrets.',
  source: ENDPOINTS,
});

const isolatedSubnetsCalls = new Rule({
  id: 'isolated-subnets-calls',
  level: 'warning',
  says: 'Hosts and tasks in isolated subnets should have VPC endpoints for the services that their roles allow them to call.',
  source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html',
});

const isolatedSubnetsUnseen = new Rule({
  id: 'isolated-subnets-unseen',
  level: 'warning',
  says: 'The app cannot see the VPC endpoints of an imported VPC, so check them if hosts or tasks are in its isolated subnets.',
  source: ENDPOINTS,
});

const endpointTwice = new Rule({
  id: 'endpoint-twice',
  level: 'error',
  says: 'A VPC must not have two endpoints of one service with the same private DNS name or the same routes.',
  source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
});

/** Hosts or tasks in isolated subnets, and the services that they cannot reach. */
export interface EndpointFacts {
  readonly kind: 'hosts' | 'tasks';
  /** Whether the app knows all endpoints of the VPC. */
  readonly endpointsKnown: boolean;
  /** The services without which they do not start, and for which the VPC has no endpoint. */
  readonly missing: string[];
  /** The services that they may call later, and for which the VPC has no endpoint. */
  readonly missingLater: string[];
}

/** Checks that hosts or tasks in isolated subnets can reach the services that they call. */
export function checkEndpoints({ kind, endpointsKnown, missing, missingLater }: EndpointFacts): Finding[] {
  const remedy = "Add `new EcsVpcEndpoints(stack, 'Endpoints', { vpc })`, or choose `vpcSubnets` with a route to the internet";
  const all = [...missing, ...missingLater].join(', ');
  return [
    ...isolatedSubnets.when(
      endpointsKnown && missing.length > 0,
      () => `The ${kind} are in isolated subnets, and the VPC has no endpoint for ${missing.join(', ')}. ${remedy}.`,
    ),
    ...isolatedSubnetsCalls.when(
      endpointsKnown && missingLater.length > 0,
      () =>
        `The ${kind} are in isolated subnets, and the VPC has no endpoint for ${missingLater.join(', ')}, which their permissions are for. ` +
        `${remedy}. If they do not call it from there, acknowledge this warning.`,
    ),
    ...isolatedSubnetsUnseen.when(
      !endpointsKnown && all !== '',
      () =>
        `The ${kind} are in isolated subnets of an imported VPC. Make sure that it has endpoints for ${all}, then acknowledge this warning.`,
    ),
  ];
}

/** Reports endpoints of a construct for services that have another endpoint in the VPC. */
export function checkEndpointTwice(others: { readonly service: string; readonly path: string }[]): Finding[] {
  return others.flatMap(({ service, path }) =>
    endpointTwice.when(
      true,
      () =>
        `The VPC has two endpoints for ${service}: the other is ${path}. Create yours before \`EcsVpcEndpoints\`, which then creates none, or name ` +
        'the service in `excludedServices`.',
    ),
  );
}
