import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  FargateCapacity,
  GaudiCapacity,
  GaudiInstanceType,
  GaudiMachineImage,
  GaudiService,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  TaskDefinitionGaudiDevices,
  TaskDefinitionNeuronDevices,
  TaskDefinitionSlice,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const { INF1_24_XLARGE, INF2_48_XLARGE, INF2_XLARGE } = NeuronInstanceType;
const { AWS_VPC, BRIDGE, HOST } = ecs.NetworkMode;
const env = { account: '111111111111', region: 'us-east-1' };
const TAKEN = [22, 2375, 2376, 51678, 51679, 51680];

const pool = (stack: Stack, vpc: ec2.IVpc, tasksPerInstance = 1) =>
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, tasksPerInstance });
const partitions = (stack: Stack, vpc: ec2.IVpc) =>
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, partitions: [8, 4] });
const managed = (stack: Stack, vpc: ec2.IVpc) => new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] });

/** A service on a capacity, with a port mapping. */
function onCapacity(
  capacityOf: (stack: Stack, vpc: ec2.IVpc) => NeuronCapacity | NeuronManagedCapacity,
  networkMode: ecs.NetworkMode | undefined,
  ...portMappings: ecs.PortMapping[]
) {
  const { stack, vpc } = newStackWithVpc();
  const service = new NeuronService(stack, 'Service', {
    capacity: capacityOf(stack, vpc),
    networkMode,
    container: { ...container, portMappings },
  });
  return { stack, service };
}

const about = (stack: Stack, id: string) => warnings(stack).filter((text) => text.includes(`cdk-ecs-ml:${id}]`));

describe('the ports that every host has taken', () => {
  test.each(TAKEN)('are refused as the host port %d in bridge mode', (hostPort) => {
    expect(() => onCapacity(pool, BRIDGE, { containerPort: 8080, hostPort })).toThrow(
      `\`portMappings\` of container main must not take port ${hostPort} of the host, which SSH, Docker or the ECS agent has. Use another ` +
        '`hostPort`, or leave it out, so that ECS chooses one. [cdk-ecs-ml:host-port-taken]',
    );
  });

  test.each(TAKEN)('are refused as the container port %d in host mode', (containerPort) => {
    for (const capacityOf of [pool, managed]) {
      expect(() => onCapacity(capacityOf, HOST, { containerPort })).toThrow(
        `must not take port ${containerPort} of the host, which SSH, Docker or the ECS agent has. Let the program listen on another port, or ` +
          'use another `networkMode`. [cdk-ecs-ml:host-port-taken]',
      );
    }
  });

  test('are refused to jobs, on every capacity with hosts', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const ec2Pool = new Ec2Capacity(stack, 'Ec2', {
      vpc,
      instanceType: new ec2.InstanceType('m5.large'),
      machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
    });
    const gaudi = new GaudiCapacity(stack, 'Gaudi', {
      vpc,
      machineImage: GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })),
    });
    const job = (id: string, capacity: ICapacity) =>
      new MlRunTask(stack, id, {
        capacity,
        networkMode: HOST,
        timeout: Duration.hours(1),
        container: { image: container.image, memoryLimitMiB: 512, portMappings: [{ containerPort: 22 }] },
      });
    expect(() => job('OnEc2', ec2Pool)).toThrow('cdk-ecs-ml:host-port-taken');
    expect(() => job('OnGaudi', gaudi)).toThrow('cdk-ecs-ml:host-port-taken');
  });

  test('are refused to sidecars that are added later', () => {
    const { stack, service } = onCapacity(pool, BRIDGE, { containerPort: 8080 });
    service.taskDefinition.addContainer('Agent', {
      image: container.image,
      memoryReservationMiB: 64,
      portMappings: [{ containerPort: 9000, hostPort: 51678 }],
    });
    expect(() => synth(stack)).toThrow(/container Agent must not take port 51678 of the host.*\[cdk-ecs-ml:host-port-taken\]/);
  });

  test.each([
    ['Neuron devices', new TaskDefinitionNeuronDevices({ instanceType: INF2_XLARGE })],
    ['Gaudi devices', new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24_XLARGE })],
  ])('are refused to a task definition with the mixin for %s', (_, mixin) => {
    const { stack } = newStackWithVpc();
    const task = new ecs.CfnTaskDefinition(stack, 'Task', {
      requiresCompatibilities: ['EC2'],
      containerDefinitions: [{ name: 'model', image: 'model', memory: 512, portMappings: [{ containerPort: 80, hostPort: 2375 }] }],
    });
    task.with(mixin);
    expect(() => synth(stack)).toThrow('container model must not take port 2375 of the host');
  });

  test('are free in awsvpc mode, where a task has its own', () => {
    const { stack } = onCapacity(pool, AWS_VPC, { containerPort: 22 }, { containerPort: 51678 });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
    const fargate = newStackWithVpc();
    const capacity = new FargateCapacity(fargate.stack, 'Fargate', { vpc: fargate.vpc });
    new MlRunTask(fargate.stack, 'Job', {
      capacity,
      timeout: Duration.hours(1),
      container: { image: container.image, portMappings: [{ containerPort: 22 }] },
    });
    synth(fargate.stack);
  });

  test('are free in a container of bridge mode, and their neighbors everywhere', () => {
    const { stack } = onCapacity(pool, BRIDGE, { containerPort: 22 }, { containerPort: 8080, hostPort: 2374 });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
    for (const containerPort of [21, 23, 2377]) synth(onCapacity(pool, HOST, { containerPort }).stack);
  });

  test('are only a warning for UDP', () => {
    const { stack } = onCapacity(pool, BRIDGE, { containerPort: 8080, hostPort: 51679, protocol: ecs.Protocol.UDP });
    synth(stack);
    expect(about(stack, 'host-port-taken-udp')).toEqual([expect.stringContaining('should not take port 51679 of the host')]);
  });

  test('may be a token', () => {
    const { stack, vpc } = newStackWithVpc();
    const hostPort = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
    const capacity = pool(stack, vpc);
    new NeuronService(stack, 'Service', {
      capacity,
      networkMode: BRIDGE,
      container: { ...container, portMappings: [{ containerPort: 8080, hostPort }] },
    });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });
});

describe('a fixed port in the ephemeral range', () => {
  test.each([
    [BRIDGE, { containerPort: 8080, hostPort: 32768 }],
    [HOST, { containerPort: 40000 }],
  ])('is a warning in %s mode', (networkMode, mapping) => {
    const { stack } = onCapacity(pool, networkMode, mapping);
    synth(stack);
    expect(about(stack, 'host-port-ephemeral')).toEqual([expect.stringMatching(/below 32768, got: (32768|40000)/)]);
  });

  test.each([
    [BRIDGE, { containerPort: 40000 }],
    [BRIDGE, { containerPort: 8080, hostPort: 32767 }],
    [AWS_VPC, { containerPort: 40000 }],
  ])('is none in %s mode with %j', (networkMode, mapping) => {
    const { stack } = onCapacity(pool, networkMode, mapping);
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('can be acknowledged', () => {
    const { stack, service } = onCapacity(pool, HOST, { containerPort: 40000 });
    Validations.of(service).acknowledge({ id: 'cdk-ecs-ml:host-port-ephemeral', reason: 'the range starts at 50000 on these hosts' });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });
});

describe('several equal tasks on a host', () => {
  const twelve = (stack: Stack, vpc: ec2.IVpc) => pool(stack, vpc, 12);

  test('cannot take a fixed port in bridge mode, or any in host mode', () => {
    expect(() => onCapacity(twelve, BRIDGE, { containerPort: 8080, hostPort: 8080 })).toThrow(
      'The containers take host port 8080, so only one of the 12 tasks on a host can start.',
    );
    expect(() => onCapacity(twelve, HOST, { containerPort: 8080 })).toThrow('cdk-ecs-ml:host-ports-collide');
  });

  test('cannot take a port in host mode whose number is a token', () => {
    const { stack, vpc } = newStackWithVpc();
    const containerPort = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
    const capacity = twelve(stack, vpc);
    const make = (id: string, portMappings: ecs.PortMapping[]) =>
      new NeuronService(stack, id, { capacity, networkMode: HOST, container: { ...container, portMappings } });
    expect(() => make('Main', [{ containerPort }])).toThrow('take host port a value that is not known at synth, so only one');
    make('Service', []).taskDefinition.addContainer('Proxy', {
      image: container.image,
      memoryReservationMiB: 64,
      portMappings: [{ containerPort }],
    });
    expect(() => synth(stack)).toThrow('take host port a value that is not known at synth, so only one');
  });

  test('are warned about host mode without port mappings', () => {
    const { stack } = onCapacity(twelve, HOST);
    synth(stack);
    expect(about(stack, 'host-network-shared')).toEqual([
      expect.stringMatching(
        /several tasks with container main share a host.*torch_xla listens on port 62182 of localhost if NEURON_RT_ROOT_COMM_ID/,
      ),
    ]);
  });

  test.each(['localhost:48620', '127.0.0.1:48620', '[::1]:48620', '0.0.0.0:48620'])('cannot all meet at %s in host mode', (id) => {
    const { stack, vpc } = newStackWithVpc();
    const environment = { NEURON_RT_ROOT_COMM_ID: id };
    new NeuronService(stack, 'Service', {
      capacity: twelve(stack, vpc),
      networkMode: HOST,
      container: { image: container.image, environment },
    });
    expect(() => synth(stack)).toThrow(/take host port 48620, so only one.*\[cdk-ecs-ml:host-ports-collide\]/);
  });

  test('are only warned if they meet on another host', () => {
    const { stack, vpc } = newStackWithVpc();
    const environment = { NEURON_RT_ROOT_COMM_ID: '10.0.1.2:48620' };
    new NeuronService(stack, 'Service', {
      capacity: twelve(stack, vpc),
      networkMode: HOST,
      container: { image: container.image, environment },
    });
    synth(stack);
    expect(about(stack, 'host-network-shared')).toHaveLength(1);
  });

  test.each([BRIDGE, AWS_VPC])('have their own localhost in %s mode', (networkMode) => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, tasksPerInstance: 4 });
    const environment = { NEURON_RT_ROOT_COMM_ID: 'localhost:48620' };
    new NeuronService(stack, 'Service', { capacity, networkMode, container: { ...container, environment } });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('are warned with the mixins alone', () => {
    const { stack, vpc } = newStackWithVpc();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task', { networkMode: HOST });
    task.addContainer('Model', { image: container.image, memoryReservationMiB: 512 });
    task.with(new TaskDefinitionNeuronDevices({ instanceType: INF2_48_XLARGE, neuronCores: 2 }));
    task.with(new TaskDefinitionSlice({ capacity: twelve(stack, vpc) }));
    synth(stack, 'AwsSolutions-ECS7');
    expect(about(stack, 'host-network-shared')).toHaveLength(1);
  });
});

describe('a task that has its host to itself', () => {
  test.each([
    ['a whole host of a pool', (stack: Stack, vpc: ec2.IVpc) => pool(stack, vpc)],
    ['Managed Instances', managed],
    [
      'Managed Instances with mapped devices',
      (stack: Stack, vpc: ec2.IVpc) =>
        new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE], deviceAllocation: NeuronDeviceAllocation.MANUAL }),
    ],
  ])('takes any port in host mode: %s', (_, capacityOf) => {
    const { stack } = onCapacity(capacityOf, HOST, { containerPort: 8080 });
    synth(stack);
    expect(about(stack, 'host-network-shared')).toEqual([]);
  });
});

describe('partitions in host mode', () => {
  function two(left: Record<string, string>, right: Record<string, string> = left) {
    const { stack, vpc } = newStackWithVpc();
    const capacity = partitions(stack, vpc);
    [left, right].forEach((environment, index) => {
      const props = { capacity: capacity.partition(index), networkMode: HOST };
      new NeuronService(stack, `Service${index}`, { ...props, container: { image: container.image, environment } });
    });
    return stack;
  }

  test('are warned of the port that torch_xla takes by default', () => {
    const stack = two({}, { NEURON_RT_ROOT_COMM_ID: 'localhost:48620' });
    synth(stack);
    expect(about(stack, 'host-network-shared')).toEqual([
      expect.stringMatching(
        /Container main shares the ports of its host.*torch_xla listens on port 62182.*Set NEURON_RT_ROOT_COMM_ID in `environment`/,
      ),
    ]);
  });

  test('can meet at different ports, and not at the same', () => {
    synth(two({ NEURON_RT_ROOT_COMM_ID: 'localhost:48620' }, { NEURON_RT_ROOT_COMM_ID: 'localhost:48621' }));
    synth(two({ NEURON_RT_ROOT_COMM_ID: '10.0.0.1:48620' }));
    expect(() => synth(two({ NEURON_RT_ROOT_COMM_ID: 'localhost:48620' }))).toThrow(
      /both take host port 48620\/tcp, so no host can run both/,
    );
  });

  test('are not warned on Inf1, which has no torch_xla', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF1_24_XLARGE, partitions: [8, 8] });
    new NeuronService(stack, 'Service', { capacity: capacity.partition(0), networkMode: HOST, container: { image: container.image } });
    synth(stack);
    expect(about(stack, 'host-network-shared')).toEqual([]);
  });

  function gaudi(...environments: Record<string, string>[]) {
    const { stack, vpc } = newStackWithVpc({ env });
    const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    const capacity = new GaudiCapacity(stack, 'Pool', { vpc, machineImage, partitions: [4, 2, 1] });
    environments.forEach((environment, index) => {
      const props = { capacity: capacity.partition(index), networkMode: HOST };
      new GaudiService(stack, `Service${index}`, { ...props, container: { image: container.image, environment } });
    });
    return stack;
  }

  test('of Gaudi are warned of the port of PyTorch, unless they have one chip or set it', () => {
    const stack = gaudi({}, { MASTER_PORT: '29501' }, {});
    synth(stack);
    expect(about(stack, 'host-network-shared')).toEqual([expect.stringContaining('PyTorch listens on port 29500 of localhost')]);
  });

  test('of Gaudi cannot set the same port', () => {
    synth(gaudi({ MASTER_PORT: '29501' }, { MASTER_PORT: '29502' }));
    expect(() => synth(gaudi({ MASTER_PORT: '29501' }, { MASTER_PORT: '29501' }))).toThrow('both take host port 29501/tcp');
  });
});
