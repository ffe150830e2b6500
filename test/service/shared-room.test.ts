import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import {
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronRuntime,
  NeuronService,
  LogicalNeuronCoreConfig,
  TaskDefinitionManagedInstances,
  TaskDefinitionNeuronDevices,
} from '../../src';
import { NeuronEfaAffinity } from '../../src/neuron/neuron-efa-affinity';
import { container, newStackWithVpc, synth, warnings } from '../support';

const training = { container: { image: ecs.ContainerImage.fromRegistry('my-training') }, timeout: Duration.hours(1) };
const instanceType = NeuronInstanceType.INF2_XLARGE;

/** The percentages of the service whose logical id begins with `prefix`. */
function percentages(stack: Stack, prefix: string): unknown[] {
  const services = Object.entries(synth(stack).findResources('AWS::ECS::Service')).filter(([id]) => id.startsWith(prefix));
  return services.map(([, { Properties }]) => {
    const { MinimumHealthyPercent, MaximumPercent } = Properties.DeploymentConfiguration;
    return [MinimumHealthyPercent, MaximumPercent] as unknown;
  });
}

test('a job takes slices, but no share of the room for updates', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, maxInstances: 4 });
  new NeuronService(stack, 'Service', { capacity, desiredCount: 2, container });
  new MlRunTask(stack, 'Train', { ...training, capacity });
  expect(percentages(stack, 'Service')).toEqual([[100, 199]]);
});

test('a desired count that is not known gets percentages with which an update completes at any count', () => {
  const { stack, vpc } = newStackWithVpc();
  const desiredCount = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, maxInstances: 4 });
  new NeuronService(stack, 'Service', { capacity, desiredCount, container });
  expect(percentages(stack, 'Service')).toEqual([[75, 200]]);
});

describe('a strategy', () => {
  const pools = (stack: Stack, vpc: ec2.IVpc, ...props: object[]) => {
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    return props.map((more, index) => ({
      capacity: new NeuronCapacity(stack, `Pool${index}`, { cluster, instanceType: NeuronInstanceType.INF2_48_XLARGE, ...more }),
    }));
  };

  test('must have pools with one image of the Neuron 1.x daemon', () => {
    const { stack, vpc } = newStackWithVpc();
    const rtd = (neuronRtdImage: string) => ({
      instanceType: NeuronInstanceType.INF1_XLARGE,
      neuronRuntime: NeuronRuntime.NEURON_RTD,
      machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }),
      neuronRtdImage,
    });
    const two = pools(stack, vpc, rtd('neuron-rtd:1'), rtd('neuron-rtd:2'));
    expect(() => new NeuronCapacityStrategy(stack, 'Both', { pools: two })).toThrow(/`neuronRtdImage`/);
  });
});

describe('public subnets', () => {
  test.each([
    [0, 0],
    [1, 1],
  ])('%d of them among those of the hosts: %d warnings', (publicSubnets, expected) => {
    const { stack, vpc } = newStackWithVpc();
    const subnets = [vpc.privateSubnets[0], ...vpc.publicSubnets.slice(0, publicSubnets)];
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets: { subnets }, instanceType });
    synth(stack);
    expect(warnings(stack).filter((text) => text.includes('public'))).toHaveLength(expected);
  });
});

describe('Managed Instances', () => {
  const onManaged = (more: object, service: object = {}) => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType], ...more });
    return new NeuronService(stack, 'Service', { capacity, container, ...service });
  };

  test('/dev/shm must fit the memory of the task', () => {
    const memories = { taskMemory: Size.gibibytes(2), sharedMemorySize: Size.gibibytes(3) };
    expect(() => Stack.of(onManaged({}, memories)) && synth(Stack.of(onManaged({}, memories)))).toThrow(
      /`sharedMemorySize` must be at most 2048 MiB/,
    );
  });

  test.each(['NEURON_LOGICAL_NC_CONFIG', 'NEURON_RT_VIRTUAL_CORE_SIZE'])('set the logical cores, so a container cannot set %s', (name) => {
    const lnc = {
      instanceTypes: [NeuronInstanceType.TRN2_3_XLARGE],
      logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1,
    };
    const make = () => onManaged(lnc, { container: { ...container, environment: { [name]: '2' } } });
    expect(() => synth(Stack.of(make()))).toThrow(new RegExp(`must not set ${name}: LNC_1 is set for the whole capacity`));
  });

  test('of another stack map devices if they are said to', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(stack, 'Theirs', {
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'theirs', vpc }),
      capacityProviderName: 'neuron',
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0')],
      instanceTypes: [instanceType],
      deviceAllocation: NeuronDeviceAllocation.MANUAL,
    });
    expect(capacity.taskDefinitionMixins().map((mixin) => mixin.constructor)).toEqual([
      TaskDefinitionNeuronDevices,
      NeuronEfaAffinity,
      TaskDefinitionManagedInstances,
    ]);
  });
});

test('a command without a memory override has none', () => {
  const { stack, vpc } = newStackWithVpc();
  const job = new MlRunTask(stack, 'Train', { ...training, vpc });
  expect(JSON.stringify(stack.resolve(job.runTaskCommandWith({ command: ['python'] })))).not.toMatch(/memory/i);
});

test('the constructs of a service and a job keep their IDs, because other IDs would replace what is deployed', () => {
  const { stack, vpc } = newStackWithVpc();
  new NeuronService(stack, 'Bert', { vpc, instanceType, container });
  new MlRunTask(stack, 'Train', { ...training, vpc });
  const paths = stack.node.findAll().map(({ node }) => node.path.replace('Stack/', ''));
  expect(paths).toEqual(
    expect.arrayContaining(
      // prettier-ignore
      [
        'Bert/Capacity/Cluster', 'Bert/Capacity/SecurityGroup', 'Bert/Capacity/Role', 'Bert/Capacity/LaunchTemplate',
        'Bert/Capacity/AutoScalingGroup', 'Bert/Capacity/CapacityProvider', 'Bert/TaskDefinition', 'Bert/TaskDefinition/Container',
        'Bert/LogGroup', 'Bert/Service', 'Train/Capacity/Cluster', 'Train/TaskDefinition/Container', 'Train/LogGroup',
        'Train/SecurityGroup', 'Train/StateMachine',
      ],
    ),
  );
});
