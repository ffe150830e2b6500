import { aws_ec2 as ec2, aws_iam as iam, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Ec2PoolProps } from './ec2-capacity-options';
import { INSTALL_EFA, placementGroupOf } from '../efa/efa-hosts';
import { LaunchTemplateEfa } from '../efa/launch-template-efa';
import { buyByLaunchTemplate } from '../purchase/purchase';
import { PurchaseOption } from '../purchase/purchase-option';

/** What a pool has made before its launch template. */
export interface HostParts {
  readonly role: iam.IRole;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly purchaseOption: PurchaseOption;
}

/** Makes the launch template of a pool under `scope`, one of its own for each pool: group and agent settings are never shared. */
export function makeHostLaunchTemplate(scope: Construct, props: Ec2PoolProps, host: HostParts): ec2.LaunchTemplate {
  const { role, securityGroup, purchaseOption } = host;
  const userData = ec2.UserData.forLinux();
  if (props.efaType) userData.addCommands(...INSTALL_EFA);
  if (props.userDataCommands) userData.addCommands(...props.userDataCommands);
  // The L2 does this for groups with a Spot price, not for launch templates that ask for Spot.
  if (purchaseOption.interruptible) userData.addCommands('echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config');
  const launchTemplate = new ec2.LaunchTemplate(scope, 'LaunchTemplate', {
    instanceType: props.hostType,
    machineImage: props.machineImage,
    role,
    securityGroup,
    userData,
    placementGroup: placementGroupOf(scope, props),
    keyPair: props.keyPair,
    spotOptions: purchaseOption._spotOptions,
    requireImdsv2: true,
    detailedMonitoring: true,
    blockDevices: [
      {
        deviceName: props.rootDeviceName ?? '/dev/xvda',
        volume: ec2.BlockDeviceVolume.ebs((props.rootVolumeSize ?? Size.gibibytes(100)).toGibibytes(), {
          volumeType: ec2.EbsDeviceVolumeType.GP3,
          encrypted: true,
        }),
      },
    ],
  });
  if (props.efaType) launchTemplate.with(new LaunchTemplateEfa({ instanceType: props.efaType }));
  buyByLaunchTemplate(purchaseOption, launchTemplate);
  return launchTemplate;
}
