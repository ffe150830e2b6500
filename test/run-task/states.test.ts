import { aws_ec2 as ec2, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { container, makeJob } from './support';
import {
  FargateCapacity,
  MlRunTask,
  MlRunTaskProps,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
} from '../../src';
import { newStackWithVpc, synth } from '../support';
import { deployed, stateMachineOf } from '../support/state-machine';

type Props = Partial<MlRunTaskProps>;
type States = Record<string, Record<string, unknown>>;

/** The states of a job by name, those of inner state machines too. */
function statesOf(make: (scope: Construct, vpc: ec2.IVpc) => Props): { states: States } {
  const { stack, vpc } = newStackWithVpc();
  new MlRunTask(stack, 'Train', { container, timeout: Duration.hours(1), ...make(stack, vpc) });
  return { states: inside(stateMachineOf(synth(stack), 'Train')) };
}

function inside(value: unknown): States {
  if (typeof value !== 'object' || value === null) return {};
  const here = (value as { States?: States }).States ?? {};
  return Object.assign({}, here, ...Object.values(value).map(inside)) as States;
}

/** The arguments of `RunTask`, except overrides, whose effect other tests look at. */
function runTask(states: States, name = 'Run task'): Record<string, unknown> {
  const { Overrides, ...rest } = states[name].Arguments as Record<string, unknown>;
  expect(Overrides).toMatch(/^\{% .* %\}$/s);
  return rest;
}

const pool = (scope: Construct, vpc: ec2.IVpc, instanceType = NeuronInstanceType.INF2_XLARGE) =>
  new NeuronCapacity(scope, 'Pool', { vpc, instanceType, maxInstances: 3 });

const NETWORK = {
  AwsvpcConfiguration: {
    Subnets: [expect.stringMatching(/^VpcPrivateSubnet1/), expect.stringMatching(/^VpcPrivateSubnet2/)],
    SecurityGroups: [expect.stringMatching(/^TrainSecurityGroup\w+\.GroupId$/)],
    AssignPublicIp: 'DISABLED',
  },
};
const ALWAYS = {
  TaskDefinition: expect.stringMatching(/^TrainTaskDefinition/) as string,
  EnableECSManagedTags: true,
  PropagateTags: 'TASK_DEFINITION',
  Group: expect.stringMatching(/^job:StackTrainTaskDefinition/) as string,
};
const PACKED = { PlacementStrategy: [{ Type: 'binpack', Field: 'cpu' }] };
const onType = (type: string) => [
  { Type: 'memberOf', Expression: 'attribute:ecs.os-type == linux' },
  { Type: 'memberOf', Expression: `attribute:ecs.instance-type == ${type}` },
];

describe('the arguments of RunTask', () => {
  test('on Fargate', () => {
    expect(runTask(statesOf((_, vpc) => ({ vpc })).states)).toEqual({
      ...ALWAYS,
      Cluster: expect.stringMatching(/^TrainCapacityCluster\w+\.Arn$/),
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      NetworkConfiguration: NETWORK,
    });
  });

  test('on Fargate in public subnets, with security groups of the user', () => {
    const { states } = statesOf((scope, vpc) => ({
      capacity: new FargateCapacity(scope, 'Fargate', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Mine', 'sg-0123456789abcdef0')],
    }));
    expect(runTask(states).NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        Subnets: [expect.stringMatching(/^VpcPublicSubnet1/), expect.stringMatching(/^VpcPublicSubnet2/)],
        SecurityGroups: ['sg-0123456789abcdef0'],
        AssignPublicIp: 'ENABLED',
      },
    });
  });

  test('on a pool, in awsvpc mode with ECS Exec', () => {
    const { states } = statesOf((scope, vpc) => ({ capacity: pool(scope, vpc), enableExecuteCommand: true }));
    expect(runTask(states)).toEqual({
      ...ALWAYS,
      Cluster: expect.stringMatching(/^PoolCluster\w+\.Arn$/),
      CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^PoolCapacityProvider/), Weight: 1 }],
      ...PACKED,
      PlacementConstraints: onType('inf2.xlarge'),
      NetworkConfiguration: NETWORK,
      EnableExecuteCommand: true,
    });
  });

  test.each([ecs.NetworkMode.HOST, ecs.NetworkMode.BRIDGE])('on a pool, in %s mode', (networkMode) => {
    const { states } = statesOf((scope, vpc) => ({ capacity: pool(scope, vpc), networkMode }));
    expect(runTask(states)).toEqual({
      ...ALWAYS,
      Cluster: expect.stringMatching(/^PoolCluster\w+\.Arn$/),
      CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^PoolCapacityProvider/), Weight: 1 }],
      ...PACKED,
      PlacementConstraints: onType('inf2.xlarge'),
    });
  });

  test.each<[string, ecs.PlacementStrategy[], unknown]>([
    [
      'spread and pack',
      [ecs.PlacementStrategy.spreadAcross('attribute:ecs.availability-zone'), ecs.PlacementStrategy.packedByMemory()],
      [
        { Type: 'spread', Field: 'attribute:ecs.availability-zone' },
        { Type: 'binpack', Field: 'memory' },
      ],
    ],
    ['random', [ecs.PlacementStrategy.randomly()], [{ Type: 'random' }]],
    ['none', [], undefined],
  ])('on a pool, with %s for placement', (_, placementStrategies, expected) => {
    const { states } = statesOf((scope, vpc) => ({ capacity: pool(scope, vpc), placementStrategies }));
    expect(runTask(states).PlacementStrategy).toEqual(expected);
  });

  test.each<[string, (scope: Construct, vpc: ec2.IVpc) => Props]>([
    ['Fargate', (_, vpc) => ({ vpc })],
    [
      'Managed Instances',
      (scope, vpc) => ({ capacity: new NeuronManagedCapacity(scope, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] }) }),
    ],
  ])('on %s leave placement to ECS', (_, make) => {
    expect(() => statesOf((scope, vpc) => ({ ...make(scope, vpc), placementStrategies: [ecs.PlacementStrategy.packedByCpu()] }))).toThrow(
      'Stack/Train: `placementStrategies` must be left out on Fargate and on Managed Instances, where ECS places tasks by itself. They are for pools of ' +
        'EC2 hosts. [cdk-ecs-ml:job-placement]',
    );
  });

  test('on a strategy, with the weight and base of each pool', () => {
    const { states } = statesOf((scope, vpc) => {
      const cluster = new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
      const of = (id: string) => new NeuronCapacity(scope, id, { cluster, instanceType: NeuronInstanceType.INF2_XLARGE });
      const pools = [
        { capacity: of('First'), weight: 3, base: 2 },
        { capacity: of('Second'), weight: 1 },
      ];
      return { capacity: new NeuronCapacityStrategy(scope, 'Both', { pools }) };
    });
    expect(runTask(states)).toMatchObject(PACKED);
    const number = expect.stringMatching(/ : [13] %\}$/) as string;
    expect(runTask(states).CapacityProviderStrategy).toEqual([
      { CapacityProvider: expect.stringMatching(/^FirstCapacityProvider/), Weight: number, Base: expect.stringMatching(/ : 2 %\}$/) },
      { CapacityProvider: expect.stringMatching(/^SecondCapacityProvider/), Weight: number },
    ]);
  });

  test('on Managed Instances', () => {
    const { states } = statesOf((scope, vpc) => ({
      capacity: new NeuronManagedCapacity(scope, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] }),
    }));
    expect(runTask(states)).toEqual({
      ...ALWAYS,
      Cluster: expect.stringMatching(/^ManagedCluster\w+\.Arn$/),
      CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^ManagedCapacityProvider/), Weight: 1 }],
      NetworkConfiguration: NETWORK,
    });
  });
});

describe('a job of several nodes', () => {
  const nodes = (networkMode: ecs.NetworkMode) => {
    const { states } = statesOf((scope, vpc) => ({
      capacity: pool(scope, vpc, NeuronInstanceType.TRN1_32_XLARGE),
      nodes: 3,
      networkMode,
    }));
    return states;
  };
  const Cluster = expect.stringMatching(/^PoolCluster\w+\.Arn$/) as string;

  test('runs every node with the same arguments', () => {
    const states = nodes(ecs.NetworkMode.AWS_VPC);
    const { Group, ...others } = runTask(states, 'Run task (other node)');
    expect(runTask(states, 'Run task (first node)')).toEqual({ ...others, Group: `${Group as string}:first` });
    expect(runTask(states, 'Run task (other node)')).toEqual({
      ...ALWAYS,
      Cluster,
      CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^PoolCapacityProvider/), Weight: 1 }],
      ...PACKED,
      PlacementConstraints: onType('trn1.32xlarge'),
      NetworkConfiguration: NETWORK,
    });
  });

  test('passes on the input, the attempt and the name of the run', () => {
    const states = nodes(ecs.NetworkMode.AWS_VPC);
    const run = '{% $states.context.Execution.Name & "-" & $string($states.input.attempt) %}';
    expect(states['Run nodes'].Arguments).toEqual({ input: '{% $states.input.input %}', attempt: '{% $states.input.attempt %}', run });
    expect(states['Run other nodes']).toMatchObject({
      Items: '{% [1..2] %}',
      ItemSelector: {
        input: '{% $states.input.input %}',
        attempt: '{% $states.input.attempt %}',
        run: '{% $states.input.run %}',
        address: '{% $states.input.address %}',
        rank: '{% $states.context.Map.Item.Value %}',
      },
    });
  });
});

test('the step of another state machine starts the job, waits for it and passes on its parent', () => {
  const { stack, job } = makeJob();
  const step = job.step(stack, 'Step', { overrides: { command: ['python', 'other.py'] } });
  expect(deployed(stack.resolve(step.toStateJson()))).toMatchObject({
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Parameters: {
      StateMachineArn: expect.stringMatching(/^TrainStateMachine/),
      Input: { command: ['python', 'other.py'], 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
    },
    ResultSelector: { 'tasks.$': '$.Output.tasks' },
  });
});
