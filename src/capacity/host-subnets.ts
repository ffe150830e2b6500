import { aws_ec2 as ec2, Resource } from 'aws-cdk-lib';
import { cfnResources } from './cfn-resources';
import { EcsVpcEndpoints } from './ecs-vpc-endpoints';
import { checkSubnets } from '../rules/capacity-rules';
import { Finding } from '../rules/rule';

/** Checks that hosts in the selected subnets can reach the services that they need. Call it when the construct tree is complete. */
export function checkHostSubnets(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): Finding[] {
  return checkSubnets({
    isolated: inIsolatedSubnets(vpc, selection),
    public: selectedAmong(vpc, selection, vpc.publicSubnets).length > 0,
    // An imported VPC may have endpoints that this app cannot see.
    missingEndpoints: EcsVpcEndpoints._missing(vpc),
    endpointsKnown: Resource.isOwnedResource(vpc),
  });
}

/** Whether some of the selected subnets have no route to the internet. */
export function inIsolatedSubnets(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): boolean {
  return selectedAmong(vpc, selection, vpc.isolatedSubnets).some((subnet) => !hasDefaultRoute(subnet));
}

function selectedAmong(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined, subnets: ec2.ISubnet[]): ec2.ISubnet[] {
  return vpc.selectSubnets(selection).subnets.filter(({ subnetId }) => subnets.some((subnet) => subnet.subnetId === subnetId));
}

/** Whether this app gives a subnet a default route, for example to a transit gateway. */
function hasDefaultRoute(subnet: ec2.ISubnet): boolean {
  return cfnResources<ec2.CfnRoute>(subnet.node.root, 'AWS::EC2::Route').some(
    (route) => route.routeTableId === subnet.routeTable.routeTableId && route.destinationCidrBlock === '0.0.0.0/0',
  );
}
