import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CapacityReservationPreference,
  InstanceStorage,
  LogicalNeuronCoreConfig,
  ManagedScaleIn,
  ManagedTaskVolume,
  NeuronCapacity,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronManagedCapacityProps,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newApp, newStack, newStackWithVpc, synth, warnings } from '../support';

const { INF1_XLARGE, INF2_XLARGE, INF2_8_XLARGE, INF2_48_XLARGE, TRN1_2_XLARGE, TRN1_32_XLARGE, TRN2_3_XLARGE } = NeuronInstanceType;

function managed(props: Partial<NeuronManagedCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE], ...props });
  return { stack, vpc, capacity };
}

function providerOf(template: Template) {
  return Object.values(template.findResources('AWS::ECS::CapacityProvider'))[0].Properties.ManagedInstancesProvider;
}

const requirements = (given: Partial<ec2.InstanceRequirementsConfig>): ec2.InstanceRequirementsConfig => ({
  vCpuCountMin: 4,
  memoryMin: Size.gibibytes(16),
  ...given,
});

describe('by default', () => {
  const { stack } = managed({ instanceTypes: [INF2_8_XLARGE, TRN1_2_XLARGE] });
  const template = synth(stack);
  const provider = providerOf(template);

  test('selects hosts by their types, with the least of these, whatever they cost', () => {
    expect(provider.InstanceLaunchTemplate.InstanceRequirements).toEqual({
      AllowedInstanceTypes: ['inf2.8xlarge', 'trn1.2xlarge'],
      AcceleratorManufacturers: ['amazon-web-services'],
      VCpuCount: { Min: 8 },
      MemoryMiB: { Min: 32768 },
      OnDemandMaxPricePercentageOverLowestPrice: 999999,
    });
  });

  test('has room for large images, measures each minute, and tags hosts', () => {
    expect(provider.InstanceLaunchTemplate.StorageConfiguration).toEqual({ StorageSizeGiB: 100 });
    expect(provider.InstanceLaunchTemplate.Monitoring).toBe('DETAILED');
    expect(provider.InstanceLaunchTemplate.CapacityOptionType).toBe('ON_DEMAND');
    expect(provider.PropagateTags).toBe('CAPACITY_PROVIDER');
  });

  test('leaves to ECS what is not asked for', () => {
    expect(Object.keys(provider).sort()).toEqual(['InfrastructureRoleArn', 'InstanceLaunchTemplate', 'PropagateTags']);
    expect(Object.keys(provider.InstanceLaunchTemplate).sort()).toEqual([
      'CapacityOptionType',
      'Ec2InstanceProfileArn',
      'InstanceRequirements',
      'Monitoring',
      'NetworkConfiguration',
      'StorageConfiguration',
    ]);
  });

  test('names no resource, so that no CAPABILITY_NAMED_IAM is needed', () => {
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::InstanceProfile']) {
      for (const { Properties } of Object.values(template.findResources(type))) {
        expect(Properties.RoleName).toBeUndefined();
        expect(Properties.InstanceProfileName).toBeUndefined();
      }
    }
  });

  test('has a cluster of its own, which the provider names itself', () => {
    const [cluster] = Object.keys(template.findResources('AWS::ECS::Cluster'));
    template.hasResourceProperties('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] });
    template.hasResourceProperties('AWS::ECS::CapacityProvider', { ClusterName: { Ref: cluster } });
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 0);
  });

  test('says nothing', () => expect(warnings(stack)).toEqual([]));
});

test('every option reaches the template', () => {
  const { stack } = managed({
    instanceTypes: [TRN1_2_XLARGE, INF2_8_XLARGE],
    purchaseOption: PurchaseOption.spot(),
    instanceStorage: InstanceStorage.RAID0,
    taskVolumeSize: Size.gibibytes(500),
    autoRepair: true,
    scaleIn: ManagedScaleIn.after(Duration.minutes(30)),
    fips: true,
    propagateTags: ecs.PropagateManagedInstancesTags.NONE,
    instanceMetadataTags: false,
    monitoring: ecs.InstanceMonitoring.BASIC,
  });
  const provider = providerOf(synth(stack));
  expect(provider).toMatchObject({
    AutoRepairConfiguration: { ActionsStatus: 'ENABLED' },
    InfrastructureOptimization: { ScaleInAfter: 1800 },
    PropagateTags: 'NONE',
    InstanceLaunchTemplate: {
      CapacityOptionType: 'SPOT',
      FipsEnabled: true,
      InstanceMetadataTagsPropagation: false,
      LocalStorageConfiguration: { UseLocalStorage: true },
      Monitoring: 'BASIC',
      StorageConfiguration: { StorageSizeGiB: 500 },
    },
  });
  const { SpotMaxPricePercentageOverLowestPrice: spot, OnDemandMaxPricePercentageOverLowestPrice: onDemand } =
    provider.InstanceLaunchTemplate.InstanceRequirements;
  expect([spot, onDemand]).toEqual([999999, undefined]);
});

test('auto repair can be off, and hosts can stay for ever', () => {
  const provider = providerOf(synth(managed({ autoRepair: false, scaleIn: ManagedScaleIn.never() }).stack));
  expect(provider.AutoRepairConfiguration).toEqual({ ActionsStatus: 'DISABLED' });
  expect(provider.InfrastructureOptimization).toEqual({ ScaleInAfter: -1 });
});

describe('the instance storage', () => {
  test.each<[string, Partial<NeuronManagedCapacityProps>]>([
    ['instanceStorage', { instanceStorage: InstanceStorage.RAID0 }],
    ['its earlier name', { taskVolume: ManagedTaskVolume.INSTANCE_STORAGE }],
  ])('needs no volume on EBS if every type has it, by %s', (_, props) => {
    const { stack } = managed({ instanceTypes: [TRN1_2_XLARGE], ...props });
    const template = providerOf(synth(stack)).InstanceLaunchTemplate;
    expect(template.StorageConfiguration).toBeUndefined();
    expect(template.LocalStorageConfiguration).toEqual({ UseLocalStorage: true });
    expect(warnings(stack)).toEqual([]);
  });

  test.each<[string, Partial<NeuronManagedCapacityProps>]>([
    ['instanceStorage', { instanceStorage: InstanceStorage.NONE }],
    ['its earlier name', { taskVolume: ManagedTaskVolume.EBS }],
  ])('can be left alone, by %s', (_, props) => {
    const template = providerOf(synth(managed({ instanceTypes: [TRN1_2_XLARGE], ...props }).stack)).InstanceLaunchTemplate;
    expect(template.StorageConfiguration).toEqual({ StorageSizeGiB: 100 });
    expect(template.LocalStorageConfiguration).toEqual({ UseLocalStorage: false });
  });

  test('is left to ECS by default', () => {
    const template = providerOf(synth(managed({ instanceTypes: [TRN1_2_XLARGE] }).stack)).InstanceLaunchTemplate;
    expect(template).not.toHaveProperty('LocalStorageConfiguration');
  });
});

test('requirements are refined', () => {
  const { stack } = managed({
    instanceTypes: [INF2_8_XLARGE, INF2_48_XLARGE],
    instanceRequirements: requirements({
      vCpuCountMin: 32,
      vCpuCountMax: 192,
      memoryMin: Size.gibibytes(64),
      acceleratorCountMax: 12,
      instanceGenerations: [ec2.InstanceGeneration.CURRENT],
      onDemandMaxPricePercentageOverLowestPrice: 500,
    }),
  });
  expect(providerOf(synth(stack)).InstanceLaunchTemplate.InstanceRequirements).toEqual({
    AllowedInstanceTypes: ['inf2.8xlarge', 'inf2.48xlarge'],
    AcceleratorManufacturers: ['amazon-web-services'],
    AcceleratorCount: { Max: 12 },
    InstanceGenerations: ['current'],
    VCpuCount: { Min: 32, Max: 192 },
    MemoryMiB: { Min: 65536 },
    OnDemandMaxPricePercentageOverLowestPrice: 500,
  });
});

test('a price limit of Spot as a percentage replaces the one that is off', () => {
  const instanceRequirements = requirements({ maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 60 });
  const { stack } = managed({ purchaseOption: PurchaseOption.spot(), instanceRequirements });
  const rendered = providerOf(synth(stack)).InstanceLaunchTemplate.InstanceRequirements;
  expect(rendered.MaxSpotPriceAsPercentageOfOptimalOnDemandPrice).toBe(60);
  expect(rendered.SpotMaxPricePercentageOverLowestPrice).toBeUndefined();
});

test('accelerator names are opt-in, and a warning', () => {
  const { stack } = managed({ acceleratorNames: [ec2.AcceleratorName.INFERENTIA2] });
  // Without the judge of the ECS API: its model is one of those that don't list the name.
  expect(providerOf(Template.fromStack(stack)).InstanceLaunchTemplate.InstanceRequirements.AcceleratorNames).toEqual(['inferentia2']);
  expect(warnings(stack)).toEqual([expect.stringContaining('cdk-ecs-ml:accelerator-names-disputed')]);
});

describe('a wrong option is an error', () => {
  const spot = PurchaseOption.spot();
  test.each<[string, Partial<NeuronManagedCapacityProps>, RegExp]>([
    ['no type', { instanceTypes: [] }, /`instanceTypes` must name from 1 to 30 instance types, got: 0/],
    ['31 types', { instanceTypes: Array(31).fill(INF2_XLARGE) }, /from 1 to 30 instance types, got: 31/],
    ['a type twice', { instanceTypes: [INF2_XLARGE, INF2_XLARGE] }, /name each instance type once, got: inf2.xlarge, inf2.xlarge/],
    ['Inf1', { instanceTypes: [INF2_XLARGE, INF1_XLARGE] }, /must not have inf1.xlarge, which Managed Instances do not support/],
    [
      'devices by path on two types',
      { instanceTypes: [INF2_XLARGE, INF2_8_XLARGE], deviceAllocation: NeuronDeviceAllocation.MANUAL },
      /`deviceAllocation` MANUAL maps the device paths of one instance type, so .*got: inf2.xlarge, inf2.8xlarge/,
    ],
    [
      'logical cores on Inferentia2',
      { logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 },
      /`logicalNeuronCoreConfig` is only for types with logical NeuronCores/,
    ],
    ['no place', { vpc: undefined }, /Give `vpc` to create a cluster, or `cluster` to join an existing one/],
    [
      'a price for Spot',
      { purchaseOption: PurchaseOption.spot({ maxPrice: 2 }) },
      /`maxPrice` of `purchaseOption` must be left out.*got: 2/,
    ],
    ['a small volume', { taskVolumeSize: Size.gibibytes(29) }, /`taskVolumeSize` .*from 30 to 16384 GiB, got: 29/],
    ['a large volume', { taskVolumeSize: Size.gibibytes(16385) }, /`taskVolumeSize` .*from 30 to 16384 GiB, got: 16385/],
    [
      'instance storage that no type has',
      { instanceTypes: [INF2_XLARGE, INF2_8_XLARGE], instanceStorage: InstanceStorage.RAID0 },
      /`instanceStorage` needs an instance type with instance storage, got: inf2.xlarge, inf2.8xlarge. Add one of trn1.2xlarge, trn1.32xlarge, .*\[cdk-ecs-ml:task-volume\]/,
    ],
    [
      'a size of a volume that there is not',
      { instanceTypes: [TRN1_32_XLARGE], instanceStorage: InstanceStorage.RAID0, taskVolumeSize: Size.gibibytes(50) },
      /`taskVolumeSize` has no effect with `instanceStorage`/,
    ],
    [
      'both props for instance storage',
      { instanceTypes: [TRN1_32_XLARGE], instanceStorage: InstanceStorage.RAID0, taskVolume: ManagedTaskVolume.EBS },
      /`instanceStorage` must not be combined with `taskVolume`, its earlier name/,
    ],
    [
      'instance storage that is required and excluded',
      {
        instanceTypes: [TRN1_32_XLARGE],
        instanceStorage: InstanceStorage.RAID0,
        instanceRequirements: requirements({ localStorage: ec2.LocalStorage.EXCLUDED }),
      },
      /`localStorage` of `instanceRequirements` excludes trn1.32xlarge/,
    ],
    [
      'instance storage that is not there',
      { taskVolume: ManagedTaskVolume.INSTANCE_STORAGE },
      /`taskVolume` INSTANCE_STORAGE needs an instance type with instance storage, got: inf2.xlarge/,
    ],
    [
      'a size that has no effect',
      { instanceTypes: [TRN1_32_XLARGE], taskVolume: ManagedTaskVolume.INSTANCE_STORAGE, taskVolumeSize: Size.gibibytes(50) },
      /`taskVolumeSize` has no effect with `taskVolume` INSTANCE_STORAGE/,
    ],
    [
      'names of others',
      { acceleratorNames: [ec2.AcceleratorName.TRAINIUM2] },
      /`acceleratorNames` must have inferentia2.*inf2.xlarge.*got: trainium2/,
    ],
    [
      'more names than types have',
      { acceleratorNames: [ec2.AcceleratorName.INFERENTIA2, ec2.AcceleratorName.T4] },
      /`acceleratorNames` has t4, but none of the `instanceTypes` has it: inf2.xlarge/,
    ],
    [
      'names twice',
      {
        acceleratorNames: [ec2.AcceleratorName.INFERENTIA2],
        instanceRequirements: requirements({ acceleratorNames: [ec2.AcceleratorName.INFERENTIA2] }),
      },
      /`acceleratorNames` is given twice/,
    ],
    ...(
      [
        ['names in requirements', { acceleratorNames: [ec2.AcceleratorName.T4] }, /`acceleratorNames` must have inferentia2/],
        [
          'a manufacturer',
          { acceleratorManufacturers: [ec2.AcceleratorManufacturer.HABANA] },
          /`acceleratorManufacturers` .*must have amazon-web-services.*got: habana/,
        ],
        [
          'a kind of accelerator',
          { acceleratorTypes: [ec2.AcceleratorType.GPU] },
          /`acceleratorTypes` .*must have inference, because .*inf2.xlarge, got: gpu/,
        ],
        [
          'allowed types',
          { allowedInstanceTypes: ['inf2.*'] },
          /`allowedInstanceTypes` of `instanceRequirements` must be left out, got: inf2.\*/,
        ],
        [
          'excluded types',
          { excludedInstanceTypes: ['g5.*'] },
          /`excludedInstanceTypes` of `instanceRequirements` must be left out, got: g5.\*/,
        ],
        [
          'too many vCPUs',
          { vCpuCountMin: 8 },
          /`vCpuCountMin` of `instanceRequirements` excludes inf2.xlarge in `instanceTypes`, which has 4 vCPUs, got: 8/,
        ],
        ['too few vCPUs', { vCpuCountMax: 2 }, /`vCpuCountMax` .*excludes inf2.xlarge.*, got: 2/],
        ['too much memory', { memoryMin: Size.gibibytes(32) }, /`memoryMin` .*excludes inf2.xlarge.* 16384 MiB of memory, got: 32768/],
        ['too little memory', { memoryMax: Size.gibibytes(8) }, /`memoryMax` .*excludes inf2.xlarge.*, got: 8192/],
        ['too much memory a vCPU', { memoryPerVCpuMin: Size.gibibytes(8) }, /`memoryPerVCpuMin` .*excludes inf2.xlarge/],
        ['too little memory a vCPU', { memoryPerVCpuMax: Size.gibibytes(2) }, /`memoryPerVCpuMax` .*excludes inf2.xlarge/],
        ['too many chips', { acceleratorCountMin: 2 }, /`acceleratorCountMin` .*excludes inf2.xlarge.* 1 accelerators, got: 2/],
        ['no chips', { acceleratorCountMax: 0 }, /`acceleratorCountMax` .*excludes inf2.xlarge.*, got: 0/],
        [
          'network interfaces',
          { networkInterfaceCountMin: 5 },
          /`networkInterfaceCountMin` .*excludes inf2.xlarge.* 4 network interfaces, got: 5/,
        ],
        [
          'bare metal',
          { bareMetal: ec2.BareMetal.REQUIRED },
          /`bareMetal` of `instanceRequirements` excludes inf2.xlarge.*, got: required/,
        ],
        [
          'burstable',
          { burstablePerformance: ec2.BurstablePerformance.REQUIRED },
          /`burstablePerformance` .*excludes inf2.xlarge.*, got: required/,
        ],
        ['local storage', { localStorage: ec2.LocalStorage.REQUIRED }, /`localStorage` .*excludes inf2.xlarge.*, got: required/],
        [
          'Arm',
          { cpuManufacturers: [ec2.CpuManufacturer.AWS] },
          /`cpuManufacturers` .*must have amd, the manufacturer of the processors of inf2.xlarge/,
        ],
        ['Intel', { cpuManufacturers: [ec2.CpuManufacturer.INTEL] }, /`cpuManufacturers` .*must have amd/],
        [
          'an old generation',
          { instanceGenerations: [ec2.InstanceGeneration.PREVIOUS] },
          /`instanceGenerations` .*must have current, the generation of inf2.xlarge.*, got: previous/,
        ],
        [
          'hibernation',
          { requireHibernateSupport: true },
          /`requireHibernateSupport` .*excludes inf2.xlarge.*, which EC2 cannot hibernate/,
        ],
        [
          'too much accelerator memory',
          { acceleratorTotalMemoryMin: Size.gibibytes(64) },
          /`acceleratorTotalMemoryMin` .*excludes inf2.xlarge.* 32768 MiB of accelerator memory, got: 65536/,
        ],
        [
          'too little accelerator memory',
          { acceleratorTotalMemoryMax: Size.gibibytes(16) },
          /`acceleratorTotalMemoryMax` .*excludes inf2.xlarge/,
        ],
        ['disks', { totalLocalStorageGBMin: 100 }, /`totalLocalStorageGBMin` .*excludes inf2.xlarge.* 0 GB of local storage, got: 100/],
        [
          'a network bandwidth that is nothing',
          { networkBandwidthGbpsMin: 100, networkBandwidthGbpsMax: 50 },
          /`networkBandwidthGbpsMin` .*must be at most `networkBandwidthGbpsMax`, got: 100 and 50/,
        ],
        ['less than no vCPU', { vCpuCountMin: -1 }, /`vCpuCountMin` of `instanceRequirements` must be a whole number, 0 or more, got: -1/],
        ['half an accelerator', { acceleratorCountMin: 0.5 }, /`acceleratorCountMin` .*must be a whole number, 0 or more, got: 0.5/],
        [
          'a limit of Spot',
          { spotMaxPricePercentageOverLowestPrice: 10 },
          /`spotMaxPricePercentageOverLowestPrice` .*has no effect, because `purchaseOption` is not Spot/,
        ],
      ] as [string, Partial<ec2.InstanceRequirementsConfig>, RegExp][]
    ).map(([name, given, message]): [string, Partial<NeuronManagedCapacityProps>, RegExp] => [
      name,
      { instanceRequirements: requirements(given) },
      message,
    ]),
    [
      'hard disks',
      { instanceTypes: [TRN1_2_XLARGE], instanceRequirements: requirements({ localStorageTypes: [ec2.LocalStorageType.HDD] }) },
      /`localStorageTypes` .*must have ssd, the local storage of trn1.2xlarge.*, got: hdd/,
    ],
    [
      'less local storage',
      { instanceTypes: [TRN1_2_XLARGE], instanceRequirements: requirements({ totalLocalStorageGBMax: 100 }) },
      /`totalLocalStorageGBMax` .*excludes trn1.2xlarge.* 474 GB of local storage, got: 100/,
    ],
    [
      'no local storage',
      { instanceTypes: [TRN1_2_XLARGE], instanceRequirements: requirements({ localStorage: ec2.LocalStorage.EXCLUDED }) },
      /`localStorage` .*excludes trn1.2xlarge.*, got: excluded/,
    ],
    [
      'a limit of On-Demand on Spot',
      { purchaseOption: spot, instanceRequirements: requirements({ onDemandMaxPricePercentageOverLowestPrice: 10 }) },
      /`onDemandMaxPricePercentageOverLowestPrice` .*has no effect, because `purchaseOption` is Spot/,
    ],
    [
      'two limits of Spot',
      {
        purchaseOption: spot,
        instanceRequirements: requirements({
          spotMaxPricePercentageOverLowestPrice: 10,
          maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 60,
        }),
      },
      /Give only one of `spotMaxPricePercentageOverLowestPrice` and `maxSpotPriceAsPercentageOfOptimalOnDemandPrice`/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => managed(props)).toThrow(message);
    expect(() => managed(props)).toThrow(/^Stack\/Managed: .*\[cdk-ecs-ml:[a-z-]+\]$/);
  });

  test.each([[Duration.seconds(3601)], [Duration.hours(2)]])('a delay of %s', (delay) => {
    expect(() => ManagedScaleIn.after(delay)).toThrow(/`scaleIn` must be a whole number from 0 to 3600 seconds, got: \d+/);
  });

  test('a VPC and a cluster', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    expect(() => new NeuronManagedCapacity(stack, 'Managed', { vpc, cluster, instanceTypes: [INF2_XLARGE] })).toThrow(
      /Give `vpc` or `cluster`, not both/,
    );
  });
});

describe('a legal but unwise option is a warning that can be acknowledged', () => {
  test('a type that the pages disagree about', () => {
    const { stack } = managed({ instanceTypes: [TRN2_3_XLARGE], logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 });
    expect(warnings(stack)).toEqual([expect.stringMatching(/`instanceTypes` has trn2.3xlarge, .*cdk-ecs-ml:managed-type-disputed/)]);
  });

  test('a Region without one of the types', () => {
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'eu-west-1' } });
    new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE, TRN1_2_XLARGE] });
    expect(warnings(stack)).toEqual([expect.stringContaining('trn1.2xlarge is publicly listed in us-east-1, us-east-2, us-west-2')]);
  });

  test('public subnets', () => {
    const { stack } = managed({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    expect(warnings(stack)).toEqual([expect.stringContaining('The hosts are in public subnets')]);
  });
});

test('isolated subnets without endpoints are an error', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
  new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE] });
  expect(() => synth(stack)).toThrow(/no endpoint for ecs, ecs-agent/);
});

describe('capacity reservations', () => {
  const group = 'arn:aws:resource-groups:us-east-1:111111111111:group/trainium';

  test.each<[CapacityReservationPreference | undefined, string]>([
    [undefined, 'RESERVATIONS_ONLY'],
    [CapacityReservationPreference.ONLY, 'RESERVATIONS_ONLY'],
    [CapacityReservationPreference.FIRST, 'RESERVATIONS_FIRST'],
  ])('of a group, with preference %s, reach the template', (preference, rendered) => {
    const { stack } = managed({ purchaseOption: PurchaseOption.capacityReservationGroup(group, { preference }) });
    expect(providerOf(synth(stack)).InstanceLaunchTemplate).toMatchObject({
      CapacityOptionType: 'RESERVED',
      CapacityReservations: { ReservationGroupArn: group, ReservationPreference: rendered },
    });
  });

  test.each<[string, PurchaseOption, RegExp]>([
    [
      'a single reservation',
      PurchaseOption.capacityReservation('cr-0123456789abcdef0'),
      /must be a group of capacity reservations, not a single reservation, got: cr-0123456789abcdef0\. .*managed-purchase/,
    ],
    [
      'a Capacity Block',
      PurchaseOption.capacityBlock({ capacityReservationId: 'cr-0123456789abcdef0', endsAt: new Date('2027-03-08T11:30:00Z') }),
      /can't be a Capacity Block, .* got: cr-0123456789abcdef0\. Use a pool of EC2 hosts/,
    ],
  ])('%s is an error', (_, purchaseOption, message) => expect(() => managed({ purchaseOption })).toThrow(message));
});

describe('clusters', () => {
  test('of the same stack', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const { capacityProviderName } = new NeuronManagedCapacity(stack, 'Managed', { cluster, instanceTypes: [INF2_XLARGE] });
    expect(cluster.clusterScopedCapacityProviderNames).toEqual([capacityProviderName]);
    synth(stack).hasResourceProperties('AWS::ECS::CapacityProvider', { ClusterName: { Ref: 'ClusterEB0386A7' } });
    expect(warnings(stack)).toEqual([]);
  });

  test('of another stack, which does not depend on it', () => {
    const app = newApp();
    const { stack: base, vpc } = newStackWithVpc({}, app);
    const cluster = new ecs.Cluster(base, 'Cluster', { vpc });
    const stack = new Stack(app, 'Managed');
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { cluster, instanceTypes: [INF2_XLARGE] });
    const services = new Stack(app, 'Services');
    new NeuronService(services, 'Service', { capacity, container });
    synth(stack).hasResourceProperties('AWS::ECS::CapacityProvider', {
      ClusterName: { 'Fn::ImportValue': Match.stringLikeRegexp('^Stack:') },
    });
    synth(services).hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: { 'Fn::ImportValue': Match.stringLikeRegexp('^Managed:') }, Weight: 1 }],
    });
    expect(base.dependencies).toEqual([]);
    expect(stack.dependencies).toEqual([base]);
  });

  test('imported, whose list is left alone', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    new NeuronManagedCapacity(stack, 'Managed', { cluster, instanceTypes: [INF2_XLARGE] });
    const template = synth(stack);
    template.hasResourceProperties('AWS::ECS::CapacityProvider', { ClusterName: 'shared' });
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
    expect(warnings(stack)).toEqual([]);
  });

  test.each([['a pool of the stack'], ['a pool of another stack'], ['Fargate']])('that have %s too are a warning', (kind) => {
    const app = newApp();
    const { stack, vpc } = newStackWithVpc({}, app);
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    new NeuronManagedCapacity(stack, 'Managed', { cluster, instanceTypes: [INF2_XLARGE] });
    if (kind === 'Fargate') {
      cluster.enableFargateCapacityProviders();
    } else {
      const scope = kind === 'a pool of the stack' ? stack : new Stack(app, 'Pools');
      new NeuronCapacity(scope, 'Pool', { cluster, instanceType: INF2_XLARGE });
    }
    expect(warnings(stack)).toEqual([expect.stringMatching(/`cluster` Stack\/Cluster also has .*cdk-ecs-ml:mixed-providers/)]);
  });

  test('that hold two Managed Instances capacities are fine', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    new NeuronManagedCapacity(stack, 'A', { cluster, instanceTypes: [INF2_XLARGE] });
    new NeuronManagedCapacity(stack, 'B', { cluster, instanceTypes: [TRN1_2_XLARGE] });
    synth(stack).resourceCountIs('AWS::ECS::CapacityProvider', 2);
    expect(warnings(stack)).toEqual([]);
  });
});

test('a stack whose name ECS reserves gives the capacity provider a legal name', () => {
  const stack = new Stack(newApp(), 'ecs-models');
  new NeuronManagedCapacity(stack, 'Managed', { vpc: new ec2.Vpc(stack, 'Vpc'), instanceTypes: [INF2_XLARGE] });
  synth(stack).hasResourceProperties('AWS::ECS::CapacityProvider', { Name: Match.stringLikeRegexp('^cp-') });
});

test('given security groups are those of the hosts', () => {
  const { stack, vpc } = newStackWithVpc();
  const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0');
  const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE], securityGroups: [group] });
  expect(capacity.connections.securityGroups).toEqual([group]);
  expect(providerOf(synth(stack)).InstanceLaunchTemplate.NetworkConfiguration.SecurityGroups).toEqual(['sg-0123456789abcdef0']);
});

describe('tokens', () => {
  test.each<[string, (n: number) => Partial<NeuronManagedCapacityProps>, (provider: ReturnType<typeof providerOf>) => unknown]>([
    ['taskVolumeSize', (n) => ({ taskVolumeSize: Size.gibibytes(n) }), (p) => p.InstanceLaunchTemplate.StorageConfiguration.StorageSizeGiB],
    ['scaleIn', (n) => ({ scaleIn: ManagedScaleIn.after(Duration.seconds(n)) }), (p) => p.InfrastructureOptimization.ScaleInAfter],
    [
      'vCpuCountMin',
      (n) => ({ instanceRequirements: requirements({ vCpuCountMin: n }) }),
      (p) => p.InstanceLaunchTemplate.InstanceRequirements.VCpuCount.Min,
    ],
    [
      'memoryMin',
      (n) => ({ instanceRequirements: requirements({ memoryMin: Size.mebibytes(n) }) }),
      (p) => p.InstanceLaunchTemplate.InstanceRequirements.MemoryMiB.Min,
    ],
  ])('%s', (_, props, at) => {
    const { stack, vpc } = newStackWithVpc();
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE], ...props(number) });
    expect(at(providerOf(synth(stack)))).toEqual({ Ref: 'Number' });
  });
});

describe('imported', () => {
  const attributes = (stack: Stack, vpc: ec2.IVpc) => ({
    cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc }),
    capacityProviderName: 'neuron',
  });

  test('takes services', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(stack, 'Managed', {
      ...attributes(stack, vpc),
      instanceTypes: [INF2_XLARGE, INF2_8_XLARGE],
    });
    new NeuronService(stack, 'Service', { capacity, container });
    const template = synth(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      Cluster: 'shared',
      CapacityProviderStrategy: [{ CapacityProvider: 'neuron', Weight: 1 }],
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      PlacementConstraints: [{ Type: 'memberOf', Expression: 'attribute:ecs.instance-type in [inf2.xlarge, inf2.8xlarge]' }],
      ContainerDefinitions: [Match.objectLike({ ResourceRequirements: [{ Type: 'NeuronDevice', Value: 'ALL' }] })],
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('with types that it can not have is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    expect(() =>
      NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(stack, 'Managed', {
        ...attributes(stack, vpc),
        instanceTypes: [INF1_XLARGE],
      }),
    ).toThrow(/^Stack\/Managed: `instanceTypes` must not have inf1.xlarge/);
  });
});

test('a role that the app can not change is a warning', () => {
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
  const infrastructureRole = iam.Role.fromRoleArn(stack, 'Infra', 'arn:aws:iam::111111111111:role/ecs-infra', { mutable: false });
  new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE], infrastructureRole });
  expect(warnings(stack)).toEqual([
    expect.stringMatching(/This app can't change `infrastructureRole` Stack\/Infra\..*cdk-ecs-ml:pass-role/),
  ]);
});
