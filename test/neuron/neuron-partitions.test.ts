import { aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elb, CfnParameter, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, NeuronServiceProps, TaskDefinitionSlice } from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const instanceType = NeuronInstanceType.INF2_48_XLARGE;

function pool(props: Partial<NeuronCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  return { stack, vpc, capacity: new NeuronCapacity(stack, 'Pool', { vpc, instanceType, partitions: [8, 4], ...props }) };
}

function onPartition(props: Partial<NeuronServiceProps> = {}, poolProps: Partial<NeuronCapacityProps> = {}) {
  const made = pool(poolProps);
  return { ...made, service: new NeuronService(made.stack, 'Service', { capacity: made.capacity.partition(1), container, ...props }) };
}

const tasks = (template: Template) => Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);
const theService = (template: Template) => Object.values(template.findResources('AWS::ECS::Service'))[0].Properties;
const chipsOf = (task: { ContainerDefinitions: { LinuxParameters: { Devices: { HostPath: string }[] } }[] }) =>
  task.ContainerDefinitions[0].LinuxParameters.Devices.map(({ HostPath }) => HostPath);
const udp = (ports: number[]) => ports.map((port) => ({ ContainerPort: port, HostPort: port, Protocol: 'udp' }));
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('two services on the partitions of a pool', () => {
  const { stack, capacity } = pool();
  new NeuronService(stack, 'Large', { capacity: capacity.partition(0), container });
  new NeuronService(stack, 'Small', { capacity: capacity.partition(1), container });
  const template = synth(stack);
  const [large, small] = tasks(template);

  test('map the chips of theirs and no others, in bridge mode', () => {
    expect(chipsOf(large)).toEqual(numbers(0, 8).map((i) => `/dev/neuron${i}`));
    expect(chipsOf(small)).toEqual(numbers(8, 4).map((i) => `/dev/neuron${i}`));
    expect([large.NetworkMode, small.NetworkMode]).toEqual(['bridge', 'bridge']);
  });

  test('take a port of the host for each chip, after the port of the container', () => {
    const own = { ContainerPort: 8080, HostPort: 0, Protocol: 'tcp' };
    expect(large.ContainerDefinitions[0].PortMappings).toEqual([own, ...udp(numbers(29200, 8))]);
    expect(small.ContainerDefinitions[0].PortMappings).toEqual([own, ...udp(numbers(29208, 4))]);
  });

  test('have their share of the whole host', () => {
    const shares = [large, small].map(({ ContainerDefinitions: [main] }) => [main.Cpu, main.MemoryReservation]);
    expect(shares).toEqual([
      [131072, 474726],
      [65536, 232243],
    ]);
  });

  test('leave the cores to the devices', () => {
    expect(large.ContainerDefinitions[0].Environment).toEqual([{ Name: 'OMP_NUM_THREADS', Value: '128' }]);
    expect([0, 1].map((index) => capacity.partition(index).neuronCoresPerTask)).toEqual([16, 8]);
  });

  test('are on the capacity provider and hosts of the pool', () => {
    template.resourceCountIs('AWS::ECS::CapacityProvider', 1);
    const strategies = Object.values(template.findResources('AWS::ECS::Service')).map((s) => s.Properties.CapacityProviderStrategy);
    expect(strategies[0]).toEqual([{ CapacityProvider: stack.resolve(capacity.capacityProviderName), Weight: 1 }]);
    expect(strategies[1]).toEqual(strategies[0]);
    expect(small.PlacementConstraints).toEqual(large.PlacementConstraints);
    expect(small.PlacementConstraints[1].Expression).toBe('attribute:ecs.instance-type == inf2.48xlarge');
  });

  test('say nothing', () => expect(warnings(stack)).toEqual([]));
});

describe('a partition', () => {
  test('is the same object each time', () => {
    const { capacity } = pool();
    expect(capacity.partition(1)).toBe(capacity.partition(1));
    expect(capacity.partition(1)).not.toBe(capacity.partition(0));
  });

  test('knows its chips and ports, and leaves some chips unused', () => {
    const { capacity } = pool({ partitions: [2, 1, 3], firstReservedPort: 20000 });
    const slice = capacity.partition(2).slice;
    expect(slice).toMatchObject({ chips: [3, 4, 5], hostPorts: [20003, 20004, 20005], cpuUnits: 49152 });
    expect(slice.memory.toMebibytes()).toBe(181862);
    expect(capacity.partition(0)).toMatchObject({ tasksPerInstance: 1, maxInstances: 2, connections: capacity.connections });
  });

  test.each([-1, 2, 0.5])('%d is an error that names those that there are', (index) => {
    expect(() => pool().capacity.partition(index)).toThrow(
      /Stack\/Pool: `partition` must be the index of a partition of the pool, got: .*\. The pool has: 0 \(chips 0 to 7\), 1 \(chips 8 to 11\)/,
    );
  });

  test('whose index is not known at synth is an error', () => {
    const { stack, capacity } = pool();
    const index = new CfnParameter(stack, 'Index', { type: 'Number' }).valueAsNumber;
    expect(() => capacity.partition(index)).toThrow(/got: a value that is not known at synth/);
  });

  test('of a pool without is an error, and so is one of a partition', () => {
    expect(() => pool({ partitions: undefined }).capacity.partition(0)).toThrow(
      /`partition` needs a pool with `partitions`, but this pool has none/,
    );
    expect(() => pool().capacity.partition(1).partition(0)).toThrow(/Stack\/Pool\/Partition1: `partition` needs a pool with `partitions`/);
  });

  test('that nobody named is an error', () => {
    const { stack, capacity } = pool();
    expect(() => new NeuronService(stack, 'Service', { capacity, container })).toThrow(
      /^Stack\/Service: `capacity` Stack\/Pool is divided into partitions: 0 \(chips 0 to 7\), 1 \(chips 8 to 11\). Use one of them, for example `capacity: pool.partition\(0\)`/,
    );
    expect(() => capacity.taskDefinitionMixins()).toThrow(/`capacity` Stack\/Pool is divided into partitions/);
    expect(() => new TaskDefinitionSlice({ capacity })).toThrow(/`capacity` Stack\/Pool is divided into partitions/);
  });
});

describe('a wrong division is an error', () => {
  const large = (chips: number) =>
    NeuronInstanceType.of('trn9.xlarge', {
      vCpus: 128,
      memory: Size.gibibytes(512),
      chips,
      neuronCoresPerChip: 1,
      acceleratorMemoryPerChip: Size.gibibytes(1),
      networkInterfacesPerCard: 4,
      sources: ['https://example.com'],
    });

  test.each<[Partial<NeuronCapacityProps>, RegExp]>([
    [{ partitions: [] }, /`partitions` must have at least one entry, each a positive whole number of chips, got: \[\]/],
    [{ partitions: [8, 0] }, /`partitions` must have .*positive.*got: \[8, 0\]/],
    [{ partitions: [-1] }, /`partitions` must have .*positive.*got: \[-1\]/],
    [{ partitions: [1.5] }, /`partitions` must have .*positive.*got: \[1.5\]/],
    [{ partitions: [8, 5] }, /`partitions` together must be at most the 12 chips of inf2.48xlarge, got: \[8, 5\], which is 13/],
    [{ tasksPerInstance: 1 }, /Give `tasksPerInstance` .* or `partitions` .* but not both, got: 1 and \[8, 4\]/],
    [{ partitions: undefined, firstReservedPort: 20000 }, /`firstReservedPort` has no effect without `partitions`/],
    [{ firstReservedPort: 1023 }, /`firstReservedPort` must be .*from 1024 to 32767.*got: 1023. Use a number from 1024 to 32756/],
    [{ firstReservedPort: 32757 }, /`firstReservedPort` must be .*got: 32757/],
    [{ firstReservedPort: 2000.5 }, /`firstReservedPort` must be a whole number.*got: 2000.5/],
    [{ firstReservedPort: 2364 }, /must not include 2375, which Docker uses, got `firstReservedPort`: 2364/],
    [{ firstReservedPort: 2376 }, /must not include 2376, .*got `firstReservedPort`: 2376/],
    [{ instanceType: large(128), partitions: [64, 31] }, /at most 94 chips, .*that a host can reserve, got: 95/],
  ])('%j', (props, message) => {
    expect(() => pool(props)).toThrow(message);
    expect(() => pool(props)).toThrow(/^Stack\/Pool: .*\[cdk-ecs-ml:[a-z-]+\]$/);
  });

  test.each<[Partial<NeuronCapacityProps>]>([
    [{ firstReservedPort: 1024 }],
    [{ firstReservedPort: 32756 }],
    [{ firstReservedPort: 2363 }],
    [{ firstReservedPort: 2377 }],
    [{ partitions: [12] }],
    [{ instanceType: large(128), partitions: [64, 30] }],
  ])('%j is none', (props) => expect(() => pool(props)).not.toThrow());

  test('what is not known at synth', () => {
    const number = (stack: Stack) => new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const { stack, vpc } = newStackWithVpc();
    const token = number(stack);
    expect(() => new NeuronCapacity(stack, 'A', { vpc, instanceType, partitions: [8, token] })).toThrow(
      /`partitions` must be known at synth/,
    );
    expect(() => new NeuronCapacity(stack, 'B', { vpc, instanceType, partitions: [8], firstReservedPort: token })).toThrow(
      /`firstReservedPort` must be known at synth/,
    );
    expect(() => new NeuronCapacity(stack, 'C', { vpc, instanceType, partitions: [8], tasksPerInstance: token })).toThrow(
      /`tasksPerInstance`/,
    );
  });
});

describe('the network mode', () => {
  test.each([ecs.NetworkMode.AWS_VPC, ecs.NetworkMode.NONE, ecs.NetworkMode.NAT])('%s is an error', (networkMode) => {
    expect(() => onPartition({ networkMode })).toThrow(
      /`networkMode` of tasks that take a partition must be bridge or host, got: .* Leave `networkMode` out of a service to get bridge/,
    );
  });

  test('host keeps the reserved ports', () => {
    const { stack } = onPartition({ networkMode: ecs.NetworkMode.HOST });
    const [task] = tasks(synth(stack));
    expect(task.NetworkMode).toBe('host');
    expect(task.ContainerDefinitions[0].PortMappings.slice(1)).toEqual(udp([29208, 29209, 29210, 29211]));
  });

  test('of security groups of its own is an error, for that is awsvpc', () => {
    const { stack, vpc, capacity } = pool();
    const securityGroups = [new ec2.SecurityGroup(stack, 'Group', { vpc })];
    expect(() => new NeuronService(stack, 'Service', { capacity: capacity.partition(0), container, securityGroups })).toThrow(
      /`securityGroups` need `networkMode` awsvpc, got: bridge/,
    );
  });
});

describe('reserved ports are not for containers', () => {
  const taken = /`portMappings` of container main must not take port 29209: 29208 to 29211 stand for the chips of the partition/;

  test.each<[string, ecs.PortMapping]>([
    ['udp on the host', { containerPort: 53, hostPort: 29209, protocol: ecs.Protocol.UDP }],
    ['the same port of the container', { containerPort: 29209 }],
    ['a range of ports', { containerPort: ecs.ContainerDefinition.CONTAINER_PORT_USE_RANGE, containerPortRange: '29209-29300' }],
  ])('%s is an error', (_, mapping) => {
    expect(() => onPartition({ container: { ...container, portMappings: [mapping] } })).toThrow(taken);
    expect(() => onPartition({ container: { ...container, portMappings: [mapping] } })).toThrow(/^Stack\/Service: /);
  });

  test('added later is an error too, also in a sidecar', () => {
    const { stack, service } = onPartition();
    const sidecar = service.taskDefinition.addContainer('Side', { image: container.image, memoryReservationMiB: 64 });
    sidecar.addPortMappings({ containerPort: 53, hostPort: 29211, protocol: ecs.Protocol.UDP });
    expect(() => synth(stack)).toThrow(/`portMappings` of container Side must not take port 29211/);
  });

  test('others, and tcp on the host, are fine', () => {
    const portMappings = [
      { containerPort: 53, hostPort: 29207, protocol: ecs.Protocol.UDP },
      { containerPort: 8080, hostPort: 29209 },
    ];
    const { stack } = onPartition({ container: { ...container, portMappings } });
    expect(tasks(synth(stack))[0].ContainerDefinitions[0].PortMappings).toHaveLength(2 + 4);
  });

  describe('of the host', () => {
    const two = (networkMode: ecs.NetworkMode, portMappings: ecs.PortMapping[], others = portMappings) => {
      const { stack, capacity } = pool();
      const props = (index: number, ports: ecs.PortMapping[]) => ({
        capacity: capacity.partition(index),
        container: { ...container, portMappings: ports },
        networkMode,
      });
      new NeuronService(stack, 'Large', props(0, portMappings));
      new NeuronService(stack, 'Small', props(1, others));
      return stack;
    };

    test('are for one partition only, for they share it', () => {
      expect(() => synth(two(ecs.NetworkMode.HOST, [{ containerPort: 8080 }]))).toThrow(
        /\[Stack\/Pool\] Stack\/Large\/TaskDefinition\/Resource and Stack\/Small\/TaskDefinition\/Resource both take host port 8080\/tcp/,
      );
      expect(() => synth(two(ecs.NetworkMode.BRIDGE, [{ containerPort: 8080, hostPort: 80 }]))).toThrow(/both take host port 80\/tcp/);
    });

    test('are fine where they differ, or are left to the host', () => {
      synth(two(ecs.NetworkMode.HOST, [{ containerPort: 8080 }], [{ containerPort: 8081 }]));
      synth(two(ecs.NetworkMode.HOST, [{ containerPort: 53 }], [{ containerPort: 53, protocol: ecs.Protocol.UDP }]));
      synth(two(ecs.NetworkMode.BRIDGE, [{ containerPort: 8080 }]));
    });

    test('are fine for two services of one partition, which never share a host', () => {
      const { stack, capacity } = pool();
      const props = { capacity: capacity.partition(0), container, networkMode: ecs.NetworkMode.HOST };
      new NeuronService(stack, 'A', props);
      new NeuronService(stack, 'B', props);
      synth(stack).resourceCountIs('AWS::ECS::Service', 2);
    });
  });

  test('a load balancer takes the port of the container', () => {
    const { stack, vpc, service } = onPartition();
    const loadBalancer = new elb.ApplicationLoadBalancer(stack, 'Alb', { vpc });
    loadBalancer.addListener('Http', { port: 80 }).addTargets('Model', { port: 80, targets: [service.service] });
    expect(theService(synth(stack, 'AwsSolutions-ELB2', 'AwsSolutions-EC23')).LoadBalancers).toEqual([
      expect.objectContaining({ ContainerName: 'main', ContainerPort: 8080 }),
    ]);
  });
});

describe('the container', () => {
  test.each<Record<string, string>>([{ NEURON_RT_NUM_CORES: '2' }, { NEURON_RT_NUM_CORES: '8' }, { NEURON_RT_VISIBLE_CORES: '0-3' }])(
    'may divide its cores by %j',
    (environment) => {
      const [[name, value]] = Object.entries(environment);
      const [task] = tasks(synth(onPartition({ container: { ...container, environment } }).stack));
      expect(task.ContainerDefinitions[0].Environment).toContainEqual({ Name: name, Value: value });
    },
  );

  test.each<[Record<string, string>, RegExp]>([
    [{ NEURON_RT_NUM_CORES: '9' }, /`environment` of container main sets NEURON_RT_NUM_CORES to 9, but it must be .* from 1 to 8/],
    [{ AWS_NEURON_VISIBLE_DEVICES: 'ALL' }, /must not set AWS_NEURON_VISIBLE_DEVICES/],
  ])('that contradicts its devices by %j is an error', (environment, message) => {
    expect(() => onPartition({ container: { ...container, environment } })).toThrow(message);
  });

  test('that asks for more than the partition has is told so', () => {
    expect(() => onPartition({ container: { ...container, memoryLimitMiB: 242484 } })).toThrow(
      /at most the 242483 MiB of the slice, got: 242484.*or take a larger partition/,
    );
    expect(() => onPartition({ container: { ...container, cpu: 1 } })).toThrow(/To give it less, take a smaller partition/);
  });

  test('has logical cores as the pool has', () => {
    const { stack, capacity } = onPartition({}, { instanceType: NeuronInstanceType.TRN2_48_XLARGE });
    expect(capacity.partition(1).neuronCoresPerTask).toBe(16);
    expect(tasks(synth(stack))[0].ContainerDefinitions[0].Environment).toContainEqual({ Name: 'NEURON_LOGICAL_NC_CONFIG', Value: '2' });
  });
});

describe('rolling updates', () => {
  const percentages = (stack: Stack) => {
    const { MinimumHealthyPercent, MaximumPercent } = theService(synth(stack)).DeploymentConfiguration;
    return [MinimumHealthyPercent, MaximumPercent];
  };

  test.each([
    [1, 2, [100, 200]],
    [2, 2, [50, 100]],
    [1, 1, [0, 100]],
    [3, 4, [100, 166]],
  ])('of %d tasks on %d hosts have percentages %j', (desiredCount, maxInstances, expected) => {
    expect(percentages(onPartition({ desiredCount }, { maxInstances }).stack)).toEqual(expected);
  });

  test('of one partition do not count on the hosts of another', () => {
    const { stack, capacity } = onPartition({ desiredCount: 2 });
    new NeuronService(stack, 'Other', { capacity: capacity.partition(0), desiredCount: 1, container });
    const services = Object.values(synth(stack).findResources('AWS::ECS::Service')).map((s) => s.Properties.DeploymentConfiguration);
    expect(services.map((d) => [d.MinimumHealthyPercent, d.MaximumPercent])).toEqual([
      [50, 100],
      [100, 200],
    ]);
  });

  test('that must surge but cannot are an error', () => {
    const { stack } = onPartition({ desiredCount: 2, minHealthyPercent: 100, maxHealthyPercent: 200 });
    expect(() => synth(stack)).toThrow(/none of the 2 slices of Stack\/Pool\/Partition1 is free for a new one/);
  });

  test('more tasks than hosts are an error', () => {
    expect(() => synth(onPartition({ desiredCount: 3 }).stack)).toThrow(
      /The partition has room for 2 tasks \(`maxInstances` 2, at most one task per host\), but its services and jobs need at least 3: Stack\/Service \(3\). Raise `maxInstances` to 3/,
    );
  });
});

test('what only the deployment knows is never compared', () => {
  const { stack, vpc } = newStackWithVpc();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, partitions: [8, 4], maxInstances: number });
  const portMappings = [{ containerPort: number, hostPort: number }];
  const own = { ...container, portMappings, environment: { NEURON_RT_NUM_CORES: `${number}` } };
  new NeuronService(stack, 'A', { capacity: capacity.partition(0), desiredCount: 7, container: own });
  new NeuronService(stack, 'B', { capacity: capacity.partition(1), container: own });
  const template = synth(stack);
  expect(tasks(template)[0].ContainerDefinitions[0].PortMappings[0]).toMatchObject({ HostPort: { Ref: 'Number' } });
  expect(theService(template).DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 75, MaximumPercent: 100 });
});

describe('imported', () => {
  function imported(more: { partitions?: number[]; firstReservedPort?: number; tasksPerInstance?: number }) {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0')];
    const attributes = { cluster, capacityProviderName: 'inf2-pool', instanceType, securityGroups, ...more };
    return { stack, capacity: NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', attributes) };
  }

  test('a pool of another app takes services on its partitions', () => {
    const { stack, capacity } = imported({ partitions: [8, 4], firstReservedPort: 20000 });
    new NeuronService(stack, 'Service', { capacity: capacity.partition(1), container });
    const template = synth(stack);
    const [task] = tasks(template);
    expect(chipsOf(task)).toEqual(['/dev/neuron8', '/dev/neuron9', '/dev/neuron10', '/dev/neuron11']);
    expect(task.ContainerDefinitions[0].PortMappings.slice(1)).toEqual(udp([20008, 20009, 20010, 20011]));
    expect(theService(template)).toMatchObject({
      CapacityProviderStrategy: [{ CapacityProvider: 'inf2-pool', Weight: 1 }],
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    expect(capacity.partition(1)).toBe(capacity.partition(1));
  });

  test('its partitions are checked alike', () => {
    expect(() => imported({ partitions: [13] })).toThrow(/^Stack\/Pool: `partitions` together must be at most the 12 chips/);
    expect(() => imported({ partitions: [8], tasksPerInstance: 2 })).toThrow(/Give `tasksPerInstance` .* or `partitions` .* but not both/);
    expect(() => imported({ firstReservedPort: 20000 })).toThrow(/`firstReservedPort` has no effect without `partitions`/);
    expect(() => imported({}).capacity.partition(0)).toThrow(/Stack\/Pool: `partition` needs a pool with `partitions`/);
    const { stack, capacity } = imported({ partitions: [8, 4] });
    expect(() => new NeuronService(stack, 'Service', { capacity, container })).toThrow(/`capacity` Stack\/Pool is divided into partitions/);
  });
});

describe('the mixins on an L1 task definition', () => {
  const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'models' } };

  function l1(networkMode?: string) {
    const { stack, capacity } = pool();
    const containerDefinitions = [{ name: 'model', image: 'model', logConfiguration }];
    const task = new ecs.CfnTaskDefinition(stack, 'Task', { networkMode, containerDefinitions });
    task.with(...capacity.partition(1).taskDefinitionMixins());
    return stack;
  }

  test.each([undefined, 'bridge', 'host'])('give it the partition in network mode %s', (networkMode) => {
    const [task] = tasks(synth(l1(networkMode)));
    expect(chipsOf(task)).toEqual(['/dev/neuron8', '/dev/neuron9', '/dev/neuron10', '/dev/neuron11']);
    expect(task.ContainerDefinitions[0]).toMatchObject({ Cpu: 65536, PortMappings: udp([29208, 29209, 29210, 29211]) });
    expect(task.ContainerDefinitions[0].Environment).toEqual([{ Name: 'OMP_NUM_THREADS', Value: '64' }]);
  });

  test.each(['awsvpc', 'none'])('are an error in network mode %s', (networkMode) => {
    expect(() => synth(l1(networkMode))).toThrow(new RegExp(`must be bridge or host, got: ${networkMode}`));
  });
});
