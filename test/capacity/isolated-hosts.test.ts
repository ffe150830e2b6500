import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  EcsVpcEndpoints,
  GaudiCapacity,
  GaudiMachineImage,
  InstanceStorage,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronMachineImage,
} from '../../src';
import { newStack, warnings } from '../support';

const TRN1 = NeuronInstanceType.TRN1_32_XLARGE;
const env = { account: '111111111111', region: 'us-east-1' };
const ami = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });

function isolatedVpc(stack: Stack): ec2.IVpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    maxAzs: 1,
  });
  new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
  return vpc;
}

function importedVpc(stack: Stack): ec2.IVpc {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['us-east-1a'],
    isolatedSubnetIds: ['subnet-0123456789abcdef0'],
    isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
  });
  new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
  return vpc;
}

/** The error of a pool in isolated subnets, or its warnings. */
function verdict(make: (stack: Stack, vpc: ec2.IVpc) => unknown, vpcOf = isolatedVpc): string[] {
  const stack = newStack({ env });
  make(stack, vpcOf(stack));
  try {
    warnings(stack);
  } catch (error) {
    return [`error: ${(error as Error).message}`];
  }
  return warnings(stack).filter((warning) => warning.includes('isolated'));
}

function neuron(props: Partial<NeuronCapacityProps>) {
  return (stack: Stack, vpc: ec2.IVpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, ...props });
}

function gaudi(machineImage: GaudiMachineImage, rootDeviceName?: string) {
  return (stack: Stack, vpc: ec2.IVpc) => new GaudiCapacity(stack, 'Pool', { vpc, machineImage, rootDeviceName });
}

describe('hosts in isolated subnets', () => {
  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => unknown, RegExp]>([
    [
      'EFA on the default image',
      neuron({ efa: true }),
      /can't download the EFA software from efa-installer.amazonaws.com and don't join the cluster\. Choose/,
    ],
    ['the agent on Ubuntu', neuron({ machineImage: NeuronMachineImage.deepLearningAmiUbuntu2404() }), /can't download the ECS agent/],
    ['the agent on another image', neuron({ machineImage: NeuronMachineImage.withoutEcsAgent(ami) }), /can't download the ECS agent/],
    ['the agent on an image for Gaudi', gaudi(GaudiMachineImage.withoutEcsAgent(ami), '/dev/sda1'), /can't download the ECS agent/],
  ])('must not have to download %s', (_, make, error) => {
    const [message] = verdict(make);
    expect(message).toMatch(error);
    expect(message).toMatch(/^error: [^]*cdk-ecs-ml:isolated-host-set-up\]/);
    expect(verdict(make, importedVpc)).toEqual([
      expect.stringMatching(/acknowledge this warning.*cdk-ecs-ml:(efa-installer|isolated-host-may-set-up)/),
      ...rest(make),
    ]);
  });

  /** The Gaudi runtime may be missing, too. */
  function rest(make: (stack: Stack, vpc: ec2.IVpc) => unknown): unknown[] {
    return verdict(make, importedVpc)
      .slice(1)
      .map(() => expect.stringContaining('the Gaudi container runtime'));
  }

  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => unknown, RegExp]>([
    [
      'EFA on an image of the user',
      neuron({ efa: true, machineImage: ami }),
      /the EFA software from efa-installer.amazonaws.com.*cdk-ecs-ml:efa-installer/,
    ],
    [
      'the Gaudi runtime on an image of AWS Marketplace',
      gaudi(GaudiMachineImage.marketplace(ami)),
      /runtime from vault.habana.ai.*cdk-ecs-ml:isolated-host-may-set-up/,
    ],
    [
      'what stripes the disks on Ubuntu',
      (stack, vpc) =>
        new GaudiCapacity(stack, 'Pool', {
          vpc,
          machineImage: GaudiMachineImage.custom(ami),
          rootDeviceName: '/dev/sda1',
          instanceStorage: InstanceStorage.RAID0,
        }),
      /mdadm from the package repository.*cdk-ecs-ml:isolated-host-may-set-up/,
    ],
    [
      'an address in commands',
      neuron({ userDataCommands: ['curl -O https://example.com/x'] }),
      /use example.com, which.*cdk-ecs-ml:isolated-user-data/,
    ],
    [
      'packages in commands',
      neuron({ userDataCommands: ['apt-get -y install jq', 'pip3 install boto3'] }),
      /use `apt-get -y install`, which/,
    ],
  ])('are a warning if they may download %s', (_, make, warning) => {
    expect(verdict(make)).toEqual([expect.stringMatching(warning)]);
    expect(verdict(make, importedVpc)).toEqual([expect.stringMatching(warning)]);
  });

  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => unknown]>([
    ['the default image', neuron({})],
    [
      'Amazon Linux, whose packages are in Amazon S3',
      neuron({ efa: true, machineImage: NeuronMachineImage.deepLearningAmiAmazonLinux2023() }),
    ],
    ['a complete image for Gaudi', gaudi(GaudiMachineImage.custom(ami))],
    ['disks that Amazon Linux stripes', neuron({ instanceStorage: InstanceStorage.RAID0 })],
    [
      'a plain pool',
      (stack, vpc) =>
        new Ec2Capacity(stack, 'Pool', { vpc, instanceType: ec2.InstanceType.of(ec2.InstanceClass.M6I, ec2.InstanceSize.LARGE) }),
    ],
    [
      'commands that call AWS, the host itself and Amazon Linux',
      neuron({
        userDataCommands: ['curl http://169.254.169.254/latest', 'curl https://bucket.s3.us-east-1.amazonaws.com/x', 'dnf install -y jq'],
      }),
    ],
  ])('are fine with %s', (_, make) => {
    expect(verdict(make)).toEqual([]);
  });

  test('are a warning for commands that are added later', () => {
    const make = (stack: Stack, vpc: ec2.IVpc) => neuron({})(stack, vpc).launchTemplate.userData?.addCommands('curl https://example.com/x');
    expect(verdict(make)).toEqual([expect.stringContaining('use example.com')]);
  });

  test('do not matter with a route to the internet', () => {
    const make = neuron({ efa: true, userDataCommands: ['curl https://example.com/x'] });
    expect(verdict(make, (stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }))).toEqual([]);
  });
});
