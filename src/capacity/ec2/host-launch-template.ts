import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Ec2PoolProps } from './ec2-pool-props';
import { prepareRootVolume, rootBlockDevice, rootVolumeOf } from './root-block-device';
import { installEfa, placementGroupOf } from '../efa/efa-hosts';
import { LaunchTemplateEfa } from '../efa/launch-template-efa';
import { HostFailure, HostSetup, HostStep, HostUserData } from '../host/host-user-data';
import { installEcsAgent } from '../host/install-ecs-agent';
import { useInstanceStorage } from '../host/instance-storage-volume';
import { Purchase } from '../purchase/purchase';

/** The name of the root device of images of Amazon Linux. */
const AMAZON_LINUX_ROOT = '/dev/xvda';

/** The resources of a pool that its launch template uses. */
export interface HostResources {
  readonly cluster: ecs.ICluster;
  readonly role: iam.IRole;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly purchase: Purchase;
  readonly failure: HostFailure;
  /** Whether the group has a warm pool. Asked when the user data is rendered, because a warm pool can be added until synthesis. */
  readonly hasWarmPool: () => boolean;
}

/**
 * Creates the launch template of a pool under `scope`. Pools never share one, because it has the group and the agent settings of a pool.
 */
export function makeHostLaunchTemplate(scope: Construct, props: Ec2PoolProps, host: HostResources): ec2.LaunchTemplate {
  const { role, securityGroup, purchase } = host;
  const volume = rootVolumeOf(props);
  const launchTemplate = new ec2.LaunchTemplate(scope, 'LaunchTemplate', {
    instanceType: props.ec2InstanceType,
    machineImage: props.machineImage,
    role,
    securityGroup,
    userData: new HostUserData(hostSetup(props, host, Stack.of(scope).region), host.failure),
    placementGroup: placementGroupOf(scope, props, purchase.reserved),
    keyPair: props.keyPair,
    spotOptions: purchase.spotOptions,
    requireImdsv2: true,
    // Keeps the metadata of the host, and with it the credentials of its role, from containers in bridge mode.
    httpPutResponseHopLimit: 1,
    // A host whose set-up fails shuts itself down.
    instanceInitiatedShutdownBehavior: ec2.InstanceInitiatedShutdownBehavior.TERMINATE,
    detailedMonitoring: true,
    blockDevices: [
      {
        deviceName: rootDevice(props),
        volume: rootBlockDevice(volume),
      },
    ],
  });
  prepareRootVolume(scope, launchTemplate, volume, purchase.interruptible);
  if (props.efaType) launchTemplate.with(new LaunchTemplateEfa({ instanceType: props.efaType }));
  purchase.prepareLaunchTemplate(launchTemplate);
  return launchTemplate;
}

/** What the hosts of a pool do when they start. */
function hostSetup(props: Ec2PoolProps, { cluster, purchase, hasWarmPool }: HostResources, region: string): HostSetup {
  return {
    makesConfigFolder: props.machineImage.withoutAgent,
    agentSettings: [
      `ECS_CLUSTER=${cluster.clusterName}`,
      // Keeps the metadata of the host from containers in awsvpc mode.
      'ECS_AWSVPC_BLOCK_IMDS=true',
      // Without it, tasks in host mode get no credentials of their own, and AWS SDKs fall back to those of the host.
      'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true',
      // The L2 does this for groups with a Spot price, but not for launch templates that ask for Spot.
      ...(purchase.interruptible ? ['ECS_ENABLE_SPOT_INSTANCE_DRAINING=true'] : []),
    ],
    // Hosts in a warm pool run their user data, but must not join the cluster yet.
    lateAgentSettings: () => (hasWarmPool() ? ['ECS_WARM_POOLS_CHECK=true'] : []),
    steps: hostSteps(props, region),
    commands: props.userDataCommands ?? [],
  };
}

/** The name of the root device of the machine image. */
function rootDevice({ rootDeviceName, machineImage }: Ec2PoolProps): string {
  return rootDeviceName ?? machineImage.rootDeviceName ?? AMAZON_LINUX_ROOT;
}

/** What the library sets up on the hosts of a pool, in its order. */
export function hostSteps(props: Ec2PoolProps, region: string): HostStep[] {
  const { machineImage } = props;
  // The root device of Ubuntu images has another name.
  const onAmazonLinux = rootDevice(props) === AMAZON_LINUX_ROOT;
  return [
    ...(machineImage.withoutAgent ? [installEcsAgent(region, onAmazonLinux)] : []),
    ...(props.instanceStorage?._used ? [useInstanceStorage(onAmazonLinux)] : []),
    ...(props.efaType ? [installEfa(machineImage)] : []),
    ...(props.hostSteps ?? []),
  ];
}
