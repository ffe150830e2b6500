import { aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs, aws_logs as logs, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  NeuronCapacity,
  NeuronCapacityAttributes,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronRuntime,
  NeuronService,
  NeuronServiceProps,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const { INF1_XLARGE, INF1_6_XLARGE, INF2_XLARGE } = NeuronInstanceType;
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

function taskOf(stack: Stack) {
  return Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties;
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
    const older = ec2.MachineImage.fromSsmParameter(AL2.replace('recommended', 'amzn2-ami-ecs-inf-hvm-2.0.20220921-x86_64-ebs'));
    expect(warnings(pool({ machineImage: older }).stack)).toEqual([expect.stringContaining('Make sure that the image of the hosts')]);
    expect(warnings(pool().stack)).toEqual([expect.stringMatching(/The newest image has a newer driver, so pin an older image/)]);
  });

  test.each<[string, Partial<NeuronCapacityProps>, RegExp]>([
    ['another type', { instanceType: INF2_XLARGE }, /`neuronRuntime` NEURON_RTD is only for Inf1, got: inf2.xlarge.*neuron-rtd-host/],
    ['Trainium', { instanceType: NeuronInstanceType.TRN1_2_XLARGE }, /NEURON_RTD is only for Inf1, got: trn1.2xlarge/],
    [
      'several tasks a host',
      { instanceType: INF1_6_XLARGE, tasksPerInstance: 4 },
      /`tasksPerInstance` must be 1 with `neuronRuntime` NEURON_RTD, got: 4/,
    ],
    [
      'the Amazon Linux 2023 image',
      { machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON) },
      /`machineImage` .*amazon-linux-2023\/neuron.* is not for inf1.xlarge: it lacks what NEURON_RTD needs/,
    ],
    [
      'a DLAMI',
      { machineImage: ec2.MachineImage.resolveSsmParameterAtLaunch('/aws/service/neuron/dlami/base/ubuntu-24.04/latest/image_id') },
      /it lacks what NEURON_RTD needs/,
    ],
    [
      'an image of a daemon that is not there',
      { neuronRuntime: undefined, neuronRtdImage: 'rtd' },
      /`neuronRtdImage` has no effect without `neuronRuntime`/,
    ],
    [
      'an image of a daemon beside libnrt',
      { neuronRuntime: LIBNRT, neuronRtdImage: 'rtd' },
      /`neuronRtdImage` has no effect without `neuronRuntime`/,
    ],
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
    ['another type', { instanceType: INF2_XLARGE }, /^Stack\/Pool: `neuronRuntime` NEURON_RTD is only for Inf1/],
    ['several tasks a host', { instanceType: INF1_6_XLARGE, tasksPerInstance: 2 }, /`tasksPerInstance` must be 1 with/],
    ['an image of a daemon that is not there', { neuronRuntime: undefined }, /`neuronRtdImage` has no effect without `neuronRuntime`/],
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
    expect(main).toMatchObject({ Cpu: 4096, MemoryReservation: 6577 - Math.floor(6577 / 4) });
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

  test('keeps them in a given log group, or where logging of its own writes to CloudWatch Logs; else the daemon has none', () => {
    const { stack, capacity } = pool();
    const logGroup = new logs.LogGroup(stack, 'Logs');
    new NeuronService(stack, 'Service', { capacity, container, logGroup });
    expect(taskOf(stack).ContainerDefinitions[1].LogConfiguration.Options['awslogs-group']).toEqual(stack.resolve(logGroup.logGroupName));
    const own = service({ container: { ...container, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'own' }) } });
    const [main, daemon] = taskOf(own.stack).ContainerDefinitions;
    expect(daemon.LogConfiguration.Options).toEqual({ ...main.LogConfiguration.Options, 'awslogs-stream-prefix': 'neuron-rtd' });
    const elsewhere = service({ container: { ...container, logging: ecs.LogDrivers.fluentd() } });
    expect(taskOf(elsewhere.stack).ContainerDefinitions[1].LogConfiguration).toBeUndefined();
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
    expect(() => service({ container: { ...container, containerName: 'neuron-rtd' } })).toThrow(/A container is already called neuron-rtd/);
  });

  test('more memory than the daemon leaves is an error', () => {
    const { stack } = service({ container: { ...container, memoryLimitMiB: 7000 } });
    expect(() => synth(stack)).toThrow(/need 8000 MiB of memory: main \(7000\), neuron-rtd \(1000\). The slice has 7577 MiB/);
  });
});

test('tasks of different partitions have a daemon each, with the chips of the partition and a socket of its own', () => {
  const { stack, capacity } = pool({ instanceType: INF1_6_XLARGE, partitions: [1, 3] });
  for (const index of [0, 1]) new NeuronService(stack, `Service${index}`, { capacity: capacity.partition(index), container });
  const tasks = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);
  expect(tasks.map((task) => task.ContainerDefinitions[1].Environment[0].Value)).toEqual(['0', '1,2,3']);
  expect(tasks.map((task) => task.Volumes[0].Host.SourcePath)).toEqual(['/tmp/sock-0-0', '/tmp/sock-1-3']);
  expect(warnings(stack)).toEqual([expect.stringContaining('neuron-rtd-legacy')]);
});

describe('sidecars of a user', () => {
  test('with SYS_ADMIN get a warning beside the daemon, which gets none', () => {
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
