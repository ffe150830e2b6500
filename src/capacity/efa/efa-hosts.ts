import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkEfaHosts } from '../../rules/efa-rules';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { HostStep } from '../host/host-user-data';
import { downloadVerified } from '../host/verified-download';

/**
 * The installer, and the key that signs it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-enable
 */
const INSTALLER = {
  url: 'https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz',
  signature: '.sig',
  keys: ['https://efa-installer.amazonaws.com/aws-efa-installer.key'],
  fingerprint: '4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC',
};
const FI_INFO = '/opt/amazon/efa/bin/fi_info -p efa -t FI_EP_RDM';

/**
 * Installs the EFA software on a host, unless its image has it: the kernel driver, libfabric, and the huge pages that libfabric uses. If EFA
 * does not work after that, the host never joins its cluster, because its tasks would silently fall back to TCP.
 *
 * It is the latest version, as EC2 recommends. To use a fixed version, use an image that has the software.
 */
export function installEfa(image: { readonly ssmParameter?: string }): HostStep {
  return {
    ifItFails: 'could not install the EFA software',
    download: {
      what: 'the EFA software',
      from: new URL(INSTALLER.url).hostname,
      inImage: () => hasEfa(image.ssmParameter),
      warning: () => checkEfaHosts({ isolated: true }),
    },
    commands: INSTALL_COMMANDS,
  };
}

const INSTALL_COMMANDS = [
  `if ! ${FI_INFO} > /dev/null 2>&1; then`,
  '  (',
  '    cd "$(mktemp -d)"',
  ...downloadVerified('efa.tar.gz', INSTALLER).map((command) => `    ${command}`),
  '    tar -xf efa.tar.gz',
  '    cd aws-efa-installer',
  '    ./efa_installer.sh -y',
  '  )',
  `  ${FI_INFO}`,
  'fi',
];

/** Whether a public image has the EFA software. Undefined for other images. */
function hasEfa(parameter: string | undefined): boolean | undefined {
  if (parameter?.startsWith('/aws/service/ecs/optimized-ami/')) return false;
  return parameter?.startsWith('/aws/service/neuron/dlami/') ? true : undefined;
}

/** Allows EFA traffic between hosts. EFA needs a security group that allows all traffic from and to itself, by its id. */
export function allowEfa(scope: Construct, securityGroup: ec2.SecurityGroup): void {
  securityGroup.addIngressRule(securityGroup, ec2.Port.allTraffic());
  // An L1, because the L2 has an egress rule for all addresses and ignores others. That rule does not cover EFA, which is not IP traffic.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
  new ec2.CfnSecurityGroupEgress(scope, 'EfaEgress', {
    groupId: securityGroup.securityGroupId,
    destinationSecurityGroupId: securityGroup.securityGroupId,
    ipProtocol: '-1',
    description: 'EFA among the hosts',
  });
}

/**
 * The placement group of the hosts: the given one, or a new one for hosts with EFA. `reserved` says that the hosts have reserved capacity,
 * which already has its place, so they get no new group.
 */
export function placementGroupOf(
  scope: Construct,
  { efaType, placementGroup }: { efaType?: AcceleratedInstanceType; placementGroup?: ec2.IPlacementGroup },
  reserved: boolean,
): ec2.IPlacementGroup | undefined {
  if (placementGroup || !efaType || reserved) return placementGroup;
  return new ec2.PlacementGroup(scope, 'PlacementGroup', { strategy: ec2.PlacementGroupStrategy.CLUSTER });
}
