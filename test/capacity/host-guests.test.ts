import {
  App,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_events as events,
  aws_events_targets as targets,
  aws_scheduler as scheduler,
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
  CfnParameter,
  Duration,
  Size,
  Stack,
  Token,
} from 'aws-cdk-lib';
import {
  Ec2Capacity,
  FargateCapacity,
  GaudiCapacity,
  GaudiMachineImage,
  ISlicedCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { placementOnType } from '../../src/capacity/slices/placement-expression';
import { container, newApp, newStackWithVpc } from '../support';

const { INF2_XLARGE, INF2_48_XLARGE } = NeuronInstanceType;

interface Setup {
  readonly app: App;
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly pool: NeuronCapacity;
}

function setup(props: Partial<NeuronCapacityProps> = {}): Setup {
  const app = newApp();
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-west-2' } }, app);
  return { app, stack, vpc, pool: new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_XLARGE, ...props }) };
}

/** What is said about tasks without a slice: errors, and warnings of all stacks. */
function said(app: App): string[] {
  const texts = () => {
    try {
      return app.synth().stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
    } catch (thrown) {
      const errors = (thrown as Error).message.split('\n').filter((line) => line.includes('cdk-ecs-ml:'));
      if (errors.length === 0) throw thrown;
      return errors;
    }
  };
  return texts().filter((text) => /daemon-takes-slice|guest-takes-slice|guest-size-unknown/.test(text));
}

function agent(scope: Stack, options: Partial<ecs.ContainerDefinitionOptions> = {}, props: Partial<ecs.TaskDefinitionProps> = {}) {
  const task = new ecs.TaskDefinition(scope, 'Agent', { compatibility: ecs.Compatibility.EC2, ...props });
  task.addContainer('agent', { image: ecs.ContainerImage.fromRegistry('agent'), memoryReservationMiB: 100, ...options });
  return task;
}

const ENOUGH = { reservedCpu: 1024, reservedMemory: Size.mebibytes(3072) };
const error = expect.stringContaining('[cdk-ecs-ml:daemon-takes-slice]');
const warning = expect.stringMatching(
  /may run on a host of Stack\/\w+ without a slice\. .*\[ack: Annotation::cdk-ecs-ml:guest-takes-slice\]/s,
);

describe('a daemon service', () => {
  const daemon = (options: Partial<ecs.ContainerDefinitionOptions>, props: Partial<NeuronCapacityProps> = {}) => {
    const { app, stack, pool } = setup(props);
    new NeuronService(stack, 'Model', { capacity: pool, container });
    new ecs.Ec2Service(stack, 'Daemon', { cluster: pool.cluster, taskDefinition: agent(stack, options), daemon: true });
    return said(app);
  };

  test('that does not fit beside a slice is an error', () => {
    expect(daemon({ cpu: 100 })).toEqual([error]);
    expect(daemon({ cpu: 100 })[0]).toContain(
      'Each host of Stack/Pool runs the daemon Stack/Daemon (100 cpu units and 100 MiB), but its slices leave only 0 cpu units. A host never has ' +
        'room for all its tasks. Set `reservedCpu` of the pool to 100, or `cpu` of the daemon to 0.',
    );
  });

  test('that asks for more than the pool can keep is told how much that is', () => {
    expect(daemon({ cpu: 2047 })[0]).toContain('Set `reservedCpu` of the pool to 2047');
    expect(daemon({ cpu: 2048 })[0]).toContain(
      'Set `cpu` of the daemon to at most 2047 in all, which is the most that `reservedCpu` of the pool can be, or to 0.',
    );
    expect(daemon({ cpu: 2047 }, { reservedCpu: 2047, reservedMemory: Size.gibibytes(1) })).toEqual([]);
  });

  test('fits exactly what the pool keeps', () => {
    expect(daemon({ cpu: 1024, memoryReservationMiB: 3072 }, ENOUGH)).toEqual([]);
    expect(daemon({ cpu: 1025, memoryReservationMiB: 3072 }, ENOUGH)).toEqual([error]);
    expect(daemon({ cpu: 1024, memoryReservationMiB: 3073 }, ENOUGH)).toEqual([warning]);
  });

  test('without cpu units needs memory only', () => {
    expect(daemon({})).toEqual([
      expect.stringContaining('Set `reservedMemory` to 100 MiB, keep these tasks off with a capacity provider strategy or a placement'),
    ]);
    expect(daemon({ cpu: 0 }, { reservedMemory: Size.mebibytes(100) })).toEqual([]);
  });

  test('of a size that is known at deployment warns', () => {
    const { app, stack, pool } = setup(ENOUGH);
    const parameter = new CfnParameter(stack, 'Size', { type: 'Number' });
    const taskDefinition = agent(stack, { memoryReservationMiB: Token.asNumber(parameter.value) });
    new ecs.Ec2Service(stack, 'Daemon', { cluster: pool.cluster, taskDefinition, daemon: true });
    expect(said(app)).toEqual([expect.stringContaining('The cpu or the memory of Stack/Daemon is not known at synth')]);
  });

  test('of an imported task definition warns', () => {
    const { app, stack, pool } = setup(ENOUGH);
    const taskDefinition = 'arn:aws:ecs:us-west-2:111111111111:task-definition/agent:1';
    new ecs.CfnService(stack, 'Daemon', { cluster: pool.cluster.clusterArn, taskDefinition, schedulingStrategy: 'DAEMON' });
    expect(said(app)).toEqual([expect.stringContaining('[ack: Annotation::cdk-ecs-ml:guest-size-unknown]')]);
  });

  test('counts with all others', () => {
    const { app, stack, pool } = setup(ENOUGH);
    const taskDefinition = agent(stack, { cpu: 600 });
    for (const id of ['One', 'Two']) new ecs.Ec2Service(stack, id, { cluster: pool.cluster, taskDefinition, daemon: true });
    expect(said(app)).toEqual([expect.stringMatching(/Stack\/One .* and Stack\/Two .*Set `reservedCpu` of the pool to 1200/)]);
  });

  test.each([
    ['1 vCPU', '4 GB', error],
    ['.5 vcpu', '3 GB', undefined],
    ['512', '3072', undefined],
    ['512', '3073', warning],
  ])('of %s and %s as a task is read like ECS reads it', (cpu, memory, expected) => {
    const { app, stack, pool } = setup({ ...ENOUGH, reservedCpu: 1000 });
    const task = new ecs.CfnTaskDefinition(stack, 'Task', {
      cpu,
      memory,
      containerDefinitions: [{ name: 'main', image: 'agent', cpu: 9 }],
    });
    new ecs.CfnService(stack, 'Daemon', { cluster: pool.cluster.clusterName, taskDefinition: task.ref, schedulingStrategy: 'DAEMON' });
    expect(said(app)).toEqual(expected ? [expected] : []);
  });

  test('with /dev/shm takes it in addition to its memory', () => {
    const { app, stack, pool } = setup({ reservedMemory: Size.mebibytes(163) });
    const linuxParameters = new ecs.LinuxParameters(stack, 'Linux', { sharedMemorySize: 64 });
    new ecs.Ec2Service(stack, 'Daemon', { cluster: pool.cluster, taskDefinition: agent(stack, { linuxParameters }), daemon: true });
    expect(said(app)).toEqual([expect.stringContaining('`reservedMemory` to 164 MiB')]);
  });

  test('by an override is seen', () => {
    const { app, stack, pool } = setup();
    const service = new ecs.Ec2Service(stack, 'Daemon', { cluster: pool.cluster, taskDefinition: agent(stack, { cpu: 100 }) });
    (service.node.defaultChild as ecs.CfnService).addPropertyOverride('SchedulingStrategy', 'DAEMON');
    expect(said(app)).toEqual([error]);
  });
});

describe('a daemon that placement constraints', () => {
  const constrained = (...constraints: ecs.PlacementConstraint[]) => {
    const { app, stack, pool } = setup();
    const placementConstraints = constraints.slice(0, 1);
    const taskDefinition = agent(stack, { cpu: 100 }, { placementConstraints: constraints.slice(1) });
    new ecs.Ec2Service(stack, 'Daemon', { cluster: pool.cluster, taskDefinition, daemon: true, placementConstraints });
    return said(app);
  };
  const member = (expression: string) => ecs.PlacementConstraint.memberOf(expression);

  test('keep off the hosts is none of them', () => {
    expect(constrained(member('attribute:ecs.instance-type != inf2.xlarge'))).toEqual([]);
    expect(constrained(ecs.PlacementConstraint.distinctInstances(), member('attribute:ecs.instance-type == c7i.large'))).toEqual([]);
  });

  test('put on the hosts is an error', () => {
    expect(constrained(member('attribute:ecs.instance-type =~ inf2.*'))).toEqual([error]);
  });

  test('may put on the hosts warns', () => {
    expect(constrained(member('attribute:role == general'))).toEqual([warning]);
  });
});

test.each([
  ['attribute:ecs.instance-type == inf2.xlarge', 'on'],
  ['attribute:ecs.instance-type in [trn1.2xlarge, inf2.xlarge]', 'on'],
  ['attribute:ecs.instance-type not_in [trn1.2xlarge]', 'on'],
  ['attribute:ecs.instance-type !in [inf2.xlarge]', 'off'],
  ['attribute:ecs.instance-type not_equals inf2.xlarge', 'off'],
  ['attribute:ecs.instance-type equals trn1.2xlarge', 'off'],
  ['attribute:ecs.instance-type matches trn1.*', 'off'],
  ['attribute:ecs.instance-type =~ (', 'maybe'],
  ['attribute:ecs.instance-type =~ *', 'maybe'],
  ['attribute:ecs.instance-type !~ trn1.*', 'maybe'],
  ['attribute:ecs.os-type == windows', 'off'],
  ['attribute:ecs.os-type == linux and attribute:ecs.instance-type == inf2.xlarge', 'on'],
  ['attribute:ecs.os-type == linux && attribute:ecs.instance-type == trn1.2xlarge', 'off'],
  ['attribute:ecs.instance-type == trn1.2xlarge or attribute:team == ml', 'maybe'],
  ['attribute:stack exists', 'maybe'],
  ['task:group == databases', 'maybe'],
  [undefined, 'on'],
  [{ Ref: 'Parameter' }, 'maybe'],
])('a task with the constraint %p runs %s hosts of inf2.xlarge', (Expression, expected) => {
  expect(placementOnType([{ Expression }], 'inf2.xlarge')).toBe(expected);
});

describe('a service that is no daemon', () => {
  const replica = (props: (given: Setup) => Partial<ecs.CfnServiceProps>, options: { pool?: Partial<NeuronCapacityProps> } = {}) => {
    const given = setup(options.pool);
    const { app, stack, pool } = given;
    const task = new ecs.CfnTaskDefinition(stack, 'Task', {
      family: 'agent',
      containerDefinitions: [{ name: 'main', image: 'agent', cpu: 100, memory: 100 }],
    });
    new ecs.CfnService(stack, 'Service', { cluster: pool.cluster.clusterName, taskDefinition: task.ref, ...props(given) });
    return said(app);
  };

  test('on all EC2 instances of the cluster warns', () => {
    expect(replica(() => ({}))).toEqual([warning]);
    expect(replica(() => ({ launchType: 'EC2' }))).toEqual([warning]);
    expect(replica(() => ({ launchType: 'EC2' }))[0]).toContain('Set `reservedCpu` of the pool to 100 and `reservedMemory` to 100 MiB');
  });

  test('is found by the family of its task definition', () => {
    expect(replica(() => ({ taskDefinition: 'agent' }))).toEqual([warning]);
    expect(replica(() => ({ taskDefinition: 'agent:3' }))).toEqual([warning]);
    expect(replica(() => ({ taskDefinition: 'other-agent' }))).toEqual([expect.stringContaining('guest-size-unknown')]);
  });

  test('elsewhere does not', () => {
    expect(replica(() => ({ launchType: 'EXTERNAL' }))).toEqual([]);
    expect(replica(({ stack }) => ({ cluster: new ecs.CfnCluster(stack, 'Other').ref }))).toEqual([]);
    expect(replica(() => ({ cluster: undefined }))).toEqual([]);
    expect(replica(() => ({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] }))).toEqual([]);
    expect(replica(() => ({ desiredCount: 0 }))).toEqual([]);
  });

  test('on the capacity provider of the pool warns', () => {
    const strategy = ({ pool }: Setup) => ({ capacityProviderStrategy: [{ capacityProvider: pool.capacityProviderName, weight: 1 }] });
    expect(replica(strategy)).toEqual([warning]);
  });

  test('counts each of its tasks, unless they are on distinct hosts', () => {
    const pool = { reservedCpu: 250, reservedMemory: Size.gibibytes(1) };
    expect(replica(() => ({ desiredCount: 2 }), { pool })).toEqual([]);
    expect(replica(() => ({ desiredCount: 3 }), { pool })).toEqual([
      expect.stringContaining('Stack/Service (3 x 100 cpu units and 100 MiB)'),
    ]);
    expect(replica(() => ({ desiredCount: 3, placementConstraints: [{ type: 'distinctInstance' }] }), { pool })).toEqual([]);
  });

  test('on the default strategy of the cluster warns if that has the pool', () => {
    const withDefault = (provider: (given: Setup) => string) =>
      replica((given) => {
        (given.pool.cluster as ecs.Cluster).addDefaultCapacityProviderStrategy([{ capacityProvider: provider(given), weight: 1 }]);
        return {};
      });
    expect(withDefault(({ pool }) => pool.capacityProviderName)).toEqual([warning]);
    expect(
      withDefault(({ pool, stack }) => {
        return new Ec2Capacity(stack, 'Cpu', { cluster: pool.cluster, instanceType: new ec2.InstanceType('c7i.large') })
          .capacityProviderName;
      }),
    ).toEqual([]);
  });
});

describe('task definitions without a service that', () => {
  const started = (start: (given: Setup & { taskDefinition: ecs.TaskDefinition }) => void, props: Partial<NeuronCapacityProps> = {}) => {
    const given = setup(props);
    const taskDefinition = agent(given.stack, { cpu: 100 });
    start({ ...given, taskDefinition });
    return said(given.app);
  };
  const schedule = events.Schedule.rate(Duration.days(1));
  const ofAgent = [expect.stringContaining('Stack/Agent (100 cpu units and 100 MiB) may run on a host of Stack/Pool without a slice')];

  test('a rule runs warn', () => {
    const rule = ({ stack, pool, taskDefinition }: Setup & { taskDefinition: ecs.TaskDefinition }) =>
      new events.Rule(stack, 'Rule', { schedule }).addTarget(new targets.EcsTask({ cluster: pool.cluster, taskDefinition }));
    expect(started(rule)).toEqual(ofAgent);
    expect(started(rule, ENOUGH)).toEqual([]);
  });

  test('a state machine runs warn, once', () => {
    const machine = (target: (given: Setup) => tasks.IEcsLaunchTarget) => (given: Setup & { taskDefinition: ecs.TaskDefinition }) => {
      const { stack, pool, taskDefinition } = given;
      for (const id of ['A', 'B']) {
        const state = new tasks.EcsRunTask(stack, `Run${id}`, { cluster: pool.cluster, taskDefinition, launchTarget: target(given) });
        new sfn.StateMachine(stack, id, { definitionBody: sfn.DefinitionBody.fromChainable(state) });
      }
    };
    const constraint = ecs.PlacementConstraint.memberOf('attribute:ecs.instance-type == c7i.large');
    expect(started(machine(() => new tasks.EcsEc2LaunchTarget()))).toEqual(ofAgent);
    expect(started(machine(() => new tasks.EcsEc2LaunchTarget({ placementConstraints: [constraint] })))).toEqual([]);
  });

  test('a schedule runs warn, unless it uses other capacity', () => {
    const byStrategy = (provider: (given: Setup) => string) => (given: Setup & { taskDefinition: ecs.TaskDefinition }) =>
      new scheduler.CfnSchedule(given.stack, 'Schedule', {
        scheduleExpression: 'rate(1 day)',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: given.pool.cluster.clusterArn,
          roleArn: 'arn:aws:iam::111111111111:role/scheduler',
          ecsParameters: {
            taskDefinitionArn: given.taskDefinition.taskDefinitionArn,
            capacityProviderStrategy: [{ capacityProvider: provider(given) }],
          },
        },
      });
    expect(started(byStrategy(({ pool }) => pool.capacityProviderName))).toEqual(ofAgent);
    expect(started(byStrategy(() => 'FARGATE'))).toEqual([]);
  });

  test('nothing runs are not looked at', () => {
    expect(started(() => undefined)).toEqual([]);
  });

  test('run on another cluster do not warn', () => {
    expect(
      started(({ stack, vpc, taskDefinition }) =>
        new events.Rule(stack, 'Rule', { schedule }).addTarget(
          new targets.EcsTask({ cluster: new ecs.Cluster(stack, 'Other', { vpc }), taskDefinition }),
        ),
      ),
    ).toEqual([]);
  });
});

test('services and jobs of this library are no guests, on whatever capacity of the cluster', () => {
  const { app, stack, pool } = setup({ maxInstances: 8 });
  const { cluster } = pool;
  const small = new NeuronCapacity(stack, 'Small', { cluster, instanceType: NeuronInstanceType.INF2_8_XLARGE, maxInstances: 4 });
  const spot = new NeuronCapacity(stack, 'Spot', {
    cluster,
    instanceType: NeuronInstanceType.INF2_8_XLARGE,
    maxInstances: 4,
    purchaseOption: PurchaseOption.spot(),
  });
  const strategy = new NeuronCapacityStrategy(stack, 'Strategy', { pools: [{ capacity: small }, { capacity: spot }] });
  const halves = new NeuronCapacity(stack, 'Halves', { cluster, instanceType: INF2_48_XLARGE, partitions: [6, 6] });
  const cpu = new Ec2Capacity(stack, 'Cpu', { cluster, instanceType: new ec2.InstanceType('c7i.large') });
  const fargate = new FargateCapacity(stack, 'Fargate', { cluster, cpu: 1024, memory: Size.gibibytes(2) });
  new NeuronService(stack, 'Model', { capacity: pool, container });
  new NeuronService(stack, 'Mixed', { capacity: strategy, container });
  new NeuronService(stack, 'Left', { capacity: halves.partition(0), container });
  const image = ecs.ContainerImage.fromRegistry('job');
  const timeout = Duration.hours(1);
  new MlRunTask(stack, 'Train', { capacity: pool, container: { image }, timeout }).schedule('Daily', {
    schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
  } as never);
  new MlRunTask(stack, 'Prepare', { capacity: cpu, container: { image, cpu: 512, memoryLimitMiB: 512 }, timeout });
  new MlRunTask(stack, 'Report', { capacity: fargate, container: { image }, timeout });
  expect(said(app)).toEqual([]);
});

describe('guests are seen', () => {
  const daemonIn = (stack: Stack, cluster: ecs.ICluster) =>
    new ecs.Ec2Service(stack, 'Daemon', { cluster, taskDefinition: agent(stack, { cpu: 100 }), daemon: true });

  test('in another stack', () => {
    const { app, stack, pool } = setup();
    daemonIn(new Stack(app, 'Agents', { env: { account: stack.account, region: stack.region } }), pool.cluster);
    expect(said(app)).toEqual([error]);
  });

  test.each<[string, (stack: Stack, cluster: ecs.ICluster) => ISlicedCapacity]>([
    [
      'an imported Neuron pool',
      (stack, cluster) =>
        NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Theirs', {
          cluster,
          capacityProviderName: 'theirs',
          instanceType: INF2_XLARGE,
        }),
    ],
    [
      'an imported Gaudi pool',
      (stack, cluster) => GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Theirs', { cluster, capacityProviderName: 'theirs' }),
    ],
    [
      'a Gaudi pool',
      (stack, cluster) =>
        new GaudiCapacity(stack, 'Theirs', {
          cluster,
          machineImage: GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' })),
        }),
    ],
    ['partitions', (stack, cluster) => new NeuronCapacity(stack, 'Theirs', { cluster, instanceType: INF2_48_XLARGE, partitions: [6, 6] })],
  ])('on %s, in an imported cluster', (_, make) => {
    const app = newApp();
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-west-2' } }, app);
    const imported = (id: string) =>
      ecs.Cluster.fromClusterAttributes(stack, id, { clusterName: 'theirs', vpc, securityGroups: [], hasEc2Capacity: true });
    make(stack, imported('One'));
    daemonIn(stack, imported('Two'));
    expect(said(app)).toEqual([error]);
    expect(said(app)[0]).toContain('Each host of Stack/Theirs runs the daemon Stack/Daemon');
  });

  test('a partition that takes not all chips leaves their share', () => {
    const { app, stack, pool } = setup({ instanceType: INF2_48_XLARGE, partitions: [8] });
    pool.partition(0);
    daemonIn(stack, pool.cluster);
    expect(said(app)).toEqual([]);
  });
});
