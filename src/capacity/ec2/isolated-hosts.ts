import { aws_ec2 as ec2, Resource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Ec2PoolProps } from './ec2-pool-props';
import { hostSteps } from './host-launch-template';
import { checkHostDownload, checkIsolatedUserData } from '../../rules/isolated-host-rules';
import { Finding } from '../../rules/rule';
import { inIsolatedSubnets } from '../endpoints/isolated-subnets';
import { HostUserData } from '../host/host-user-data';

/** A pool, as far as its user data matters. */
interface Pool extends IConstruct {
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly launchTemplate: ec2.LaunchTemplate;
}

/** Checks that hosts in isolated subnets need nothing from the internet to start. Call it when the construct tree is complete. */
export function checkIsolatedHosts(pool: Pool, vpc: ec2.IVpc, props: Ec2PoolProps): Finding[] {
  if (!inIsolatedSubnets(vpc, pool.vpcSubnets)) return [];
  const downloads = hostSteps(props, Stack.of(pool).region).flatMap(({ download }) => (download ? [download] : []));
  const { userData } = pool.launchTemplate;
  return [
    ...downloads.flatMap((download) =>
      // The subnets of an imported VPC may have routes that this app cannot see.
      checkHostDownload({ ...download, inImage: download.inImage(), routesKnown: Resource.isOwnedResource(vpc) }),
    ),
    ...checkIsolatedUserData(userData instanceof HostUserData ? userData.usersCommands : []),
  ];
}
