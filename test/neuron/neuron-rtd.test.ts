import { aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs, aws_logs as logs, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  NeuronCapacity,
  NeuronCapacityAttributes,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronRuntime,
  NeuronService,
  NeuronServiceProps,
  TaskDefinitionNeuronDevices,
  TaskDefinitionNeuronRtd,
  TaskDefinitionNeuronRtdProps,
  TaskDefinitionSlice,
} from '../../src';
import { container, newStack, newStackWithVpc, synth, warnings } from '../support';

const { INF1_XLARGE, INF1_6XLARGE, INF2_XLARGE } = NeuronInstanceType;
const { NEURON_RTD, LIBNRT } = NeuronRuntime;
const AL2 = '/aws/service/ecs/optimized-ami/amazon-linux-2/inf/recommended/image_id';
const AL2023 = '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id';

function pool(props: Partial<NeuronCapacityProps> = {}, stackProps = {}): { stack: Stack; capacity: NeuronCapacity } {
  const { stack, vpc } = newStackWithVpc(stackProps);
  return { stack, capacity: new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF1_XLARGE, neuronRuntime: NEURON_RTD, ...props }) };
}

function service(props: Partial<NeuronServiceProps> = {}, poolProps: Partial<NeuronCapacityProps> = {}, stackProps = {}) {
  const { stack, capacity } = pool(poolProps, stackProps);
  return { stack, capacity, service: new NeuronService(stack, 'Service', { capacity, container, ...props }) };
}

function taskOf(stack: Stack, ...accepted: string[]) {
  return Object.values(synth(stack, ...accepted).findResources('AWS::ECS::TaskDefinition'))[0].Properties;
}

function imageOf(stack: Stack): string {
  const template = synth(stack);
  const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
  return template.toJSON().Parameters[Properties.LaunchTemplateData.ImageId.Ref].Default;
}

describe('a pool with the daemon', () => {
  test('starts from the Amazon Linux 2 image for Inferentia; one without from Amazon Linux 2023, and says nothing', () => {
    expect(imageOf(pool().stack)).toBe(AL2);
    const { stack } = pool({ neuronRuntime: LIBNRT });
    expect(imageOf(stack)).toBe(AL2023);
    expect(warnings(stack)).toEqual([]);
    expect(imageOf(pool({ neuronRuntime: undefined }).stack)).toBe(AL2023);
  });

  test('sets nothing on the hosts: drivers with a kernel module manage huge pages by themselves', () => {
    const [{ Properties }] = Object.values(synth(pool().stack).findResources('AWS::EC2::LaunchTemplate'));
    expect(JSON.stringify(Properties.LaunchTemplateData.UserData)).not.toContain('hugepages');
  });

  test('warns once, with another end where the user pinned the image', () => {
    const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
    const env = { account: '111111111111', region: 'us-east-1' };
    expect(warnings(pool({ machineImage }, { env }).stack)).toEqual([
      expect.stringMatching(/Make sure that the image of the hosts has an older driver.*neuron-rtd-legacy/),
    ]);
    const older = ec2.MachineImage.resolveSsmParameterAtLaunch(AL2.replace('recommended', 'amzn2-ami-ecs-inf-hvm-2.0.20220921-x86_64-ebs'));
    expect(warnings(pool({ machineImage: older }).stack)).toEqual([expect.stringContaining('Make sure that the image of the hosts')]);
    expect(warnings(pool().stack)).toEqual([expect.stringMatching(/The newest image has a newer driver: pin an older one/)]);
  });

  test.each<[string, Partial<NeuronCapacityProps>, RegExp]>([
    ['another type', { instanceType: INF2_XLARGE }, /`neuronRuntime` NEURON_RTD is for Inf1 only, got: inf2.xlarge.*neuron-rtd-host/],
    ['Trainium', { instanceType: NeuronInstanceType.TRN1_2XLARGE }, /NEURON_RTD is for Inf1 only, got: trn1.2xlarge/],
    [
      'several tasks a host',
      { instanceType: INF1_6XLARGE, tasksPerInstance: 4 },
      /`tasksPerInstance` must be 1 with `neuronRuntime` NEURON_RTD, got: 4/,
    ],
    [
      'the Amazon Linux 2023 image',
      { machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON) },
      /`machineImage` .*amazon-linux-2023\/neuron.* is not for inf1.xlarge: it has not what NEURON_RTD needs/,
    ],
    [
      'a DLAMI',
      { machineImage: ec2.MachineImage.resolveSsmParameterAtLaunch('/aws/service/neuron/dlami/base/ubuntu-24.04/latest/image_id') },
      /it has not what NEURON_RTD needs/,
    ],
    [
      'an image of a daemon that is not there',
      { neuronRuntime: undefined, neuronRtdImage: 'rtd' },
      /`neuronRtdImage` is for `neuronRuntime`/,
    ],
    ['an image of a daemon beside libnrt', { neuronRuntime: LIBNRT, neuronRtdImage: 'rtd' }, /`neuronRtdImage` is for `neuronRuntime`/],
  ])('%s is an error', (_, props, message) => {
    expect(() => pool(props)).toThrow(message);
  });
});

describe('an imported pool with the daemon', () => {
  function imported(attributes: Partial<NeuronCapacityAttributes> = {}) {
    const { stack, vpc } = newStackWithVpc();
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc }),
      capacityProviderName: 'inf1-pool',
      instanceType: INF1_XLARGE,
      neuronRuntime: NEURON_RTD,
      neuronRtdImage: 'neuron-rtd:1.0.8444.0',
      ...attributes,
    });
    return { stack, capacity };
  }

  test('gives its tasks the daemon, and warns once', () => {
    const { stack, capacity } = imported();
    new NeuronService(stack, 'Service', { capacity, container });
    expect(taskOf(stack).ContainerDefinitions).toMatchObject([{ Name: 'main' }, { Name: 'neuron-rtd', Image: 'neuron-rtd:1.0.8444.0' }]);
    expect(warnings(stack)).toEqual([expect.stringContaining('neuron-rtd-legacy')]);
  });

  test.each<[string, Partial<NeuronCapacityAttributes>, RegExp]>([
    ['another type', { instanceType: INF2_XLARGE }, /^Stack\/Pool: `neuronRuntime` NEURON_RTD is for Inf1 only/],
    ['several tasks a host', { instanceType: INF1_6XLARGE, tasksPerInstance: 2 }, /`tasksPerInstance` must be 1 with/],
    ['an image of a daemon that is not there', { neuronRuntime: undefined }, /`neuronRtdImage` is for `neuronRuntime`/],
  ])('%s is an error', (_, attributes, message) => {
    expect(() => imported(attributes)).toThrow(message);
  });
});

describe('a service on a pool with the daemon', () => {
  test('maps no devices, and lets ECS count the memory of the daemon', () => {
    const { stack } = service();
    const [main, daemon] = taskOf(stack).ContainerDefinitions;
    expect(main.LinuxParameters.Devices).toBeUndefined();
    expect(main.Environment).toEqual([{ Name: 'NEURON_RTD_ADDRESS', Value: 'unix:/sock/neuron-rtd.sock' }]);
    expect(main).toMatchObject({ Cpu: 4096, MemoryReservation: Math.floor(8192 * 0.925) - 1000 });
    expect(daemon).toMatchObject({ Cpu: 0, MemoryReservation: 1000, Essential: true });
  });

  test('keeps the logs of the daemon beside its own', () => {
    const { stack } = service();
    const [main, daemon] = taskOf(stack).ContainerDefinitions;
    expect(daemon.LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: { ...main.LogConfiguration.Options, 'awslogs-stream-prefix': 'neuron-rtd' },
    });
    expect(main.LogConfiguration.Options['awslogs-stream-prefix']).toBe('main');
  });

  test('keeps them in a given log group; with logging of its own the daemon has none', () => {
    const { stack, capacity } = pool();
    const logGroup = new logs.LogGroup(stack, 'Logs');
    new NeuronService(stack, 'Service', { capacity, container, logGroup });
    expect(taskOf(stack).ContainerDefinitions[1].LogConfiguration.Options['awslogs-group']).toEqual(stack.resolve(logGroup.logGroupName));
    const own = service({ container: { ...container, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'own' }) } });
    expect(taskOf(own.stack).ContainerDefinitions[1].LogConfiguration).toBeUndefined();
  });

  test.each([
    [undefined, 'us-east-1', 'us-east-1'],
    [undefined, 'us-west-2', 'us-west-2'],
    [undefined, undefined, 'us-east-1'],
    ['111111111111.dkr.ecr.eu-west-1.amazonaws.com/neuron-rtd:1.0', 'eu-west-1', 'eu-west-1'],
  ])('may pull the image of the daemon: %s in %s', (neuronRtdImage, region, from) => {
    const { stack } = service({}, { neuronRtdImage }, { env: { account: '111111111111', region } });
    const image = taskOf(stack).ContainerDefinitions[1].Image;
    expect(image).toBe(neuronRtdImage ?? `790709498068.dkr.ecr.${from}.amazonaws.com/neuron-rtd:latest`);
    const arn = `:ecr:${from}:${image.slice(0, 12)}:repository/neuron-rtd`;
    synth(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
            Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, arn]] },
          }),
        ]),
      },
    });
  });

  test('takes an image that is not known at synth', () => {
    const { stack, vpc } = newStackWithVpc();
    const repository = new ecr.Repository(stack, 'Rtd');
    const capacity = new NeuronCapacity(stack, 'Pool', {
      ...{ vpc, instanceType: INF1_XLARGE, neuronRuntime: NEURON_RTD },
      neuronRtdImage: repository.repositoryUriForTag('1.0'),
    });
    new NeuronService(stack, 'Service', { capacity, container });
    expect(taskOf(stack).ContainerDefinitions[1].Image).toEqual({ 'Fn::Join': ['', expect.arrayContaining([':1.0'])] });
  });

  test('in a Region of another partition needs an image of its own', () => {
    const env = { account: '111111111111', region: 'us-gov-west-1' };
    expect(() => service({}, {}, { env })).toThrow(/can't be pulled in us-gov-west-1.*`neuronRtdImage`/);
    expect(taskOf(service({}, { neuronRtdImage: 'rtd' }, { env }).stack).ContainerDefinitions[1].Image).toBe('rtd');
  });

  test('a container that contradicts the daemon throws where it is given', () => {
    const environment = { NEURON_RTD_ADDRESS: 'unix:/elsewhere' };
    expect(() => service({ container: { ...container, environment } })).toThrow(
      /^Stack\/Service: `environment` of container main must not set NEURON_RTD_ADDRESS/,
    );
    expect(() => service({ container: { ...container, containerName: 'neuron-rtd' } })).toThrow(/A container is called neuron-rtd already/);
  });

  test('more memory than the daemon leaves is an error', () => {
    const { stack } = service({ container: { ...container, memoryLimitMiB: 7000 } });
    expect(() => synth(stack)).toThrow(/ask for 8000 MiB of memory: main \(7000\), neuron-rtd \(1000\). The slice has 7577 MiB/);
  });
});

describe('sidecars of a user', () => {
  test('may be pulled from a private registry by address, in each service', () => {
    const { stack, vpc } = newStackWithVpc();
    const one = new NeuronService(stack, 'Service', { vpc, instanceType: INF2_XLARGE, container });
    one.taskDefinition.addContainer('Side', {
      image: ecs.ContainerImage.fromRegistry('111111111111.dkr.ecr.us-east-1.amazonaws.com/team/side:1'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'side' }),
      memoryReservationMiB: 64,
    });
    synth(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:us-east-1:111111111111:repository/team/side']] },
          }),
        ]),
      },
    });
  });

  test('with SYS_ADMIN still get a warning beside the daemon, which gets none', () => {
    const { stack, service: made } = service();
    const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
    linuxParameters.addCapabilities(ecs.Capability.SYS_ADMIN);
    const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'side' });
    made.taskDefinition.addContainer('Side', {
      ...{ image: ecs.ContainerImage.fromRegistry('side'), logging, memoryReservationMiB: 64, linuxParameters },
    });
    expect(warnings(stack)).toEqual([
      expect.stringContaining('neuron-rtd-legacy'),
      expect.stringMatching(/Container Side has the capability SYS_ADMIN/),
    ]);
  });
});

describe('TaskDefinitionNeuronRtd', () => {
  const NO_LOGGING = 'AwsSolutions-ECS7';
  const model = { name: 'model', image: 'model', memory: 64 };

  function l1(props: Partial<ecs.CfnTaskDefinitionProps>, mixin: Partial<TaskDefinitionNeuronRtdProps> = {}): Stack {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions: [model], ...props }).with(
      new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE, ...mixin }),
    );
    return stack;
  }

  test('keeps what the containers and the task have', () => {
    const task = taskOf(
      l1({
        containerDefinitions: [
          { name: 'init', image: 'init', memory: 64, essential: false },
          {
            ...model,
            dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }],
            environment: [{ name: 'MODEL', value: 'bert' }],
            mountPoints: [{ sourceVolume: 'models', containerPath: '/models' }],
          },
        ],
        volumes: [{ name: 'models' }],
      }),
      NO_LOGGING,
    );
    expect(task.ContainerDefinitions.map(({ Name }: { Name: string }) => Name)).toEqual(['init', 'model', 'neuron-rtd']);
    expect(task.ContainerDefinitions[0].DependsOn).toBeUndefined();
    expect(task.ContainerDefinitions[1]).toMatchObject({
      DependsOn: [
        { ContainerName: 'init', Condition: 'SUCCESS' },
        { ContainerName: 'neuron-rtd', Condition: 'START' },
      ],
      Environment: [{ Name: 'MODEL', Value: 'bert' }, { Name: 'NEURON_RTD_ADDRESS' }],
      MountPoints: [{ SourceVolume: 'models' }, { SourceVolume: 'sock', ContainerPath: '/sock' }],
    });
    expect(task.Volumes).toEqual([{ Name: 'models' }, { Name: 'sock', Host: { SourcePath: '/tmp/sock' } }]);
  });

  test('works on an L2 whose containers and volumes come later', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE, containerName: 'Model' }));
    task.addContainer('Other', { image: ecs.ContainerImage.fromRegistry('other'), memoryLimitMiB: 64 });
    task.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('model'), memoryLimitMiB: 64 });
    task.addVolume({ name: 'models' });
    const { ContainerDefinitions, Volumes } = taskOf(stack, NO_LOGGING);
    expect(ContainerDefinitions).toHaveLength(3);
    expect(ContainerDefinitions[0].DependsOn).toBeUndefined();
    expect(ContainerDefinitions[1].DependsOn).toEqual([{ ContainerName: 'neuron-rtd', Condition: 'START' }]);
    expect(Volumes).toHaveLength(2);
  });

  test('gives the daemon the devices asked for, and tasks that share a host different folders', () => {
    const { ContainerDefinitions, Volumes } = taskOf(l1({}, { devices: [3, 2] }), NO_LOGGING);
    expect(ContainerDefinitions[1].Environment).toEqual([{ Name: 'AWS_NEURON_VISIBLE_DEVICES', Value: '2,3' }]);
    expect(Volumes).toEqual([{ Name: 'sock', Host: { SourcePath: '/tmp/sock-2-3' } }]);
  });

  test('is followed by the slice, which sees the daemon', () => {
    const { stack, capacity } = pool();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('model'), memoryLimitMiB: 512 });
    const mixins = capacity.taskDefinitionMixins();
    expect(mixins.map(({ constructor }) => constructor)).toEqual([TaskDefinitionNeuronRtd, TaskDefinitionSlice]);
    task.with(...mixins);
    expect(taskOf(stack, NO_LOGGING).ContainerDefinitions).toMatchObject([{ Cpu: 4096 }, { Cpu: 0 }]);
  });

  test('warns where no pool does', () => {
    expect(warnings(l1({}))).toEqual([expect.stringMatching(/^TaskDefinitionNeuronRtd is right only for .*neuron-rtd-legacy/)]);
  });

  test.each<[string, Partial<ecs.CfnTaskDefinitionProps>, RegExp]>([
    [
      'a container of its name',
      { containerDefinitions: [model, { ...model, name: 'neuron-rtd' }] },
      /A container is called neuron-rtd already/,
    ],
    ['a volume of its name', { volumes: [{ name: 'sock' }] }, /A volume is called sock already/],
    [
      'a mount point at its path',
      { containerDefinitions: [{ ...model, mountPoints: [{ sourceVolume: 'v', containerPath: '/sock' }] }], volumes: [{ name: 'v' }] },
      /Container model mounts \/sock already/,
    ],
    ...['NEURON_RTD_ADDRESS', 'AWS_NEURON_VISIBLE_DEVICES', 'NEURON_RT_NUM_CORES', 'NEURON_RT_VISIBLE_CORES'].map(
      (name): [string, Partial<ecs.CfnTaskDefinitionProps>, RegExp] => [
        name,
        { containerDefinitions: [{ ...model, environment: [{ name, value: '0' }] }] },
        new RegExp(`container model must not set ${name}`),
      ],
    ),
    [
      'mapped devices',
      { containerDefinitions: [{ ...model, linuxParameters: { devices: [{ hostPath: '/dev/neuron0' }] } }] },
      /container model must not map \/dev\/neuron0/,
    ],
    ['no container', { containerDefinitions: [] }, /No container is essential/],
    ['Fargate', { requiresCompatibilities: ['EC2', 'FARGATE'] }, /must be compatible with EC2 only, got: FARGATE/],
    ['Managed Instances', { requiresCompatibilities: ['MANAGED_INSTANCES'] }, /EC2 only, got: MANAGED_INSTANCES/],
  ])('%s is an error', (_, props, message) => {
    expect(() => synth(l1(props), NO_LOGGING)).toThrow(message);
  });

  test('devices by the other mixin are an error', () => {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions: [model] })
      .with(new TaskDefinitionNeuronDevices({ instanceType: INF1_6XLARGE }))
      .with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE }));
    expect(() => synth(stack, NO_LOGGING)).toThrow(/container model must not map \/dev\/neuron0/);
  });

  test.each<[string, Partial<TaskDefinitionNeuronRtdProps>, RegExp]>([
    ['another type', { instanceType: INF2_XLARGE }, /^TaskDefinitionNeuronRtd: TaskDefinitionNeuronRtd is for Inf1 only, got: inf2.xlarge/],
    ['a device that the type has not', { devices: [4] }, /`devices` must be indexes that inf1.6xlarge has, 0 to 3/],
    ['a gap', { devices: [0, 2] }, /`devices` must be contiguous/],
    ['no device', { devices: [] }, /`devices` must be indexes/],
  ])('%s is an error', (_, props, message) => {
    expect(() => new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE, ...props })).toThrow(message);
  });

  test('a variable or volume whose name is a token is left alone', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [{ ...model, name, environment: [{ name, value: '0' }] }],
      volumes: [{ name }],
    }).with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE }));
    expect(taskOf(stack, NO_LOGGING).Volumes).toEqual([{ Name: { Ref: 'Name' } }, expect.objectContaining({ Name: 'sock' })]);
  });

  test('leaves other constructs alone', () => {
    const mixin = new TaskDefinitionNeuronRtd({ instanceType: INF1_6XLARGE });
    expect(mixin.supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
  });
});

describe('hosts of Inf1', () => {
  const onInf1 = (props: Partial<NeuronCapacityProps>) => pool({ neuronRuntime: undefined, ...props }, { env: ENV }).stack;
  const ENV = { account: '111111111111', region: 'us-east-1' };
  const pinned = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });

  test('from an image of unknown origin are a warning', () => {
    expect(warnings(onInf1({ machineImage: pinned }))).toEqual([
      expect.stringMatching(/Which Neuron driver `machineImage` has can't be seen. inf1.xlarge needs one of at most 2.24.*frozen-driver/),
    ]);
    expect(warnings(onInf1({ machineImage: pinned, instanceType: INF2_XLARGE }))).toEqual([]);
  });

  test.each([
    ['dnf install -y aws-neuronx-dkms', true],
    ['dnf install -y aws-neuronx-dkms-2.27.4.0', true],
    ['apt-get install aws-neuronx-dkms=2.24.* -y', false],
    ['dnf install -y aws-neuronx-dkms-2.9.4.0', false],
    ['dnf install -y htop', false],
  ])('that run `%s` are a warning: %s', (command, warned) => {
    const found = warnings(onInf1({ userDataCommands: [command] }));
    expect(found).toEqual(warned ? [expect.stringContaining("install a Neuron driver that isn't pinned to 2.24")] : []);
    expect(warnings(onInf1({ userDataCommands: [command], instanceType: INF2_XLARGE }))).toEqual([]);
  });

  test('from a DLAMI are an error', () => {
    const machineImage = ec2.MachineImage.resolveSsmParameterAtLaunch('/aws/service/neuron/dlami/base/ubuntu-24.04/latest/image_id');
    expect(() => onInf1({ machineImage })).toThrow(/Neuron DLAMIs since SDK 2.26.1 don't support Inf1/);
  });
});

test.each([
  [INF1_XLARGE, undefined],
  [INF1_XLARGE, NEURON_RTD],
  [INF2_XLARGE, undefined],
])('commands that edit the configuration of Docker are a warning on %s with runtime %s', (instanceType, neuronRuntime) => {
  const userDataCommands = ['cp /opt/aws/neuron/share/docker-daemon.json /etc/docker/daemon.json', 'systemctl restart docker'];
  const { stack } = pool({ instanceType, neuronRuntime, userDataCommands });
  expect(warnings(stack)).toContainEqual(expect.stringMatching(/`userDataCommands` name \/etc\/docker\/daemon.json.*docker-daemon-config/));
});
