import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  Ec2Capacity,
  FargateCapacity,
  GaudiCapacity,
  GaudiMachineImage,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const instanceType = NeuronInstanceType.INF2_8_XLARGE;
const purchaseOption = PurchaseOption.spot();
const LONG = Duration.minutes(10);
const WARNING = /`stopTimeout` of container main should be at most 120 seconds, got: 600.*cdk-ecs-ml:stop-timeout-spot/s;

/** A time that only the deployment knows. */
function unknown(stack: Stack): Duration {
  return Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number', default: 600 }).valueAsNumber);
}

type Make = (stack: Stack, vpc: ec2.IVpc, options: { purchaseOption?: PurchaseOption }) => ICapacity;

const CAPACITIES: [string, Make][] = [
  ['NeuronCapacity', (stack, vpc, options) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType, ...options })],
  [
    'a slice of a NeuronCapacity',
    (stack, vpc, options) =>
      new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_48_XLARGE, tasksPerInstance: 12, ...options }),
  ],
  [
    'a partition',
    (stack, vpc, options) =>
      new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_48_XLARGE, partitions: [6, 6], ...options }).partition(
        0,
      ),
  ],
  [
    'an imported NeuronCapacity',
    (stack, vpc, options) =>
      NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
        cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'theirs', vpc }),
        capacityProviderName: 'theirs',
        instanceType,
        interruptible: options.purchaseOption !== undefined,
        securityGroups: [],
      }),
  ],
  [
    'a strategy with one Spot pool',
    (stack, vpc, options) => {
      const first = new NeuronCapacity(stack, 'OnDemand', { vpc, instanceType });
      const spot = new NeuronCapacity(stack, 'Spot', { cluster: first.cluster, instanceType, ...options });
      return new NeuronCapacityStrategy(stack, 'Strategy', { pools: [{ capacity: first }, { capacity: spot }] });
    },
  ],
  [
    'GaudiCapacity',
    (stack, vpc, options) =>
      new GaudiCapacity(stack, 'Pool', {
        vpc,
        machineImage: GaudiMachineImage.custom(ec2.MachineImage.fromSsmParameter('/my/gaudi/ami')),
        ...options,
      }),
  ],
  [
    'NeuronManagedCapacity',
    (stack, vpc, options) => new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType], ...options }),
  ],
  [
    'Ec2Capacity',
    (stack, vpc, options) => new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.large'), ...options }),
  ],
];

describe.each(CAPACITIES)('on %s', (_, make) => {
  function job(options: { purchaseOption?: PurchaseOption }, stopTimeout?: Duration | 'unknown', sidecar?: Duration): string[] {
    const { stack, vpc } = newStackWithVpc();
    const wanted = stopTimeout === 'unknown' ? unknown(stack) : stopTimeout;
    const capacity = make(stack, vpc, options);
    const memory = capacity instanceof Ec2Capacity ? { memoryLimitMiB: 512 } : {};
    const { taskDefinition } = new MlRunTask(stack, 'Job', {
      capacity,
      container: { image: container.image, stopTimeout: wanted, ...memory },
      timeout: Duration.hours(1),
      resumable: true,
    });
    if (sidecar) taskDefinition.addContainer('Log', { image: container.image, memoryLimitMiB: 64, stopTimeout: sidecar, essential: false });
    return warnings(stack).filter((warning) => warning.includes('stop-timeout'));
  }

  test('Spot warns about a container that takes longer than two minutes to stop', () => {
    expect(job({ purchaseOption }, LONG)).toEqual([expect.stringMatching(WARNING)]);
    expect(job({ purchaseOption }, undefined, LONG)).toEqual([expect.stringContaining('container Log')]);
  });

  test('On-Demand does not, nor does a time that fits or is not known', () => {
    expect(job({}, LONG)).toEqual([]);
    expect(job({ purchaseOption })).toEqual([]);
    expect(job({ purchaseOption }, Duration.minutes(2))).toEqual([]);
    expect(job({ purchaseOption }, Duration.seconds(Lazy.number({ produce: () => 600 })))).toEqual([expect.stringMatching(WARNING)]);
    expect(job({ purchaseOption }, 'unknown')).toEqual([]);
  });

  test('mixins on a task definition of the user warn too', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = make(stack, vpc, { purchaseOption });
    const { placementConstraints, compatibility } = capacity;
    const managed = compatibility === ecs.Compatibility.MANAGED_INSTANCES;
    const networkMode = managed ? ecs.NetworkMode.AWS_VPC : ecs.NetworkMode.BRIDGE;
    const task = new ecs.TaskDefinition(stack, 'Task', {
      compatibility,
      networkMode,
      placementConstraints: managed ? undefined : placementConstraints,
    });
    task.addContainer('main', { image: container.image, memoryReservationMiB: 512, stopTimeout: LONG });
    task.with(...capacity.taskDefinitionMixins());
    expect(warnings(stack)).toContainEqual(expect.stringMatching(WARNING));
  });
});

describe('on Fargate, with or without Spot,', () => {
  const fargate = (scope: Construct, vpc: ec2.IVpc, spot: boolean) => new FargateCapacity(scope, 'Fargate', { vpc, spot });
  const MESSAGE = /`stopTimeout` of container main must be at most 120 seconds on Fargate, got: 600.*\[cdk-ecs-ml:stop-timeout-fargate\]/;

  test.each([true, false])('more than two minutes to stop is an error (Spot: %s)', (spot) => {
    const { stack, vpc } = newStackWithVpc();
    const props = { timeout: Duration.hours(1), resumable: true, capacity: fargate(stack, vpc, spot) };
    expect(() => new MlRunTask(stack, 'Job', { ...props, container: { image: container.image, stopTimeout: LONG } })).toThrow(MESSAGE);
    const job = new MlRunTask(stack, 'Other', { ...props, container: { image: container.image, stopTimeout: Duration.minutes(2) } });
    job.taskDefinition.addContainer('Log', { image: container.image, stopTimeout: Duration.seconds(121) });
    expect(() => synth(stack)).toThrow(/`stopTimeout` of container Log must be at most 120 seconds on Fargate, got: 121/);
  });

  test('a task definition of the user is checked by the mixins', () => {
    const { stack, vpc } = newStackWithVpc();
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('main', { image: container.image, stopTimeout: LONG, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'main' }) });
    const before = JSON.stringify(stack.resolve((task.node.defaultChild as ecs.CfnTaskDefinition).containerDefinitions));
    task.with(...fargate(stack, vpc, false).taskDefinitionMixins());
    expect(JSON.stringify(stack.resolve((task.node.defaultChild as ecs.CfnTaskDefinition).containerDefinitions))).toBe(before);
    expect(() => synth(stack)).toThrow(MESSAGE);
  });

  test('a time that is not known is not compared', () => {
    const { stack, vpc } = newStackWithVpc();
    new MlRunTask(stack, 'Job', {
      capacity: fargate(stack, vpc, false),
      timeout: Duration.hours(1),
      container: { image: container.image, stopTimeout: unknown(stack) },
    });
    synth(stack);
  });
});

test.each([
  ['3m', true],
  ['121s', true],
  ['1h', true],
  ['"2m30s"', true],
  ['2m', false],
  ['90s', false],
])('the time that the agent of a Spot host gives by default, %s, warns: %s', (value, warns) => {
  const { stack, vpc } = newStackWithVpc();
  const userDataCommands = [`echo ECS_CONTAINER_STOP_TIMEOUT=${value} >> /etc/ecs/ecs.config`];
  new NeuronCapacity(stack, 'Spot', { vpc, instanceType, purchaseOption, userDataCommands });
  new NeuronCapacity(stack, 'OnDemand', { vpc, instanceType, userDataCommands });
  expect(warnings(stack).filter((warning) => warning.includes('ECS_CONTAINER_STOP_TIMEOUT'))).toHaveLength(warns ? 1 : 0);
});

test('a service warns as a job does', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, purchaseOption });
  new NeuronService(stack, 'Service', { capacity, container: { ...container, stopTimeout: LONG } });
  expect(warnings(stack)).toContainEqual(expect.stringMatching(WARNING));
});
