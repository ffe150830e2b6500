import { aws_ec2 as ec2, aws_iam as iam, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Ec2PoolProps } from './ec2-pool-props';
import { INSTALL_EFA, placementGroupOf } from '../efa/efa-hosts';
import { LaunchTemplateEfa } from '../efa/launch-template-efa';
import { Purchase } from '../purchase/purchase';

/** The resources of a pool that its launch template uses. */
export interface HostResources {
  readonly role: iam.IRole;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly purchase: Purchase;
}

/**
 * Creates the launch template of a pool under `scope`. Pools never share one, because it has the group and the agent settings of a pool.
 */
export function makeHostLaunchTemplate(scope: Construct, props: Ec2PoolProps, host: HostResources): ec2.LaunchTemplate {
  const { role, securityGroup, purchase } = host;
  const userData = ec2.UserData.forLinux();
  if (props.efaType) userData.addCommands(...INSTALL_EFA);
  if (props.userDataCommands) userData.addCommands(...props.userDataCommands);
  // The L2 does this for groups with a Spot price, but not for launch templates that ask for Spot.
  if (purchase.interruptible) userData.addCommands('echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config');
  const launchTemplate = new ec2.LaunchTemplate(scope, 'LaunchTemplate', {
    instanceType: props.ec2InstanceType,
    machineImage: props.machineImage,
    role,
    securityGroup,
    userData,
    placementGroup: placementGroupOf(scope, props, purchase.reserved),
    keyPair: props.keyPair,
    spotOptions: purchase.spotOptions,
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
  purchase.prepareLaunchTemplate(launchTemplate);
  return launchTemplate;
}
