import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedInstanceType } from '../accelerated-instance-type';

const INSTALLER = 'https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz';
const FI_INFO = '/opt/amazon/efa/bin/fi_info -p efa -t FI_EP_RDM';

/**
 * Commands that give a host the EFA software, unless its image has it: kernel driver, libfabric, and the huge pages that libfabric uses.
 * A host where EFA doesn't answer in the end never joins its cluster: its tasks would silently fall back to TCP.
 *
 * It is the latest version, as EC2 advises; with an image of one's own it stays the same.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html
 */
export const INSTALL_EFA = [
  `if ! ${FI_INFO} > /dev/null 2>&1; then`,
  `  (cd /tmp && curl -fsS --retry 5 ${INSTALLER} -o efa.tar.gz && tar -xf efa.tar.gz && cd aws-efa-installer && ./efa_installer.sh -y) || exit 1`,
  `  ${FI_INFO} || exit 1`,
  'fi',
];

/** EFA reaches hosts only by a security group that allows everything from and to itself, by its name. */
export function allowEfa(scope: Construct, securityGroup: ec2.SecurityGroup): void {
  securityGroup.addIngressRule(securityGroup, ec2.Port.allTraffic());
  // An L1, for the L2 ignores an egress rule beside that for all addresses, which EFA doesn't go by: its traffic isn't IP.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
  new ec2.CfnSecurityGroupEgress(scope, 'EfaEgress', {
    groupId: securityGroup.securityGroupId,
    destinationSecurityGroupId: securityGroup.securityGroupId,
    ipProtocol: '-1',
    description: 'EFA among the hosts',
  });
}

/** The placement group of the hosts: the given one, or with EFA a new one. */
export function placementGroupOf(
  scope: Construct,
  { efaType, placementGroup }: { efaType?: AcceleratedInstanceType; placementGroup?: ec2.IPlacementGroup },
): ec2.IPlacementGroup | undefined {
  if (placementGroup || !efaType) return placementGroup;
  return new ec2.PlacementGroup(scope, 'PlacementGroup', { strategy: ec2.PlacementGroupStrategy.CLUSTER });
}
