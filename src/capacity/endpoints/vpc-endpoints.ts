import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { cfnResources } from '../cfn-resources';

/** The services that hosts call to join their cluster, to pull images and to write logs, by the last labels of the service name. */
export const HOST_SERVICES = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs', 's3'];

/**
 * The services with gateway endpoints. Their interface endpoints do not count, because they do not answer for the names that Amazon ECR and
 * the SDKs use.
 */
export const GATEWAY_SERVICES = ['s3', 'dynamodb'];

/** Those of `services` for which a VPC has no endpoint in this app. `subnets` are the ones that call them. */
export function missingEndpoints(vpc: ec2.IVpc, services: string[], subnets: ec2.ISubnet[] = []): string[] {
  const endpoints = endpointsOf(vpc);
  return services.filter((service) => !endpoints.some((endpoint) => serves(endpoint, service, subnets)));
}

/** The endpoints that a VPC has in this app. */
export function endpointsOf(vpc: ec2.IVpc): ec2.CfnVPCEndpoint[] {
  return cfnResources<ec2.CfnVPCEndpoint>(vpc.node.root, 'AWS::EC2::VPCEndpoint').filter((endpoint) => endpoint.vpcId === vpc.vpcId);
}

/** Whether an endpoint is for a service, and can be reached from all of the subnets. */
export function serves(endpoint: ec2.CfnVPCEndpoint, service: string, subnets: ec2.ISubnet[] = []): boolean {
  // Only the end of the name counts, because the name has the Region, often as a reference.
  const name = JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)) ?? '';
  if (!name.includes(`.${service}"`)) return false;
  const gateway = (endpoint.vpcEndpointType ?? 'Gateway') === 'Gateway';
  if (!GATEWAY_SERVICES.includes(service)) return !gateway;
  return gateway && subnets.every((subnet) => routesFrom(endpoint, subnet));
}

/** Whether a gateway endpoint is a route of a subnet. Assumes it where the route tables may be named in different ways. */
function routesFrom({ node, routeTableIds }: ec2.CfnVPCEndpoint, { routeTable }: ec2.ISubnet): boolean {
  const comparable = node.scope instanceof ec2.GatewayVpcEndpoint && Array.isArray(routeTableIds) && routeTable.routeTableId !== undefined;
  return !comparable || routeTableIds.includes(routeTable.routeTableId);
}
