import { aws_ec2 as ec2, Resource } from 'aws-cdk-lib';
import { cfnResources } from '../cfn-resources';
import { missingEndpoints } from './vpc-endpoints';
import { usersOf, VpcUser } from './vpc-users';
import { checkPublicSubnets } from '../../rules/capacity-rules';
import { Finding } from '../../rules/rule';
import { checkEndpoints } from '../../rules/vpc-endpoint-rules';
import { trySelect } from '../subnets';

/** Checks that hosts in the selected subnets can reach the services that they need. Call it when the construct tree is complete. */
export function checkHostSubnets(hosts: VpcUser): Finding[] {
  return [...checkReach(hosts), ...checkPublicSubnets(selectedAmong(hosts.vpc, hosts.subnets, hosts.vpc.publicSubnets).length > 0)];
}

/** Checks that tasks in isolated subnets can reach the services that they need, except what the check of the hosts in the VPC reports. */
export function checkTaskSubnets(tasks: VpcUser): Finding[] {
  const hosts = usersOf(tasks.vpc).filter(({ kind, vpc, subnets }) => kind === 'hosts' && inIsolatedSubnets(vpc, subnets));
  return checkReach(tasks, new Set(hosts.flatMap(({ needs }) => needs())));
}

/** Whether some of the selected subnets have no route to the internet. */
export function inIsolatedSubnets(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): boolean {
  return isolatedAmong(vpc, selection).length > 0;
}

function checkReach({ kind, vpc, subnets, needs, mayCall }: VpcUser, reported: Set<string> = new Set()): Finding[] {
  const isolated = isolatedAmong(vpc, subnets);
  if (isolated.length === 0) return [];
  const needed = [...new Set(needs())];
  const later = [...new Set(mayCall())].filter((service) => !needed.includes(service)).sort();
  const missing = (services: string[]) => missingEndpoints(vpc, services, isolated).filter((service) => !reported.has(service));
  return checkEndpoints({
    kind,
    // An imported VPC may have endpoints that this app cannot see.
    endpointsKnown: Resource.isOwnedResource(vpc),
    missing: missing(needed),
    missingLater: missing(later),
  });
}

function isolatedAmong(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined): ec2.ISubnet[] {
  return selectedAmong(vpc, selection, vpc.isolatedSubnets).filter((subnet) => !hasDefaultRoute(subnet));
}

function selectedAmong(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined, subnets: ec2.ISubnet[]): ec2.ISubnet[] {
  const selected = trySelect(vpc, selection)?.subnets ?? [];
  return selected.filter(({ subnetId }) => subnets.some((subnet) => subnet.subnetId === subnetId));
}

/** Whether this app gives a subnet a default route, for example to a transit gateway. */
function hasDefaultRoute(subnet: ec2.ISubnet): boolean {
  return cfnResources<ec2.CfnRoute>(subnet.node.root, 'AWS::EC2::Route').some(
    (route) => route.routeTableId === subnet.routeTable.routeTableId && route.destinationCidrBlock === '0.0.0.0/0',
  );
}
