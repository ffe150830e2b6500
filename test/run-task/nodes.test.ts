import { aws_ec2 as ec2, aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { container, makeJob, EXECUTION } from './support';
import { ICapacity, MlRunTask, MlRunTaskProps, NeuronCapacity, NeuronInstanceType, NeuronManagedCapacity } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { Call, execute, Execution, Reply, StatesError } from '../support/asl';
import { stateMachineOf } from '../support/state-machine';

const TASK = 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0';

/** A job of four nodes, each a whole host. */
function makeNodes(props: Partial<MlRunTaskProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE, maxInstances: 4 });
  const job = new MlRunTask(stack, 'Train', { capacity, container, timeout: Duration.hours(6), nodes: 4, ...props });
  return { stack, job };
}

const definition = (props?: Partial<MlRunTaskProps>) => stateMachineOf(synth(makeNodes(props).stack), 'Train');

interface Override {
  readonly Environment: { readonly Name: string; readonly Value: string }[];
}

function environmentOf(call: Call): Record<string, string> {
  const { ContainerOverrides } = call.args.Overrides as { ContainerOverrides: Override[] };
  return Object.fromEntries(ContainerOverrides[0].Environment.map(({ Name, Value }) => [Name, Value]));
}

const ended = (ExitCode: number, more: object = {}) => ({
  TaskArn: TASK,
  StopCode: 'EssentialContainerExited',
  StoppedReason: 'Essential container in task exited',
  Containers: [{ Name: 'main', ExitCode }],
  ...more,
});

const fine: Reply = { result: ended(0), after: 3600 };
const broken: Reply = { fails: new StatesError('States.TaskFailed', JSON.stringify(ended(1))), after: 100 };
const interrupted: Reply = {
  fails: new StatesError('States.TaskFailed', JSON.stringify(ended(143, { StopCode: 'TerminationNotice' }))),
  after: 100,
};

/** A stub of ECS, where the first node runs 25 seconds after the request, and of the meeting, which then tells its address. */
function ecsOf(node: (environment: Record<string, string>) => Reply): (call: Call) => Reply {
  return (call) => {
    if (call.resource.endsWith('ecs:runTask.sync')) return node(environmentOf(call));
    expect(call.resource).toBe('arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken');
    return { result: { address: '10.0.0.7' }, after: 25 };
  };
}

/** The names of all states, of inner state machines too. */
function stateNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(stateNames);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(key === 'States' ? Object.keys(inner as object) : []), ...stateNames(inner)]);
}

const nodesOf = ({ calls }: Execution) => calls.filter(({ resource }) => resource.endsWith('runTask.sync'));

test('nodes have their rank, the number of nodes, and the address of the first node', async () => {
  const run = await execute(
    definition(),
    { environment: { EPOCHS: '3' } },
    ecsOf(() => fine),
  );
  expect(run.status).toBe('SUCCEEDED');
  const common = { EPOCHS: '3', [EXECUTION.Name]: EXECUTION.Value, JOB_RUN_ID: 'run-1-1', NNODES: '4', MASTER_PORT: '29500' };
  expect(nodesOf(run).map(environmentOf)).toEqual([
    { ...common, NODE_RANK: '0' },
    ...['1', '2', '3'].map((rank) => ({ ...common, NODE_RANK: rank, MASTER_ADDR: '10.0.0.7' })),
  ]);
  expect(nodesOf(run).map(({ at }) => at)).toEqual([0, 25, 25, 25]);
  expect(run.output).toEqual({ tasks: Array(4).fill(expect.objectContaining({ taskArn: TASK, exitCode: 0, attempts: 1 })) as object[] });
});

test.each(['0', '2'])('when node %s fails, the others are stopped and the run reports the cause', async (rank) => {
  const run = await execute(
    definition(),
    {},
    ecsOf(({ NODE_RANK }) => (NODE_RANK === rank ? broken : fine)),
  );
  expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed' });
  expect(run.cause).toMatch(/^Container main exited with code 1\. /);
  expect(run.cancelled).toHaveLength(3);
});

test('all nodes run again when one loses its host', async () => {
  let lost = 0;
  const run = await execute(
    definition(),
    {},
    ecsOf(({ NODE_RANK }) => (NODE_RANK === '3' && lost++ === 0 ? interrupted : fine)),
  );
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    output: { tasks: [{ attempts: 2 }, { attempts: 2 }, { attempts: 2 }, { attempts: 2 }] },
  });
  expect(nodesOf(run).map((call) => environmentOf(call).JOB_RUN_ID)).toEqual([...Array(4).fill('run-1-1'), ...Array(4).fill('run-1-2')]);
  expect(run.took).toBe(125 + 30 + 25 + 3600);
});

test('retries are limited', async () => {
  const run = await execute(
    definition({ retries: 1 }),
    {},
    ecsOf(() => interrupted),
  );
  expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.Interrupted' });
});

test('the wait for the first node costs no history, and ends with the time of the job', async () => {
  const never = (call: Call): Reply =>
    call.resource.includes('dynamodb') || environmentOf(call).NODE_RANK === '0' ? { result: {}, after: 10_000_000 } : fine;
  const run = await execute(definition({ retries: 0, capacityTimeout: Duration.hours(2) }), {}, never);
  expect(run).toMatchObject({
    status: 'FAILED',
    error: 'MlRunTask.NoCapacity',
    cause: 'The first node did not run within 10800 seconds.',
    took: 10_800,
  });
  expect(run.visited.filter((state) => state.startsWith('Wait'))).toEqual(['Wait for first node']);
  expect(run.cancelled.map(({ resource }) => resource)).toContain('arn:aws:states:::ecs:runTask.sync');
});

test('the first node that never starts ends the wait of the others', async () => {
  const refused: Reply = { fails: new StatesError('ECS.ClientException', 'TaskDefinition is inactive'), after: 3 };
  const run = await execute(definition(), {}, (call) => (call.resource.includes('dynamodb') ? { result: {}, after: 1000 } : refused));
  expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.RunTaskRefused', took: 3 });
  expect(run.cancelled.map(({ resource }) => resource)).toEqual(['arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken']);
});

test('states say what they do, in names that are unique and short enough for Step Functions', () => {
  const names = stateNames(definition({ networkMode: ecs.NetworkMode.HOST }));
  expect(new Set(names).size).toBe(names.length);
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(names).toEqual([
    'Validate input',
    'Input valid?',
    'Reject input',
    'Prepare first attempt',
    'Run nodes',
    'Retry?',
    'Wait before retry',
    'Fail',
    'Run task (first node)',
    'Classify outcome (first node)',
    'Done (first node)',
    'Fail (first node)',
    'Task succeeded? (first node)',
    'Wait for first node',
    'First node missing',
    'Run other nodes',
    'Run task (other node)',
    'Classify outcome (other node)',
    'Done (other node)',
    'Fail (other node)',
    'Task succeeded? (other node)',
  ]);
});

test('nodes can reach each other', () => {
  const { stack } = makeNodes();
  synth(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1' });
  expect(warnings(stack).filter((warning) => !warning.includes('job-nodes-efa'))).toEqual([]);
});

test('a run cannot override the number of nodes', async () => {
  const { job } = makeNodes();
  expect(() => job.startExecutionCommandWith({ count: 2 })).toThrow(
    "`count` can't be overridden for a job with `nodes`: its 4 tasks always run together. Leave `count` out.",
  );
  expect(
    (
      await execute(
        definition(),
        { count: 2 },
        ecsOf(() => fine),
      )
    ).cause,
  ).toContain('The input has fields that this job does not accept: count. It accepts');
});

test.each<[Partial<MlRunTaskProps>, string]>([
  [
    { nodes: 1 },
    '`nodes` must be a whole number from 2 to 40 that is known at synth, got: 1. Leave it out to run a single task. [cdk-ecs-ml:job-nodes]',
  ],
  [{ nodes: 41 }, '`nodes` must be a whole number from 2 to 40 that is known at synth, got: 41.'],
  [{ nodes: 2, count: 2 }, 'Give `count` for independent tasks or `nodes` for tasks that run together, not both.'],
])('%j is an error', (props, message) => {
  expect(() => makeJob(props)).toThrow(message);
});

describe('EFA', () => {
  const { TRN1_32_XLARGE, TRN1_2_XLARGE, INF2_XLARGE } = NeuronInstanceType;
  const warned = (capacityOf: (stack: Stack, vpc: ec2.Vpc) => ICapacity | undefined) => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = capacityOf(stack, vpc);
    new MlRunTask(stack, 'Train', { capacity, vpc: capacity ? undefined : vpc, container, timeout: Duration.hours(6), nodes: 2 });
    synth(stack);
    return warnings(stack).filter((warning) => warning.includes('job-nodes-efa'));
  };

  test('hosts that support EFA but do not have it cause a warning that says how to enable it', () => {
    expect(warned((stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1_32_XLARGE }))).toEqual([
      expect.stringContaining(
        'The hosts of the 2 `nodes` have no EFA, so their chips exchange data over TCP at a fraction of the speed. trn1.32xlarge supports EFA: ' +
          'create the pool with `efa: true`. If TCP is acceptable, acknowledge this warning.',
      ),
    ]);
  });

  test('hosts that do not support EFA cause a warning', () => {
    const text = expect.stringContaining('Use a pool with `efa: true` and an instance type that supports EFA.') as string;
    expect(warned((stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1_2_XLARGE }))).toEqual([text]);
    expect(warned((stack, vpc) => new NeuronManagedCapacity(stack, 'Pool', { vpc, instanceTypes: [INF2_XLARGE] }))).toEqual([text]);
  });

  test('hosts with EFA cause no warning, nor does Fargate, which has no chips', () => {
    const efa = (stack: Stack, vpc: ec2.Vpc) =>
      new NeuronCapacity(stack, 'Pool', {
        vpc,
        vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
        instanceType: TRN1_32_XLARGE,
        efa: true,
      });
    expect(warned(efa)).toEqual([]);
    expect(warned(() => undefined)).toEqual([]);
  });
});

test('more nodes than the pool has hosts are an error', () => {
  const { stack } = makeNodes({ nodes: 5 });
  expect(() => synth(stack)).toThrow(/The pool has 4 slices .* need at least 5/);
});
