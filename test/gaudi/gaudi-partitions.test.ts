import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Size, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GaudiCapacity, GaudiCapacityAttributes, GaudiCapacityProps, GaudiMachineImage, GaudiService, GaudiServiceProps } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';

const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
const env = { account: '111111111111', region: 'us-east-1' };
const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('gaudi-server'),
  portMappings: [{ containerPort: 8080 }],
};

function pool(props: Partial<GaudiCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc({ env });
  const capacity = new GaudiCapacity(stack, 'Pool', { vpc, machineImage, partitions: [4, 4], ...props });
  Validations.of(capacity).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'all of 1.21' });
  return { stack, vpc, capacity };
}

function onPartition(props: Partial<GaudiServiceProps> = {}, poolProps: Partial<GaudiCapacityProps> = {}) {
  const made = pool(poolProps);
  return { ...made, service: new GaudiService(made.stack, 'Bert', { capacity: made.capacity.partition(1), container, ...props }) };
}

const tasks = (template: Template) => Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);
const udp = (ports: number[]) => ports.map((port) => ({ ContainerPort: port, HostPort: port, Protocol: 'udp' }));
const variable = (task: { ContainerDefinitions: { Environment: { Name: string; Value: string }[] }[] }, name: string) =>
  task.ContainerDefinitions[0].Environment.find(({ Name }) => Name === name)?.Value;

describe('two services on the partitions of a pool', () => {
  const { stack, capacity } = pool();
  new GaudiService(stack, 'Left', { capacity: capacity.partition(0), container });
  new GaudiService(stack, 'Right', { capacity: capacity.partition(1), container });
  const template = synth(stack);
  const [left, right] = tasks(template);

  test('see the chips of theirs and no others', () => {
    expect([left, right].map((task) => variable(task, 'HABANA_VISIBLE_DEVICES'))).toEqual(['0,1,2,3', '4,5,6,7']);
  });

  test('take a port of the host for each chip, in bridge mode', () => {
    const own = { ContainerPort: 8080, HostPort: 0, Protocol: 'tcp' };
    expect([left.NetworkMode, right.NetworkMode]).toEqual(['bridge', 'bridge']);
    expect(left.ContainerDefinitions[0].PortMappings).toEqual([own, ...udp([29200, 29201, 29202, 29203])]);
    expect(right.ContainerDefinitions[0].PortMappings).toEqual([own, ...udp([29204, 29205, 29206, 29207])]);
  });

  test('have half of the host each, and its IPC namespace', () => {
    for (const task of [left, right]) {
      expect(task.ContainerDefinitions[0]).toMatchObject({ Cpu: 48 * 1024, MemoryReservation: Math.floor((768 * 1024 * 0.925) / 2) });
      expect(task.IpcMode).toBe('host');
    }
  });

  test('are on the capacity provider and hosts of the pool, and say nothing', () => {
    template.resourceCountIs('AWS::ECS::CapacityProvider', 1);
    expect(right.PlacementConstraints).toEqual(left.PlacementConstraints);
    expect(right.PlacementConstraints[1].Expression).toBe('attribute:ecs.instance-type == dl1.24xlarge');
    expect(warnings(stack)).toEqual([]);
  });
});

describe('a partition', () => {
  test('is the same object each time, and not divided further', () => {
    const { capacity } = pool();
    expect(capacity.partition(1)).toBe(capacity.partition(1));
    expect(() => capacity.partition(1).partition(0)).toThrow(/Stack\/Pool\/Partition1: `partition` needs a pool with `partitions`/);
  });

  test('that the pool does not have is an error', () => {
    expect(() => pool().capacity.partition(2)).toThrow(/got: 2. The pool has: 0 \(chips 0 to 3\), 1 \(chips 4 to 7\)/);
    expect(() => pool({ partitions: undefined }).capacity.partition(0)).toThrow(/this pool has none, got: 0. Use the pool itself/);
  });

  test('that nobody named is an error', () => {
    const { stack, capacity } = pool();
    expect(() => new GaudiService(stack, 'Bert', { capacity, container })).toThrow(
      /^Stack\/Bert: `capacity` Stack\/Pool is divided into partitions.*Use one of them, for example `capacity: pool.partition\(0\)`/,
    );
  });

  test('in host mode keeps its ports', () => {
    const [task] = tasks(synth(onPartition({ networkMode: ecs.NetworkMode.HOST }).stack));
    expect(task.NetworkMode).toBe('host');
    expect(task.ContainerDefinitions[0].PortMappings.slice(1)).toEqual(udp([29204, 29205, 29206, 29207]));
  });

  test('in awsvpc mode is an error', () => {
    expect(() => onPartition({ networkMode: ecs.NetworkMode.AWS_VPC })).toThrow(
      /of tasks that take a partition must be bridge or host, got: awsvpc/,
    );
  });

  test('has shared memory of the host, so asking for some is an error', () => {
    expect(() => synth(onPartition({ sharedMemorySize: Size.gibibytes(1) }).stack)).toThrow(/no effect with `ipcMode` host/);
  });

  test('owns its chips', () => {
    const environment = { HABANA_VISIBLE_DEVICES: '0' };
    expect(() => onPartition({ container: { ...container, environment } })).toThrow(/must not set HABANA_VISIBLE_DEVICES/);
  });

  test.each([
    [[3, 5], /`devices` or `partitions` select chips \[3, 4, 5, 6, 7\] of dl1.24xlarge.*cdk-ecs-ml:gaudi-part-of-host/],
    [[1, 2], /chips \[1, 2\] of dl1.24xlarge/],
  ])('of %j that the vendor does not support is a warning', (partitions, message) => {
    expect(warnings(onPartition({}, { partitions }).stack)).toEqual([expect.stringMatching(message)]);
  });
});

describe('a wrong division is an error', () => {
  test.each<[Partial<GaudiCapacityProps>, RegExp]>([
    [{ partitions: [4, 5] }, /^Stack\/Pool: `partitions` together must be at most the 8 chips of dl1.24xlarge, got: \[4, 5\], which is 9/],
    [{ partitions: [] }, /`partitions` must have at least one entry, each a positive whole number of chips/],
    [{ partitions: undefined, firstReservedPort: 20000 }, /`firstReservedPort` has no effect without `partitions`/],
  ])('%j', (props, message) => expect(() => pool(props)).toThrow(message));

  test('what is not known at synth', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const chips = new CfnParameter(stack, 'Chips', { type: 'Number' }).valueAsNumber;
    expect(() => new GaudiCapacity(stack, 'Pool', { vpc, machineImage, partitions: [chips] })).toThrow(/must be known at synth/);
  });
});

describe('imported', () => {
  function imported(more: Partial<GaudiCapacityAttributes> = {}) {
    const { stack, vpc } = newStackWithVpc({ env });
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0')];
    const attributes = { cluster, capacityProviderName: 'dl1-pool', securityGroups, ...more };
    return { stack, capacity: GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Pool', attributes) };
  }

  test('a pool of another app takes a service with whole hosts', () => {
    const { stack, capacity } = imported();
    new GaudiService(stack, 'Bert', { capacity, container });
    const template = synth(stack);
    const [task] = tasks(template);
    expect([task.NetworkMode, task.ContainerDefinitions[0].Cpu]).toEqual(['host', 96 * 1024]);
    expect(variable(task, 'HABANA_VISIBLE_DEVICES')).toBe('all');
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: 'dl1-pool', Weight: 1 }],
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
  });

  test('and services on its partitions', () => {
    const { stack, capacity } = imported({ partitions: [4, 4], firstReservedPort: 20000 });
    new GaudiService(stack, 'Bert', { capacity: capacity.partition(1), container });
    const [task] = tasks(synth(stack));
    expect(variable(task, 'HABANA_VISIBLE_DEVICES')).toBe('4,5,6,7');
    expect(task.ContainerDefinitions[0].PortMappings.slice(1)).toEqual(udp([20004, 20005, 20006, 20007]));
    expect(capacity.partition(1)).toBe(capacity.partition(1));
  });

  test('is checked alike', () => {
    expect(() => imported({ partitions: [9] })).toThrow(/^Stack\/Pool: `partitions` together must be at most the 8 chips/);
    expect(() => imported({ firstReservedPort: 20000 })).toThrow(/`firstReservedPort` has no effect without `partitions`/);
    expect(() => imported().capacity.partition(0)).toThrow(/Stack\/Pool: `partition` needs a pool with `partitions`/);
  });

  test('tells tasks of its EFA', () => {
    const { stack, capacity } = imported({ efa: true });
    new GaudiService(stack, 'Bert', { capacity, container });
    expect(variable(tasks(synth(stack))[0], 'FI_PROVIDER')).toBe('efa');
  });
});

describe('EFA', () => {
  function withEfa() {
    const { stack, vpc } = newStackWithVpc({ env });
    const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
    const capacity = new GaudiCapacity(stack, 'Pool', { vpc, vpcSubnets, machineImage, efa: true });
    new GaudiService(stack, 'Bert', { capacity, container });
    return stack;
  }

  test('gives hosts an interface on each network card, and tasks the devices beside the chips', () => {
    const template = synth(withEfa());
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
    const types = Properties.LaunchTemplateData.NetworkInterfaces.map(({ InterfaceType }: { InterfaceType: string }) => InterfaceType);
    expect(types).toEqual(['interface', 'efa-only', 'efa-only', 'efa-only', 'efa-only']);
    const [task] = tasks(template);
    expect(task.NetworkMode).toBe('host');
    expect(task.ContainerDefinitions[0].Ulimits).toEqual([{ Name: 'memlock', SoftLimit: -1, HardLimit: -1 }]);
    expect(task.ContainerDefinitions[0].LinuxParameters.Devices.map(({ HostPath }: { HostPath: string }) => HostPath)).toEqual(
      [0, 1, 2, 3].map((index) => `/dev/infiniband/uverbs${index}`),
    );
    expect(['HABANA_VISIBLE_DEVICES', 'FI_PROVIDER', 'FI_EFA_USE_DEVICE_RDMA'].map((name) => variable(task, name))).toEqual([
      'all',
      'efa',
      '1',
    ]);
  });

  test('is a warning on dl1, on which pages disagree', () => {
    expect(warnings(withEfa())).toContainEqual(
      expect.stringMatching(/`efa` may not work on dl1.24xlarge.*RDMAV_FORK_SAFE=1.*cdk-ecs-ml:gaudi-efa/),
    );
  });
});
