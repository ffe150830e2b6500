import { App, aws_ec2 as ec2, aws_kms as kms, CfnParameter, Size, Stack, Validations } from 'aws-cdk-lib';
import { Ec2Capacity, GaudiCapacity, GaudiMachineImage, NeuronCapacity, NeuronInstanceType, PurchaseOption, RootVolume } from '../../src';
import { newApp, newStackWithVpc, synth, warnings } from '../support';
import { runKeyPolicy } from '../support/iam';
import { TemplateJson } from '../support/template';

const env = { account: '111111111111', region: 'us-east-1' };
const image = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
type Make = (stack: Stack, vpc: ec2.IVpc, rootVolume?: RootVolume) => unknown;

const neuron: Make = (stack, vpc, rootVolume) =>
  new NeuronCapacity(stack, 'Pool', { vpc, rootVolume, instanceType: NeuronInstanceType.INF2_XLARGE });
const plain =
  (type: string): Make =>
  (stack, vpc, rootVolume) =>
    new Ec2Capacity(stack, 'Pool', { vpc, rootVolume, instanceType: new ec2.InstanceType(type) });
const gaudi: Make = (stack, vpc, rootVolume) =>
  new GaudiCapacity(stack, 'Pool', { vpc, rootVolume, machineImage: GaudiMachineImage.custom(image) });

/** The EBS part of the one launch template. */
function ebsOf(stack: Stack, ...accepted: string[]): Record<string, unknown> {
  const [resource] = Object.values(synth(stack, ...accepted).findResources('AWS::EC2::LaunchTemplate'));
  return resource.Properties.LaunchTemplateData.BlockDeviceMappings[0].Ebs;
}

function made(make: Make, rootVolume?: RootVolume): Record<string, unknown> {
  const { stack, vpc } = newStackWithVpc({ env });
  make(stack, vpc, rootVolume);
  // The check of aws-cdk-lib still has the limit of gp3 from before September 2025, 16,000 IOPS.
  Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::E3671', reason: 'gp3 has up to 80,000 IOPS' });
  return ebsOf(stack);
}

describe('by default', () => {
  test.each<[string, Make]>([
    ['Neuron', neuron],
    ['Gaudi', gaudi],
    ['GPU', plain('g5.xlarge')],
  ])('the volume of %s hosts is fast, because their images are large', (_, make) => {
    expect(made(make)).toEqual({ Encrypted: true, VolumeSize: 100, VolumeType: 'gp3', Throughput: 500 });
  });

  test('that of other hosts is not', () => {
    expect(made(plain('c7i.large'))).toEqual({ Encrypted: true, VolumeSize: 100, VolumeType: 'gp3' });
    const { stack, vpc } = newStackWithVpc();
    plain(new CfnParameter(stack, 'Type', { default: 'c7i.large' }).valueAsString)(stack, vpc);
    expect(ebsOf(stack)).not.toHaveProperty('Throughput');
  });
});

describe.each<[string, Make]>([
  ['NeuronCapacity', neuron],
  ['GaudiCapacity', gaudi],
  ['Ec2Capacity', plain('c7i.large')],
])('the root volume of a %s', (_, make) => {
  test('takes size, IOPS and throughput', () => {
    expect(made(make, { size: Size.gibibytes(250), iops: 6000, throughput: 1500 })).toEqual({
      Encrypted: true,
      VolumeSize: 250,
      VolumeType: 'gp3',
      Iops: 6000,
      Throughput: 1500,
    });
  });

  test.each<[string, RootVolume, Record<string, unknown>]>([
    ['the least', { size: Size.gibibytes(30), iops: 3000, throughput: 125 }, { VolumeSize: 30, Iops: 3000, Throughput: 125 }],
    ['the most', { size: Size.tebibytes(64), iops: 80_000, throughput: 2000 }, { VolumeSize: 65_536, Iops: 80_000, Throughput: 2000 }],
    ['500 IOPS a GiB', { size: Size.gibibytes(30), iops: 15_000 }, { Iops: 15_000 }],
    ['a quarter of the IOPS', { throughput: 1000, iops: 4000 }, { Iops: 4000, Throughput: 1000 }],
    ['the IOPS that throughput needs', { throughput: 1001 }, { Iops: 4004, Throughput: 1001 }],
    ['no IOPS that cost', { throughput: 750 }, { Iops: undefined, Throughput: 750 }],
  ])('can have %s', (__, rootVolume, expected) => {
    const ebs = made(make, rootVolume);
    for (const [key, value] of Object.entries(expected)) expect(ebs[key]).toEqual(value);
  });

  test.each<[string, RootVolume, string]>([
    ['29 GiB', { size: Size.gibibytes(29) }, '`size` of `rootVolume` must be at least 30 GiB, the size of the image, got: 29 GiB.'],
    ['0 GiB', { size: Size.gibibytes(0) }, '`size` of `rootVolume` must be at least 30 GiB, the size of the image, got: 0 GiB.'],
    ['65 TiB', { size: Size.tebibytes(65) }, '`size` of `rootVolume` must be at most 65536 GiB, the limit of gp3, got: 66560 GiB.'],
    ['124 MiB/s', { throughput: 124 }, '`throughput` of `rootVolume` must be a whole number from 125 to 2000 MiB/s, got: 124.'],
    ['2001 MiB/s', { throughput: 2001 }, '`throughput` of `rootVolume` must be a whole number from 125 to 2000 MiB/s, got: 2001.'],
    ['0 MiB/s', { throughput: 0 }, '`throughput` of `rootVolume` must be a whole number from 125 to 2000 MiB/s, got: 0.'],
    ['half a MiB/s', { throughput: 200.5 }, '`throughput` of `rootVolume` must be a whole number from 125 to 2000 MiB/s, got: 200.5.'],
    ['2999 IOPS', { iops: 2999 }, '`iops` of `rootVolume` must be a whole number from 3000 to 80000, got: 2999.'],
    ['80,001 IOPS', { iops: 80_001 }, '`iops` of `rootVolume` must be a whole number from 3000 to 80000, got: 80001.'],
    [
      'more throughput than IOPS allow',
      { throughput: 1000, iops: 3999 },
      '`throughput` of `rootVolume` must be at most a quarter of `iops`, got: 1000 MiB/s and 3999 IOPS. Set `iops` to 4000 or more, or leave it out.',
    ],
    [
      'more IOPS than the size allows',
      { iops: 15_001, size: Size.gibibytes(30) },
      '`iops` of `rootVolume` must be at most 500 for each GiB of `size`, got: 15001 IOPS for 30 GiB. Set `size` to 31 GiB or more.',
    ],
    ['more IOPS than the default size allows', { iops: 50_001 }, 'got: 50001 IOPS for 100 GiB. Set `size` to 101 GiB or more.'],
  ])('can not have %s', (__, rootVolume, message) => {
    expect(() => made(make, rootVolume)).toThrow(message);
    expect(() => made(make, rootVolume)).toThrow('[cdk-ecs-ml:root-volume]');
  });

  test('can not have a part of a GiB', () => {
    expect(() => made(make, { size: Size.mebibytes(100_000) })).toThrow(/must be a whole number of GiB.*\[cdk-ecs-ml:prop-range\]/);
  });

  test('takes values that only the deployment knows', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
    make(stack, vpc, { size: Size.gibibytes(number('Size')), iops: number('Iops'), throughput: number('Throughput') });
    expect(ebsOf(stack)).toMatchObject({ VolumeSize: { Ref: 'Size' }, Iops: { Ref: 'Iops' }, Throughput: { Ref: 'Throughput' } });
  });

  test('has no IOPS of its own if only the deployment knows the throughput', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    make(stack, vpc, { throughput: new CfnParameter(stack, 'Throughput', { type: 'Number' }).valueAsNumber });
    const ebs = ebsOf(stack);
    expect(ebs.Throughput).toEqual({ Ref: 'Throughput' });
    expect(ebs).not.toHaveProperty('Iops');
  });
});

const AUTO_SCALING = 'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
const SPOT = 'aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot';
const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'];

/** A VPC and a key in stacks of an app. */
function withKey(keyStack: (app: App, stack: Stack) => Stack = (_, stack) => stack) {
  const app = newApp();
  const { stack, vpc } = newStackWithVpc({ env }, app);
  const owner = keyStack(app, stack);
  return { app, stack, vpc, owner, key: new kms.Key(owner, 'Key', { enableKeyRotation: true }) };
}

describe('a key of the same stack', () => {
  test.each<[string, Make]>([
    ['NeuronCapacity', neuron],
    ['GaudiCapacity', gaudi],
    ['Ec2Capacity', plain('c7i.large')],
  ])('encrypts the volume of a %s, and Auto Scaling may use it', async (_, make) => {
    const { stack, vpc, key } = withKey();
    make(stack, vpc, { kmsKey: key });
    const template = synth(stack);
    const [resource] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
    expect(resource.Properties.LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId).toEqual(stack.resolve(key.keyArn));
    expect(warnings(stack).filter((text) => text.includes('root-volume'))).toEqual([]);

    const json = template.toJSON() as TemplateJson;
    const may = (role: string, action: string, context?: Record<string, string>) => runKeyPolicy(json, { role, action, context });
    for (const action of USE) {
      expect(await may(AUTO_SCALING, action)).toBe(true);
      expect(await may(SPOT, action)).toBe(false);
      expect(await may('aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS', action)).toBe(false);
    }
    expect(await may(AUTO_SCALING, 'kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'true' })).toBe(true);
    expect(await may(AUTO_SCALING, 'kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'false' })).toBe(false);
    expect(await may('other', 'kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'true' })).toBe(false);
    expect(await may(AUTO_SCALING, 'kms:ScheduleKeyDeletion')).toBe(false);
  });

  test('gets the statements once, however many pools use it', () => {
    const { stack, vpc, key } = withKey();
    for (const id of ['A', 'B']) {
      new NeuronCapacity(stack, id, { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, rootVolume: { kmsKey: key } });
    }
    const [resource] = Object.values(synth(stack).findResources('AWS::KMS::Key'));
    expect(resource.Properties.KeyPolicy.Statement).toHaveLength(3);
  });

  test('does not need the role of Auto Scaling to exist: no statement names it as its principal', () => {
    const { stack, vpc, key } = withKey();
    neuron(stack, vpc, { kmsKey: key });
    const [resource] = Object.values(synth(stack).findResources('AWS::KMS::Key'));
    const principals = resource.Properties.KeyPolicy.Statement.map(({ Principal }: { Principal: unknown }) => JSON.stringify(Principal));
    expect(principals.filter((principal: string) => principal.includes('AWSServiceRoleForAutoScaling'))).toEqual([]);
  });

  test('can be given by an alias, and for Spot, whose role may use it too', async () => {
    const { stack, vpc, key } = withKey();
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      instanceType: NeuronInstanceType.INF2_XLARGE,
      rootVolume: { kmsKey: key.addAlias('disks') },
      purchaseOption: PurchaseOption.spot(),
    });
    const json = synth(stack).toJSON() as TemplateJson;
    for (const role of [AUTO_SCALING, SPOT]) {
      expect(await runKeyPolicy(json, { role, action: 'kms:Decrypt' })).toBe(true);
      expect(await runKeyPolicy(json, { role, action: 'kms:CreateGrant', context: { 'kms:GrantIsForAWSResource': 'true' } })).toBe(true);
      expect(await runKeyPolicy(json, { role, action: 'kms:ScheduleKeyDeletion' })).toBe(false);
    }
    expect(warnings(stack).filter((text) => text.includes('root-volume'))).toEqual([]);
  });
});

test('a key of another stack of the app gets the statements there', () => {
  const { stack, vpc, owner, key } = withKey((app) => new Stack(app, 'Keys', { env }));
  neuron(stack, vpc, { kmsKey: key });
  expect(JSON.stringify(synth(owner).findResources('AWS::KMS::Key'))).toContain('AWSServiceRoleForAutoScaling');
  expect(warnings(stack).filter((text) => text.includes('root-volume'))).toEqual([]);
});

describe('a key that the app can not change', () => {
  const ARN = 'arn:aws:kms:us-east-1:111111111111:key/0a1b2c3d-0000-1111-2222-333344445555';

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['by its ARN', (stack) => kms.Key.fromKeyArn(stack, 'Key', ARN)],
    ['by its alias', (stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/disks')],
  ])('and that is imported %s is a warning with the statements to add', (_, imported) => {
    const { stack, vpc } = newStackWithVpc({ env });
    neuron(stack, vpc, { kmsKey: imported(stack) });
    const [text, ...others] = warnings(stack).filter((one) => one.includes('root-volume'));
    expect(others).toEqual([]);
    expect(text).toContain(
      "This app can't change the policy of `kmsKey` of `rootVolume`, Stack/Key. Without these statements no host starts",
    );
    expect(text).toContain('cdk-ecs-ml:root-volume-key-policy]');
    const statements = JSON.parse(/(\[\{.*\}\])/.exec(text)?.[1] ?? '');
    const condition = { 'aws:PrincipalArn': `arn:aws:iam::111111111111:role/${AUTO_SCALING}` };
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { ArnEquals: condition },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: { ArnEquals: condition, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ]);
  });

  test('is a readable warning in a stack without an environment too', () => {
    const { stack, vpc } = newStackWithVpc();
    neuron(stack, vpc, { kmsKey: kms.Key.fromKeyArn(stack, 'Key', ARN) });
    const [text] = warnings(stack).filter((one) => one.includes('root-volume'));
    expect(text).toContain(`arn:aws:iam::111122223333:role/${AUTO_SCALING}`);
    expect(text).not.toContain('Token');
  });

  test('of another account needs a grant as well', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    neuron(stack, vpc, { kmsKey: kms.Key.fromKeyArn(stack, 'Key', ARN.replace('111111111111', '222222222222')) });
    expect(warnings(stack).filter((one) => one.includes('root-volume'))).toEqual([
      expect.stringMatching(/This app can't change/),
      expect.stringMatching(/Stack\/Key, belongs to another account\. In the account of the pool, run `aws kms create-grant`/),
    ]);
  });

  test('of another account needs a grant for Spot too', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const kmsKey = kms.Key.fromKeyArn(stack, 'Key', ARN.replace('111111111111', '222222222222'));
    const instanceType = NeuronInstanceType.INF2_XLARGE;
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType, rootVolume: { kmsKey }, purchaseOption: PurchaseOption.spot() });
    const found = warnings(stack).filter((one) => one.includes('root-volume'));
    expect(found[0]).toContain(`["arn:aws:iam::111111111111:role/${AUTO_SCALING}","arn:aws:iam::111111111111:role/${SPOT}"]`);
    expect(found[1]).toContain('`aws kms create-grant` for AWSServiceRoleForAutoScaling and AWSServiceRoleForEC2Spot as');
  });

  test('can not be in another Region', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const kmsKey = kms.Key.fromKeyArn(stack, 'Key', ARN.replace('us-east-1', 'eu-west-1'));
    expect(() => neuron(stack, vpc, { kmsKey })).toThrow(
      '`kmsKey` of `rootVolume` must be in us-east-1, the Region of the pool, got: a key in eu-west-1. [cdk-ecs-ml:root-volume-key]',
    );
  });
});

test('an asymmetric key is an error', () => {
  const { stack, vpc } = newStackWithVpc();
  const kmsKey = new kms.Key(stack, 'Key', { keySpec: kms.KeySpec.RSA_2048, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT });
  expect(() => neuron(stack, vpc, { kmsKey })).toThrow(
    '`kmsKey` of `rootVolume` must be a symmetric key for encryption, which EBS needs, got: RSA_2048. [cdk-ecs-ml:root-volume-key]',
  );
});

describe('rootVolumeSize, which is deprecated,', () => {
  const sized = (rootVolumeSize: Size, rootVolume?: RootVolume) =>
    made(
      (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, rootVolumeSize, rootVolume, instanceType: NeuronInstanceType.INF2_XLARGE }),
    );

  test('is the size of the volume', () => {
    expect(sized(Size.gibibytes(250), { throughput: 125 })).toMatchObject({ VolumeSize: 250, Throughput: 125 });
  });

  test.each([
    [29 * 1024, /`rootVolumeSize` must be at least 30 GiB, the size of the image, got: 29 GiB/],
    [30.5 * 1024, /`rootVolumeSize` must be a whole number of GiB, got: 31981568 KiB/],
  ])('of %d MiB is an error', (mebibytes, message) => {
    expect(() => sized(Size.mebibytes(mebibytes))).toThrow(message);
  });

  test('is an error beside a size of the volume', () => {
    expect(() => sized(Size.gibibytes(100), { size: Size.gibibytes(100) })).toThrow(
      /are both given. Leave out `rootVolumeSize`.*root-volume/,
    );
  });
});
