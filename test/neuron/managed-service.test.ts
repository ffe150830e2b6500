import { aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elb, CfnParameter, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronManagedCapacityProps,
  NeuronService,
  NeuronServiceProps,
} from '../../src';
import { container, newApp, newStackWithVpc, synth, warnings } from '../support';
import { TemplateJson } from '../support/template';

const { INF2_XLARGE, INF2_8_XLARGE, INF2_48_XLARGE, TRN1_2_XLARGE, TRN2_3_XLARGE } = NeuronInstanceType;

function onManaged(props: Partial<NeuronServiceProps> = {}, managed: Partial<NeuronManagedCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE], ...managed });
  return { stack, vpc, capacity, service: new NeuronService(stack, 'Service', { capacity, container, ...props }) };
}

const theTask = (template: Template) => Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
const theService = (template: Template) => Object.values(template.findResources('AWS::ECS::Service'))[0].Properties;

describe('by default', () => {
  const { stack, capacity, service } = onManaged({}, { instanceTypes: [INF2_8_XLARGE, INF2_XLARGE] });
  const template = synth(stack);
  const task = theTask(template);

  test('ECS hands the devices to the one container, and nothing maps them', () => {
    expect(task.ContainerDefinitions).toHaveLength(1);
    const [main] = task.ContainerDefinitions;
    expect(main.ResourceRequirements).toEqual([{ Type: 'NeuronDevice', Value: 'ALL' }]);
    expect(main.LinuxParameters).toEqual({ InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/dev/shm', Size: 3788 }] });
    expect(main.Cpu).toBeUndefined();
    expect(main.Environment).toBeUndefined();
  });

  test('the container reserves half of the smallest host, and no limit is set', () => {
    expect(task.ContainerDefinitions[0].MemoryReservation).toBe(8192);
    expect(task.ContainerDefinitions[0].Memory).toBeUndefined();
    expect(task.Memory).toBeUndefined();
    expect(task.Cpu).toBeUndefined();
  });

  test('placement constraints, which the L2 leaves out, are rendered by an attribute that Managed Instances have', () => {
    expect(task.PlacementConstraints).toEqual([
      { Type: 'memberOf', Expression: 'attribute:ecs.instance-type in [inf2.8xlarge, inf2.xlarge]' },
    ]);
    expect(task.RequiresCompatibilities).toEqual(['MANAGED_INSTANCES']);
    expect(task.NetworkMode).toBe('awsvpc');
  });

  test('the service has a strategy, no launch type, and surges', () => {
    const rendered = theService(template);
    expect(rendered.CapacityProviderStrategy).toEqual([{ CapacityProvider: stack.resolve(capacity.capacityProviderName), Weight: 1 }]);
    expect(rendered.LaunchType).toBeUndefined();
    expect(rendered.PlatformVersion).toBeUndefined();
    expect(rendered.PlacementStrategies).toBeUndefined();
    expect(rendered.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    expect(rendered.AvailabilityZoneRebalancing).toBe('DISABLED');
    expect(rendered.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
    expect(rendered.HealthCheckGracePeriodSeconds).toBe(600);
    expect(rendered.EnableECSManagedTags).toBe(true);
    expect(rendered.PropagateTags).toBe('SERVICE');
  });

  test('everything that it makes is visible', () => {
    expect(service.capacity).toBe(capacity);
    expect(service.cluster).toBe(capacity.cluster);
    expect(service.container.containerName).toBe('main');
    expect(service.service.connections.securityGroups).not.toEqual(capacity.connections.securityGroups);
  });

  test('says nothing', () => expect(warnings(stack)).toEqual([]));
});

test('the stack deletes in order: service, capacity provider, right to pass roles, cluster', () => {
  const { stack, capacity, service } = onManaged();
  const template = synth(stack).toJSON() as TemplateJson;
  const idOf = (construct: ec2.IConnectable & { node: Stack['node'] }) =>
    stack.resolve((construct.node.defaultChild as ecs.CfnService).logicalId);
  const ids = {
    service: idOf(service.service),
    provider: idOf(capacity.capacityProvider),
    cluster: stack.resolve((capacity.cluster.node.defaultChild as ecs.CfnCluster).logicalId),
    passRole: Object.keys(template.Resources).find((id) => /InfrastructureRoleDefaultPolicy/.test(id))!,
  };
  const needs = (id: string, other: string) => {
    const { Properties, DependsOn = [] } = template.Resources[id];
    return DependsOn.includes(other) || JSON.stringify(Properties).includes(`{"Ref":"${other}"}`);
  };
  expect(needs(ids.service, ids.provider)).toBe(true);
  expect(needs(ids.provider, ids.passRole)).toBe(true);
  expect(needs(ids.provider, ids.cluster)).toBe(true);
});

describe('devices mapped by path', () => {
  const manual = { deviceAllocation: NeuronDeviceAllocation.MANUAL, instanceTypes: [INF2_48_XLARGE] };

  test('are all of the host, and just over half of the cpu units keep a second task off it', () => {
    const { stack } = onManaged({}, manual);
    const [main] = theTask(synth(stack)).ContainerDefinitions;
    expect(main.LinuxParameters.Devices.map((device: { HostPath: string }) => device.HostPath)).toEqual(INF2_48_XLARGE.devicePaths);
    expect(main.ResourceRequirements).toBeUndefined();
    expect(main.Cpu).toBe(192 * 512 + 1);
    expect(2 * main.Cpu).toBeGreaterThan(INF2_48_XLARGE.cpuUnits);
    expect(main.LinuxParameters.Tmpfs).toEqual([{ ContainerPath: '/dev/shm', Size: 10240 }]);
    expect(main.MemoryReservation).toBe(768 * 512);
    expect(warnings(stack)).toEqual([]);
  });

  test.each<[string, Partial<NeuronServiceProps>, RegExp]>([
    [
      'cpu of its own',
      { container: { ...container, cpu: 1024 } },
      /`cpu` of container main must be left out, got: 1024. The task takes 98305 cpu units/,
    ],
    ['a task of half a host', { taskCpu: 98304 }, /`taskCpu` must be more than 98304, half of the cpu units of inf2.48xlarge.*got: 98304/],
  ])('with %s is an error', (_, props, message) => {
    const { stack } = onManaged(props, manual);
    expect(() => synth(stack)).toThrow(message);
  });

  test('with a task of more than half a host is fine', () => {
    const { stack } = onManaged({ taskCpu: 102400 }, manual);
    const task = theTask(synth(stack));
    expect(task.Cpu).toBe('102400');
    expect(task.ContainerDefinitions[0].Cpu).toBeUndefined();
  });

  test('beside greedy sidecars are an error', () => {
    const { stack, service } = onManaged({}, manual);
    service.taskDefinition.addContainer('Side', {
      image: container.image,
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 's' }),
      cpu: 98304,
    });
    expect(() => synth(stack)).toThrow(
      /The containers other than main need 98304 cpu units: Side \(98304\). inf2.48xlarge has 98303 for them/,
    );
  });
});

test('logical cores are configured for the whole capacity', () => {
  const { stack } = onManaged({}, { instanceTypes: [TRN2_3_XLARGE], logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 });
  expect(theTask(synth(stack)).ContainerDefinitions[0].Environment).toEqual([{ Name: 'NEURON_LOGICAL_NC_CONFIG', Value: '1' }]);
});

describe('size', () => {
  test('of the task as a whole is rendered, and drives /dev/shm', () => {
    const { stack } = onManaged({ taskCpu: 2048, taskMemory: Size.gibibytes(8) });
    const task = theTask(synth(stack));
    expect([task.Cpu, task.Memory]).toEqual(['2048', '8192']);
    expect(task.ContainerDefinitions[0].MemoryReservation).toBeUndefined();
    expect(task.ContainerDefinitions[0].LinuxParameters.Tmpfs[0].Size).toBe(2048);
    expect(warnings(stack)).toEqual([]);
  });

  test('of the task beside that of a container is a warning', () => {
    const { stack } = onManaged({ taskMemory: Size.gibibytes(8), container: { ...container, memoryReservationMiB: 4096 } });
    synth(stack);
    expect(warnings(stack)).toEqual([expect.stringMatching(/ECS places the task by `taskMemory`.*: main.*task-memory-wins/)]);
  });

  test('of a container is kept', () => {
    const { stack } = onManaged({ container: { ...container, memoryLimitMiB: 12000, cpu: 1024 }, sharedMemorySize: Size.gibibytes(1) });
    const [main] = theTask(synth(stack)).ContainerDefinitions;
    expect(main).toMatchObject({ Cpu: 1024, Memory: 12000, LinuxParameters: { Tmpfs: [{ ContainerPath: '/dev/shm', Size: 1024 }] } });
    expect(main.MemoryReservation).toBeUndefined();
  });

  test('of sidecars is taken off what the main container reserves', () => {
    const { stack, service } = onManaged();
    const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 's' });
    service.taskDefinition.addContainer('Side', { image: container.image, logging, memoryLimitMiB: 512 });
    expect(theTask(synth(stack)).ContainerDefinitions[0].MemoryReservation).toBe(8192 - 512);
  });

  test('that the L1 is given as tokens is rendered', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE] });
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    new NeuronService(stack, 'Service', {
      capacity,
      container,
      ...{
        taskCpu: number,
        taskMemory: Size.mebibytes(number),
        desiredCount: number,
        minHealthyPercent: number,
        maxHealthyPercent: number,
      },
      sharedMemorySize: Size.mebibytes(number),
    });
    const template = synth(stack);
    const ref = { Ref: 'Number' };
    expect(theTask(template)).toMatchObject({ Cpu: ref, Memory: ref });
    expect(theTask(template).ContainerDefinitions[0].LinuxParameters.Tmpfs[0].Size).toEqual(ref);
    expect(theService(template)).toMatchObject({
      DesiredCount: ref,
      DeploymentConfiguration: { MinimumHealthyPercent: ref, MaximumPercent: ref },
    });
  });

  test.each<[string, Partial<NeuronServiceProps>, RegExp]>([
    ['too many cpu units', { taskCpu: 8192 }, /`taskCpu` asks for 8192 cpu units, but inf2.xlarge, the largest .* to register 4096/],
    [
      'too much memory',
      { taskMemory: Size.gibibytes(16) },
      /`taskMemory` asks for 16384 MiB of memory, but inf2.xlarge, .* to register 15155/,
    ],
  ])('%s of the task is an error', (_, props, message) => {
    expect(() => onManaged(props)).toThrow(message);
  });

  test.each<[string, Partial<NeuronServiceProps>, RegExp]>([
    [
      'too much memory',
      { container: { ...container, memoryReservationMiB: 16384 } },
      /`memory` asks for 16384 MiB of memory in all: main \(16384\)/,
    ],
    ['too many cpu units', { container: { ...container, cpu: 8192 } }, /`cpu` asks for 8192 cpu units in all: main \(8192\)/],
    [
      'more /dev/shm than memory',
      { container: { ...container, memoryLimitMiB: 512 }, sharedMemorySize: Size.gibibytes(1) },
      /`sharedMemorySize` must be at most 512 MiB/,
    ],
  ])('%s of a container is an error', (_, props, message) => {
    const { stack } = onManaged(props);
    expect(() => synth(stack)).toThrow(message);
  });

  test('of the task in a pool is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_XLARGE });
    expect(() => new NeuronService(stack, 'Service', { capacity, container, taskCpu: 1, taskMemory: Size.gibibytes(1) })).toThrow(
      /`taskCpu` and `taskMemory` must be left out, because in a pool the slice decides.*cdk-ecs-ml:task-size-on-managed/,
    );
  });
});

describe('host network mode', () => {
  test('has no network settings of its own, and the connections of the hosts', () => {
    const { stack, capacity, service } = onManaged({ networkMode: ecs.NetworkMode.HOST });
    const template = synth(stack);
    expect(theTask(template).NetworkMode).toBe('host');
    expect(theService(template).NetworkConfiguration).toBeUndefined();
    expect(service.connections.securityGroups).toEqual(capacity.connections.securityGroups);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
  });

  test('is reached by a load balancer in the stack of the service', () => {
    const app = newApp();
    const { stack: managed, vpc } = newStackWithVpc({}, app);
    const capacity = new NeuronManagedCapacity(managed, 'Managed', { vpc, instanceTypes: [INF2_XLARGE] });
    const services = new Stack(app, 'Services');
    const { service } = new NeuronService(services, 'Service', { capacity, container, networkMode: ecs.NetworkMode.HOST });
    const loadBalancer = new elb.ApplicationLoadBalancer(services, 'Alb', { vpc });
    loadBalancer.addListener('Http', { port: 80 }).addTargets('Model', { port: 8080, targets: [service] });
    const template = synth(services, 'AwsSolutions-ELB2', 'AwsSolutions-EC23');
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { TargetType: 'instance' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::ImportValue': Match.stringLikeRegexp('^Stack:.*ManagedSecurityGroup') },
      FromPort: 8080,
    });
    expect(managed.dependencies).toEqual([]);
  });
});

test('a load balancer reaches tasks in awsvpc mode by their addresses', () => {
  const { stack, vpc, service } = onManaged();
  const loadBalancer = new elb.ApplicationLoadBalancer(stack, 'Alb', { vpc });
  loadBalancer.addListener('Http', { port: 80 }).addTargets('Model', { port: 8080, targets: [service.service] });
  synth(stack, 'AwsSolutions-ELB2', 'AwsSolutions-EC23').hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetType: 'ip',
  });
});

test('subnets and security groups of tasks', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronManagedCapacity(stack, 'Managed', {
    vpc,
    instanceTypes: [INF2_XLARGE],
    vpcSubnets: { subnets: [vpc.privateSubnets[1]] },
  });
  const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Tasks', 'sg-0123456789abcdef0')];
  new NeuronService(stack, 'Service', { capacity, container, securityGroups });
  expect(theService(synth(stack)).NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
    SecurityGroups: ['sg-0123456789abcdef0'],
    Subnets: [stack.resolve(vpc.privateSubnets[1].subnetId)],
  });
});

describe('rolling updates', () => {
  test.each<[string, Partial<NeuronServiceProps>, number, number]>([
    ['surge', { desiredCount: 4 }, 100, 200],
    ['are in place where there is to be no more', { desiredCount: 4, maxHealthyPercent: 100 }, 75, 100],
    ['are in place with one task', { maxHealthyPercent: 100 }, 0, 100],
    ['are as asked for', { desiredCount: 2, minHealthyPercent: 50, maxHealthyPercent: 150 }, 50, 150],
  ])('%s', (_, props, min, max) => {
    const { stack } = onManaged(props);
    expect(theService(synth(stack)).DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: min, MaximumPercent: max });
  });

  test('that can not complete are an error', () => {
    const { stack } = onManaged({ minHealthyPercent: 100, maxHealthyPercent: 150 });
    expect(() => synth(stack)).toThrow(/can't complete, .*the maximum leaves no room for a new one/);
  });
});

test('without a health check is a warning', () => {
  const { stack } = onManaged({ container: { image: container.image } });
  synth(stack);
  expect(warnings(stack)).toEqual([expect.stringContaining('cdk-ecs-ml:no-health-check')]);
});

test('ECS Exec', () => {
  const { stack } = onManaged({ enableExecuteCommand: true });
  expect(theService(synth(stack)).EnableExecuteCommand).toBe(true);
});

describe('what Managed Instances refuse throws where it is given', () => {
  const linux = (stack: Stack, props: ecs.LinuxParametersProps) => new ecs.LinuxParameters(stack, 'Linux', props);
  test.each<[string, (stack: Stack) => Partial<NeuronServiceProps>, RegExp]>([
    [
      'bridge mode',
      () => ({ networkMode: ecs.NetworkMode.BRIDGE }),
      /`networkMode` must be awsvpc or host on Managed Instances, got: bridge/,
    ],
    ['no network', () => ({ networkMode: ecs.NetworkMode.NONE }), /`networkMode` must be awsvpc or host .*got: none/],
    [
      'placement strategies',
      () => ({ placementStrategies: [ecs.PlacementStrategy.packedByCpu()] }),
      /`placementStrategies` must be left out on Managed Instances/,
    ],
    [
      'security groups in host mode',
      (stack) => ({
        networkMode: ecs.NetworkMode.HOST,
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
      }),
      /`securityGroups` need `networkMode` awsvpc, got: host/,
    ],
    ...(
      [
        ['disableNetworking', true],
        ['dnsSearchDomains', ['example.com']],
        ['dnsServers', ['10.0.0.2']],
        ['dockerSecurityOptions', ['no-new-privileges']],
        ['extraHosts', { model: '10.0.0.3' }],
        ['hostname', 'model'],
        ['inferenceAcceleratorResources', ['device_1']],
      ] as [string, unknown][]
    ).map(([prop, value]): [string, () => Partial<NeuronServiceProps>, RegExp] => [
      prop,
      () => ({ container: { ...container, [prop]: value } }),
      new RegExp(`\`${prop}\` of container main must be left out, because Managed Instances refuse it`),
    ]),
    [
      'maxSwap',
      (stack) => ({ container: { ...container, linuxParameters: linux(stack, { maxSwap: Size.gibibytes(1) }) } }),
      /`maxSwap` of container main must be left out/,
    ],
    [
      'swappiness',
      (stack) => ({ container: { ...container, linuxParameters: linux(stack, { maxSwap: Size.gibibytes(1), swappiness: 10 }) } }),
      /`maxSwap` of container main must be left out/,
    ],
    [
      'shared memory in Linux parameters',
      (stack) => ({ container: { ...container, linuxParameters: linux(stack, { sharedMemorySize: 512 }) } }),
      /`sharedMemorySize` of container main must be left out, .* Use `sharedMemorySize` of the service instead, which mounts a tmpfs/,
    ],
    [
      '/dev/shm twice',
      (stack) => {
        const linuxParameters = linux(stack, {});
        linuxParameters.addTmpfs({ containerPath: '/dev/shm', size: 512 });
        return { sharedMemorySize: Size.gibibytes(1), container: { ...container, linuxParameters } };
      },
      /`sharedMemorySize` is given twice: here and as a tmpfs at \/dev\/shm in `linuxParameters`/,
    ],
    [
      'a mapped device',
      (stack) => {
        const linuxParameters = linux(stack, {});
        linuxParameters.addDevices({ hostPath: '/dev/neuron0' });
        return { container: { ...container, linuxParameters } };
      },
      /Container main gets Neuron devices in two ways: `resourceRequirements` request them from ECS, and `linuxParameters` map them/,
    ],
    [
      'a variable of the Neuron 1.x hook',
      () => ({ container: { ...container, environment: { AWS_NEURON_VISIBLE_DEVICES: 'ALL' } } }),
      /`environment` of container main must not set AWS_NEURON_VISIBLE_DEVICES/,
    ],
    [
      'a main container that may end',
      () => ({ container: { ...container, essential: false } }),
      /`essential` of `container` must not be false/,
    ],
  ])('%s', (_, props, message) => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [TRN1_2_XLARGE] });
    expect(() => new NeuronService(stack, 'Service', { capacity, container, ...props(stack) })).toThrow(message);
  });
});

test('a tmpfs of the user at /dev/shm is kept', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [INF2_XLARGE] });
  const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
  const mountOptions = [ecs.TmpfsMountOption.NOEXEC];
  linuxParameters.addTmpfs({ containerPath: '/dev/shm', size: 512, mountOptions }, { containerPath: '/tmp', size: 64 });
  new NeuronService(stack, 'Service', { capacity, container: { ...container, linuxParameters } });
  expect(theTask(synth(stack)).ContainerDefinitions[0].LinuxParameters.Tmpfs).toEqual([
    { ContainerPath: '/dev/shm', Size: 512, MountOptions: ['noexec'] },
    { ContainerPath: '/tmp', Size: 64 },
  ]);
});

test('Docker labels are a warning', () => {
  const { stack } = onManaged({ container: { ...container, dockerLabels: { team: 'nlp' } } });
  synth(stack);
  expect(warnings(stack)).toEqual([
    expect.stringMatching(/Managed Instances may refuse `dockerLabels` of container main.*cdk-ecs-ml:managed-disputes/),
  ]);
});

describe('placement constraints that are added to the L2', () => {
  test('are rendered, where the L2 alone leaves them out', () => {
    const { stack, service } = onManaged();
    service.taskDefinition.addPlacementConstraint(ecs.PlacementConstraint.memberOf('attribute:ecs.availability-zone == us-east-1a'));
    expect(theTask(synth(stack)).PlacementConstraints).toEqual([
      { Type: 'memberOf', Expression: 'attribute:ecs.availability-zone == us-east-1a' },
      { Type: 'memberOf', Expression: 'attribute:ecs.instance-type == inf2.xlarge' },
    ]);
  });

  test('by an attribute that Managed Instances lack are an error', () => {
    const { stack, service } = onManaged();
    service.taskDefinition.addPlacementConstraint(ecs.PlacementConstraint.memberOf('attribute:ecs.os-type == linux'));
    expect(() => synth(stack)).toThrow(/`placementConstraints` on Managed Instances can only use ecs.subnet-id, .*got: ecs.os-type/);
  });
});
