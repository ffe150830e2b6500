import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Stack } from 'aws-cdk-lib';
import { LaunchTemplateEfa, NeuronCapacity, NeuronInstanceType, TaskDefinitionEfa } from '../../src';
import { newStack, newStackWithVpc, synth } from '../support';

const TRN1 = NeuronInstanceType.TRN1_32_XLARGE;
const TRN2_3 = NeuronInstanceType.TRN2_3_XLARGE;

describe('LaunchTemplateEfa', () => {
  const mixin = new LaunchTemplateEfa({ instanceType: TRN2_3 });
  const SG = 'sg-0123456789abcdef0';

  function dataOf(stack: Stack) {
    return Object.values(synth(stack).findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
  }

  const interfaces = (groups: unknown) => [
    { NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: 'interface', Groups: groups, DeleteOnTermination: true },
    { NetworkCardIndex: 0, DeviceIndex: 1, InterfaceType: 'efa-only', Groups: groups, DeleteOnTermination: true },
  ];

  test('lays out the interfaces of a user’s own L1, and leaves the rest', () => {
    const stack = newStack();
    new ec2.CfnLaunchTemplate(stack, 'Template', {
      launchTemplateData: { instanceType: 'trn2.3xlarge', securityGroupIds: [SG], monitoring: { enabled: true } },
    }).with(mixin);
    expect(dataOf(stack)).toEqual({ InstanceType: 'trn2.3xlarge', Monitoring: { Enabled: true }, NetworkInterfaces: interfaces([SG]) });
  });

  test('of an L1 whose security groups are known when it is deployed', () => {
    const stack = newStack();
    const groups = new CfnParameter(stack, 'Groups', { type: 'List<AWS::EC2::SecurityGroup::Id>' }).valueAsList;
    new ec2.CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { securityGroupIds: groups } }).with(mixin);
    expect(dataOf(stack)).toEqual({ NetworkInterfaces: interfaces({ Ref: 'Groups' }) });
  });

  test('of an L2, whose connections and group go on working', () => {
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-2' } });
    const securityGroup = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const launchTemplate = new ec2.LaunchTemplate(stack, 'Template', {
      instanceType: TRN2_3.toEc2InstanceType(),
      machineImage: ec2.MachineImage.genericLinux({ 'us-east-2': 'ami-0123456789abcdef0' }),
      securityGroup,
      requireImdsv2: true,
      blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(100, { encrypted: true }) }],
    });
    expect(launchTemplate.with(mixin)).toBe(launchTemplate);
    const group = new autoscaling.AutoScalingGroup(stack, 'Asg', { vpc, launchTemplate });
    group.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(22));
    launchTemplate.connections.addSecurityGroup(ec2.SecurityGroup.fromSecurityGroupId(stack, 'More', SG));
    const data = dataOf(stack);
    expect(data.SecurityGroupIds).toBeUndefined();
    expect(data.MetadataOptions).toEqual({ HttpTokens: 'required' });
    const groups = [{ 'Fn::GetAtt': [stack.getLogicalId(securityGroup.node.defaultChild as ec2.CfnSecurityGroup), 'GroupId'] }, SG];
    expect(data.NetworkInterfaces).toEqual(interfaces(groups));
    synth(stack).hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ FromPort: 22, ToPort: 22 }] });
  });

  test.each<[string, ec2.CfnLaunchTemplate.LaunchTemplateDataProperty, RegExp]>([
    [
      'of another type',
      { instanceType: 'trn1.32xlarge', securityGroupIds: [SG] },
      /is for trn1.32xlarge, but `instanceType` is trn2.3xlarge/,
    ],
    ['with interfaces', { networkInterfaces: [{ deviceIndex: 0, groups: [SG] }] }, /already has `networkInterfaces`.*Leave them out/],
    ['that names groups', { securityGroups: ['default'] }, /has `securityGroups`.*Use `securityGroupIds` instead/],
    ['without groups', {}, /has no `securityGroupIds`. EFA needs a security group that allows all traffic from and to itself/],
  ])('of a launch template %s are an error', (_, launchTemplateData, message) => {
    const stack = newStack();
    new ec2.CfnLaunchTemplate(stack, 'Template', { launchTemplateData }).with(mixin);
    expect(() => synth(stack)).toThrow(message);
    expect(() => synth(stack)).toThrow(/\[cdk-ecs-ml:efa-network-interfaces\]/);
  });

  test('of a type without EFA are an error', () => {
    expect(() => new LaunchTemplateEfa({ instanceType: NeuronInstanceType.INF2_XLARGE })).toThrow(
      /^LaunchTemplateEfa: `instanceType` needs an instance type with Elastic Fabric Adapter \(EFA\), got: inf2.xlarge, which has none. Use inf1.24xlarge, /,
    );
  });

  test('leaves other constructs alone', () => {
    const { vpc } = newStackWithVpc();
    expect(mixin.supports(vpc)).toBe(false);
  });
});

describe('TaskDefinitionEfa', () => {
  const mixin = new TaskDefinitionEfa({ instanceType: TRN2_3 });
  const image = ecs.ContainerImage.fromRegistry('train');
  const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'train' });
  const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'train' } };
  const device = { HostPath: '/dev/infiniband/uverbs0', ContainerPath: '/dev/infiniband/uverbs0', Permissions: ['read', 'write', 'mknod'] };
  const variables = [
    { Name: 'FI_PROVIDER', Value: 'efa' },
    { Name: 'FI_EFA_USE_DEVICE_RDMA', Value: '1' },
  ];
  const memlock = { Name: 'memlock', SoftLimit: -1, HardLimit: -1 };

  function containersOf(stack: Stack) {
    return Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions;
  }

  function newTask(container: Partial<ecs.CfnTaskDefinition.ContainerDefinitionProperty>): Stack {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [{ name: 'train', image: 'train', logConfiguration, memory: 512, ...container }],
    }).with(mixin);
    return stack;
  }

  test('of a user’s own L2, also when its containers come later', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task', { networkMode: ecs.NetworkMode.HOST });
    task.with(mixin);
    const container = task.addContainer('Train', { image, logging, memoryLimitMiB: 512, environment: { MODEL: 'llama' } });
    container.addUlimits({ name: ecs.UlimitName.NOFILE, softLimit: 65536, hardLimit: 65536 });
    task.addContainer('Sidecar', { image, logging, memoryLimitMiB: 64 });
    const [train, sidecar] = containersOf(stack);
    expect(train.LinuxParameters.Devices).toEqual([device]);
    expect(train.Environment).toEqual([{ Name: 'MODEL', Value: 'llama' }, ...variables]);
    expect(train.Ulimits).toEqual([{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }, memlock]);
    expect(sidecar.Ulimits).toBeUndefined();
    expect(sidecar.Environment).toBeUndefined();
  });

  test('of an L1, beside its own devices', () => {
    const [train] = containersOf(newTask({ linuxParameters: { devices: [{ hostPath: '/dev/fuse' }], initProcessEnabled: true } }));
    expect(train.LinuxParameters).toEqual({ Devices: [{ HostPath: '/dev/fuse' }, device], InitProcessEnabled: true });
    expect(train.Ulimits).toEqual([memlock]);
  });

  test('leaves alone what says the same', () => {
    const own = { hostPath: '/dev/infiniband/uverbs0' };
    const [train] = containersOf(
      newTask({
        environment: [{ name: 'FI_PROVIDER', value: 'efa' }],
        ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: -1 }],
        linuxParameters: { devices: [own] },
      }),
    );
    expect(train.LinuxParameters.Devices).toEqual([{ HostPath: own.hostPath }]);
    expect(train.Environment).toEqual(variables);
    expect(train.Ulimits).toEqual([memlock]);
  });

  test('leaves alone what is known when it is deployed', () => {
    const stack = newStack();
    const provider = new CfnParameter(stack, 'Provider').valueAsString;
    const limit = new CfnParameter(stack, 'Limit', { type: 'Number' }).valueAsNumber;
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [
        {
          ...{ name: 'train', image: 'train', logConfiguration, memory: 512 },
          environment: [{ name: 'FI_PROVIDER', value: provider }],
          ulimits: [{ name: 'memlock', softLimit: limit, hardLimit: limit }],
        },
      ],
    }).with(mixin);
    const [train] = containersOf(stack);
    expect(train.Environment).toEqual([{ Name: 'FI_PROVIDER', Value: { Ref: 'Provider' } }, variables[1]]);
    expect(train.Ulimits).toEqual([{ Name: 'memlock', SoftLimit: { Ref: 'Limit' }, HardLimit: { Ref: 'Limit' } }]);
  });

  test('twice is an error', () => {
    const stack = newTask({});
    (stack.node.findChild('Task') as ecs.CfnTaskDefinition).with(mixin);
    expect(() => synth(stack)).toThrow(/`TaskDefinitionEfa` is applied twice to container train.*mixin-once/);
  });

  test('of the named container', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('First', { image, logging, memoryLimitMiB: 64 });
    task.addContainer('Second', { image, logging, memoryLimitMiB: 64 });
    task.with(new TaskDefinitionEfa({ instanceType: TRN1, containerName: 'Second' }));
    const [first, second] = containersOf(stack);
    expect(first.LinuxParameters).toBeUndefined();
    expect(second.LinuxParameters.Devices).toHaveLength(8);
  });

  test('of a container that does not exist is an error', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Train', { image, logging, memoryLimitMiB: 64 });
    task.with(new TaskDefinitionEfa({ instanceType: TRN1, containerName: 'Tarin' }));
    expect(() => synth(stack)).toThrow(/No container is called Tarin/);
  });

  const path = '/dev/infiniband/uverbs0';
  test.each<[string, Partial<ecs.CfnTaskDefinition.ContainerDefinitionProperty>, RegExp]>([
    [
      'another provider',
      { environment: [{ name: 'FI_PROVIDER', value: 'tcp' }] },
      /Container train sets FI_PROVIDER to tcp, but EFA needs efa/,
    ],
    [
      'the provider as a secret',
      { secrets: [{ name: 'FI_PROVIDER', valueFrom: 'arn:aws:ssm:us-east-1:111111111111:parameter/p' }] },
      /sets FI_PROVIDER to a secret, but EFA needs efa/,
    ],
    ['a soft limit', { ulimits: [{ name: 'memlock', softLimit: 64, hardLimit: -1 }] }, /limit memlock to 64 and -1/],
    ['a hard limit', { ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: 64 }] }, /limit memlock to -1 and 64/],
    [
      'another path',
      { linuxParameters: { devices: [{ hostPath: path, containerPath: '/dev/efa' }] } },
      /`linuxParameters` of container train map \/dev\/infiniband\/uverbs0 to another path, or without read, write, mknod/,
    ],
    [
      'fewer permissions',
      { linuxParameters: { devices: [{ hostPath: path, permissions: ['read', 'write'] }] } },
      /or without read, write, mknod/,
    ],
  ])('beside %s is an error', (_, container, message) => {
    expect(() => synth(newTask(container))).toThrow(message);
    expect(() => synth(newTask(container))).toThrow(/\[cdk-ecs-ml:efa-container\]/);
  });

  test('beside RDMA where the interface has none is an error', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Train', { image, logging, memoryLimitMiB: 64, environment: { FI_EFA_USE_DEVICE_RDMA: '1' } });
    task.with(new TaskDefinitionEfa({ instanceType: NeuronInstanceType.INF1_24_XLARGE }));
    expect(() => synth(stack)).toThrow(/the EFA interface of the instance type does not support RDMA, so libfabric would end the process/);
  });

  test('of a type without EFA is an error', () => {
    expect(() => new TaskDefinitionEfa({ instanceType: NeuronInstanceType.TRN1_2_XLARGE })).toThrow(
      /^TaskDefinitionEfa: `instanceType` needs an instance type with Elastic Fabric Adapter \(EFA\), got: trn1.2xlarge/,
    );
  });

  test('comes with the mixins of a pool with EFA', () => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: TRN2_3, efa: true });
    expect(capacity.taskDefinitionMixins().filter((one) => one instanceof TaskDefinitionEfa)).toHaveLength(1);
    expect(capacity.efaInterfaces).toBe(1);
  });
});
