import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ICapacity } from './capacity';

/**
 * The security groups of the hosts of a capacity. Groups of another stack are imported by their id, so that this stack owns the rules on
 * them and the stacks do not depend on each other.
 */
export function hostSecurityGroups(scope: Construct, capacity: ICapacity): ec2.ISecurityGroup[] {
  return capacity.connections.securityGroups.map((group, index) =>
    Stack.of(group) === Stack.of(scope)
      ? group
      : ec2.SecurityGroup.fromSecurityGroupId(scope, `HostSecurityGroup${index}`, group.securityGroupId),
  );
}
