import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { cfnResources } from '../capacity/cfn-resources';

const SERVICE = 'elastic-inference.runtime';

/** The interface endpoint through which tasks reach their accelerators: that of the VPC in this app, else a new one. */
export function elasticInferenceEndpoint(scope: Construct, vpc: ec2.IVpc, subnets?: ec2.SubnetSelection): ec2.IInterfaceVpcEndpoint {
  return existing(vpc) ?? make(scope, vpc, subnets);
}

/** Lets tasks reach an endpoint. The rules are made in the stack of the tasks, so that the endpoint's doesn't depend on it. */
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

/** The name holds the Region, often as a reference: what counts is how it ends. */
function serves(endpoint: ec2.CfnVPCEndpoint): boolean {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName) ?? '').includes(`.${SERVICE}"`);
}

function make(scope: Construct, vpc: ec2.IVpc, subnets?: ec2.SubnetSelection): ec2.InterfaceVpcEndpoint {
  return new ec2.InterfaceVpcEndpoint(scope, 'Endpoint', {
    vpc,
    service: new ec2.InterfaceVpcEndpointAwsService(SERVICE),
    subnets: { ...subnets, onePerAz: true },
    privateDnsEnabled: true,
    securityGroups: [new ec2.SecurityGroup(scope, 'EndpointSecurityGroup', { vpc, description: 'Elastic Inference, from tasks only' })],
    // Only the tasks, and not the whole VPC.
    open: false,
  });
}
