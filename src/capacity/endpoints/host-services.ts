import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { servicesOfRole } from './role-services';
import { HOST_SERVICES } from './vpc-endpoints';
import { registerVpcUser, VpcUser } from './vpc-users';
import { ICapacity } from '../capacity';

/** Registers the hosts of a capacity as those that call services from a VPC. */
export function registerHosts(capacity: ICapacity, vpc: ec2.IVpc, role: iam.IRole): VpcUser {
  const hosts: VpcUser = {
    kind: 'hosts',
    vpc,
    subnets: capacity.vpcSubnets,
    needs: () => HOST_SERVICES,
    mayCall: () => servicesOfRole(role),
  };
  registerVpcUser(capacity, hosts);
  return hosts;
}
