import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { cfnResources } from '../capacity/cfn-resources';
import { checkSelection } from '../capacity/subnets';
import { enforce } from '../rules/rule';

const SERVICE = 'elastic-inference.runtime';

/** The interface endpoint through which tasks reach their accelerators: an existing one of the VPC in this app, or else a new one. */
export function elasticInferenceEndpoint(scope: Construct, vpc: ec2.IVpc, subnets?: ec2.SubnetSelection): ec2.IInterfaceVpcEndpoint {
  return existing(vpc) ?? make(scope, vpc, subnets);
}

/** Lets tasks reach an endpoint. The rules are in the stack of the tasks, so that the stack of the endpoint does not depend on it. */
export function admit(scope: Construct, tasks: ec2.IConnectable, endpoint: ec2.IInterfaceVpcEndpoint): void {
  const inStack = Stack.of(endpoint) === Stack.of(scope);
  endpoint.connections.securityGroups.forEach((group, index) => {
    const here = inStack ? group : ec2.SecurityGroup.fromSecurityGroupId(scope, `EndpointSecurityGroup${index}`, group.securityGroupId);
    here.connections.allowFrom(tasks, ec2.Port.HTTPS, 'Elastic Inference');
  });
}

function existing(vpc: ec2.IVpc): ec2.IInterfaceVpcEndpoint | undefined {
  return cfnResources<ec2.CfnVPCEndpoint>(vpc.node.root, 'AWS::EC2::VPCEndpoint')
    .filter((endpoint) => endpoint.vpcId === vpc.vpcId && serves(endpoint))
    .map((endpoint) => endpoint.node.scope)
    .find((parent) => parent instanceof ec2.InterfaceVpcEndpoint);
}

/**
 * Whether an endpoint is for Elastic Inference. Compares the end of the service name, because the name contains the Region, often as a
 * reference.
 */
function serves(endpoint: ec2.CfnVPCEndpoint): boolean {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName) ?? '').includes(`.${SERVICE}"`);
}

function make(scope: Construct, vpc: ec2.IVpc, subnets?: ec2.SubnetSelection): ec2.InterfaceVpcEndpoint {
  enforce(scope, checkSelection(vpc, subnets));
  return new ec2.InterfaceVpcEndpoint(scope, 'Endpoint', {
    vpc,
    service: new ec2.InterfaceVpcEndpointAwsService(SERVICE),
    subnets: { ...subnets, onePerAz: true },
    privateDnsEnabled: true,
    securityGroups: [new ec2.SecurityGroup(scope, 'EndpointSecurityGroup', { vpc, description: 'Elastic Inference, from tasks only' })],
    // Admits only the tasks, not the whole VPC.
    open: false,
  });
}
