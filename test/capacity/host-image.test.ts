import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Ec2Capacity,
  GaudiCapacity,
  GaudiMachineImage,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronMachineImage,
  NeuronService,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';
import { LinuxHost } from '../support/linux-host';
import { syntaxErrors, userDataOf } from '../support/user-data';

/** The data of the one launch template of a template. */
function launchTemplateData(template: Template): { BlockDeviceMappings: unknown[] } {
  const [resource] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
  return resource.Properties.LaunchTemplateData;
}

const env = { account: '111111111111', region: 'us-east-1' };
const { EcsOptimizedImage, BottleRocketImage, BottlerocketEcsVariant } = ecs;
const { MachineImage } = ec2;

const POOLS: [string, (stack: Stack, vpc: ec2.IVpc, machineImage: ec2.IMachineImage) => unknown][] = [
  [
    'NeuronCapacity',
    (stack, vpc, machineImage) => new NeuronCapacity(stack, 'Pool', { vpc, machineImage, instanceType: NeuronInstanceType.INF2_XLARGE }),
  ],
  [
    'Ec2Capacity',
    (stack, vpc, machineImage) => new Ec2Capacity(stack, 'Pool', { vpc, machineImage, instanceType: new ec2.InstanceType('c7i.large') }),
  ],
  ['GaudiCapacity', (stack, vpc, image) => new GaudiCapacity(stack, 'Pool', { vpc, machineImage: GaudiMachineImage.custom(image) })],
];

describe.each(POOLS)('the machine image of a %s', (_, make) => {
  const made = (machineImage: ec2.IMachineImage) => () => {
    const { stack, vpc } = newStackWithVpc({ env });
    make(stack, vpc, machineImage);
  };

  test.each([
    ['Bottlerocket', new BottleRocketImage()],
    ['Bottlerocket for GPUs', new BottleRocketImage({ variant: BottlerocketEcsVariant.AWS_ECS_2_NVIDIA })],
    ['Bottlerocket, cached', new BottleRocketImage({ cachedInContext: true })],
    ['Bottlerocket by parameter', MachineImage.fromSsmParameter('/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id')],
    ['Bottlerocket at launch', MachineImage.resolveSsmParameterAtLaunch('/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id')],
  ])('can not be %s', (__, image) => {
    expect(made(image)).toThrow(
      /`machineImage` for [\w.]+ must be a Linux image that runs user data as a shell script, got: Bottlerocket\..*\[cdk-ecs-ml:linux-hosts\]/,
    );
  });

  test.each([
    ['by its class', EcsOptimizedImage.windows(ecs.WindowsOptimizedVersion.SERVER_2022)],
    ['by its system', MachineImage.genericWindows({ 'us-east-1': 'ami-0123456789abcdef0' })],
    ['by its version', MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE)],
  ])('can not be Windows, known %s', (__, image) => {
    expect(made(image)).toThrow(/must be a Linux image.*got: Windows\..*\[cdk-ecs-ml:linux-hosts\]/);
  });

  test.each([
    ['an ECS-optimized image', EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.ARM)],
    ['a cached one', EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.ARM, { cachedInContext: true })],
    ['Amazon Linux', MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 })],
    [
      'a public parameter',
      MachineImage.fromSsmParameter('/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id'),
    ],
    ['a lookup', MachineImage.lookup({ name: 'mine-*', filters: { architecture: ['arm64'] } })],
  ])('can not be for Arm: %s', (__, image) => {
    expect(made(image)).toThrow(
      /`machineImage` must be an image for amd64, the architecture of [\w.]+, got: an image for arm64\. \[cdk-ecs-ml:machine-image-architecture\]/,
    );
  });

  test('can not have user data of its own', () => {
    const userData = ec2.UserData.forLinux();
    userData.addCommands('echo theirs');
    expect(made(MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }, { userData }))).toThrow(
      /`machineImage` must not have user data of its own.*Use `userDataCommands`\. \[cdk-ecs-ml:image-user-data\]/,
    );
  });

  test.each([
    ['an image by id', MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })],
    ['a parameter of the user', MachineImage.fromSsmParameter('/my/arm64/image')],
    ['a lookup', MachineImage.lookup({ name: 'mine-*' })],
    ['a lookup of x86', MachineImage.lookup({ name: 'mine-*', filters: { architecture: ['x86_64'] } })],
    ['a lookup of both', MachineImage.lookup({ name: 'mine-*', filters: { architecture: ['arm64', 'x86_64'] } })],
  ])('can be %s', (__, image) => {
    made(image)();
  });
});

test.each([
  ['c7g.large', EcsOptimizedImage.amazonLinux2023(), 'arm64'],
  ['g5g.xlarge', EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU), 'arm64'],
])('%s hosts can not have an x86 image', (type, machineImage, architecture) => {
  const { stack, vpc } = newStackWithVpc();
  expect(() => new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType(type), machineImage })).toThrow(
    `\`machineImage\` must be an image for ${architecture}, the architecture of ${type}, got: an image for amd64.`,
  );
});

test('an instance type that is not known at synth takes any image', () => {
  const { stack, vpc } = newStackWithVpc();
  const type = new CfnParameter(stack, 'Type', { type: 'String', default: 'c7g.large' }).valueAsString;
  new Ec2Capacity(stack, 'Pool', {
    vpc,
    instanceType: new ec2.InstanceType(type),
    machineImage: EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.ARM),
  });
});

describe('user data', () => {
  const instanceType = new ec2.InstanceType('c7i.large');
  const MESSAGE =
    /The user data of the hosts must have at most 16384 bytes, got: \d+\. Put what `userDataCommands` do.*\[cdk-ecs-ml:user-data-size\]/;

  test('over 16 KiB is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    expect(() => new Ec2Capacity(stack, 'Big', { vpc, instanceType, userDataCommands: [`# ${'x'.repeat(17_000)}`] })).toThrow(MESSAGE);
    expect(
      () =>
        new NeuronCapacity(stack, 'Neuron', {
          vpc,
          instanceType: NeuronInstanceType.INF2_XLARGE,
          userDataCommands: [`# ${'x'.repeat(17_000)}`],
        }),
    ).toThrow(MESSAGE);
    // In bytes, not in characters.
    expect(() => new Ec2Capacity(stack, 'Wide', { vpc, instanceType, userDataCommands: [`# ${'é'.repeat(8_200)}`] })).toThrow(MESSAGE);
  });

  test('up to 16 KiB, with the commands of the library, is not', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'theirs', vpc });
    const size = (length: number) =>
      new Ec2Capacity(stack, `Pool${length}`, { cluster, instanceType, userDataCommands: ['x'.repeat(length)] });
    const rest = (stack.resolve(size(1).launchTemplate.userData?.render()) as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    const others = rest.filter((part): part is string => typeof part === 'string').join('').length - 1;
    size(16_384 - others);
    expect(() => size(16_385 - others)).toThrow(MESSAGE);
  });

  test('that is added later counts, and tokens count as nothing', () => {
    const { stack, vpc } = newStackWithVpc();
    const token = new CfnParameter(stack, 'Text', { default: 'x' }).valueAsString;
    const pool = new Ec2Capacity(stack, 'Pool', { vpc, instanceType, userDataCommands: Array.from({ length: 600 }, () => `${token}`) });
    pool.autoScalingGroup.addUserData(`# ${'x'.repeat(17_000)}`);
    expect(() => synth(stack)).toThrow(MESSAGE);
  });
});

describe('a Neuron image without the ECS agent', () => {
  const UBUNTU = '/aws/service/neuron/dlami/base/ubuntu-24.04/latest/image_id';

  function pool(machineImage: ec2.IMachineImage, props: { rootDeviceName?: string; userDataCommands?: string[] } = {}) {
    const { stack, vpc } = newStackWithVpc({ env });
    const instanceType = NeuronInstanceType.INF2_8_XLARGE;
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, machineImage, ...props });
    return { stack, capacity };
  }

  test.each([
    ['Ubuntu', NeuronMachineImage.deepLearningAmiUbuntu2404(), UBUNTU, '/dev/sda1'],
    ['Amazon Linux', NeuronMachineImage.deepLearningAmiAmazonLinux2023(), UBUNTU.replace('ubuntu-24.04', 'amazon-linux-2023'), '/dev/xvda'],
  ])('is the newest Deep Learning AMI of %s', (_, image, parameter, device) => {
    const { stack, capacity } = pool(image);
    new NeuronService(stack, 'Service', { capacity, container });
    const template = synth(stack);
    expect(Object.values(template.toJSON().Parameters)).toContainEqual(expect.objectContaining({ Default: parameter }));
    expect(launchTemplateData(template).BlockDeviceMappings).toEqual([expect.objectContaining({ DeviceName: device })]);
    expect(warnings(stack)).toEqual([]);
  });

  test('can be another image, with a root device of its own', () => {
    const { stack } = pool(
      NeuronMachineImage.withoutEcsAgent(MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }), {
        rootDeviceName: '/dev/nvme0',
      }),
    );
    expect(JSON.stringify(launchTemplateData(synth(stack)))).toContain('"ImageId":"ami-0123456789abcdef0"');
    expect(launchTemplateData(synth(stack)).BlockDeviceMappings).toEqual([expect.objectContaining({ DeviceName: '/dev/nvme0' })]);
    const own = pool(NeuronMachineImage.deepLearningAmiUbuntu2404(), { rootDeviceName: '/dev/sdx' });
    expect(launchTemplateData(synth(own.stack)).BlockDeviceMappings).toEqual([expect.objectContaining({ DeviceName: '/dev/sdx' })]);
  });

  test('gets the configuration, the agent, and then the commands of the user', () => {
    const [script] = userDataOf(
      synth(pool(NeuronMachineImage.deepLearningAmiUbuntu2404(), { userDataCommands: ['systemctl theirs'] }).stack),
    );
    expect(syntaxErrors(script)).toBe('');
    const host = new LinuxHost({}, ['apt-get', 'curl', 'gpg', 'systemctl', 'systemd-run'], {
      gpg: 'case "$*" in *--verify*) echo "[GNUPG:] VALIDSIG 1 2 F34C3DDAE72926B079BEAEC6BCE9D9A42D51784F";; esac',
      'apt-get': 'cat /etc/ecs/ecs.config > /tmp/seen',
    });
    try {
      const { status, stderr, commands } = host.run(script);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(host.read('/tmp/seen')).toMatch(/^ECS_CLUSTER=PoolCluster/);
      expect(commands.slice(-4)).toEqual([
        'apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 install -y ./amazon-ecs-init.deb',
        'systemctl enable ecs',
        'systemd-run --no-block --property=After=cloud-final.service systemctl restart ecs',
        'systemctl theirs',
      ]);
    } finally {
      host.remove();
    }
  });

  test('makes the folder of the configuration, which only the agent brings', () => {
    const [script] = userDataOf(synth(pool(NeuronMachineImage.deepLearningAmiUbuntu2404()).stack));
    expect(script.indexOf('mkdir -p /etc/ecs')).toBeLessThan(script.indexOf('ECS_CLUSTER=PoolCluster'));
    expect(script.indexOf('mkdir -p /etc/ecs')).toBeGreaterThan(-1);
    const { stack, vpc } = newStackWithVpc({ env });
    const machineImage = GaudiMachineImage.withoutEcsAgent(MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    new GaudiCapacity(stack, 'Pool', { vpc, machineImage });
    expect(userDataOf(synth(stack))[0]).toContain('mkdir -p /etc/ecs\n');
  });

  test('must be said to be one', () => {
    expect(() => pool(MachineImage.fromSsmParameter(UBUNTU))).toThrow(
      /it lacks the ECS agent\. Use `NeuronMachineImage.deepLearningAmiUbuntu2404\(\)`.*machine-image-fits/,
    );
    pool(MachineImage.fromSsmParameter(UBUNTU), { userDataCommands: ['dpkg -i amazon-ecs-init-latest.amd64.deb'] });
  });

  test('does not support Inf1', () => {
    const { stack, vpc } = newStackWithVpc();
    const machineImage = NeuronMachineImage.deepLearningAmiUbuntu2404();
    expect(() => new NeuronCapacity(stack, 'Pool', { vpc, machineImage, instanceType: NeuronInstanceType.INF1_XLARGE })).toThrow(
      /Neuron DLAMIs since SDK 2.26.1 do not support Inf1/,
    );
  });

  test('gets the agent on an Ec2Capacity too', () => {
    const { stack, vpc } = newStackWithVpc();
    new Ec2Capacity(stack, 'Pool', {
      vpc,
      instanceType: new ec2.InstanceType('c7i.large'),
      machineImage: NeuronMachineImage.deepLearningAmiUbuntu2404(),
    });
    expect(userDataOf(synth(stack))[0]).toContain('amazon-ecs-init');
  });
});
