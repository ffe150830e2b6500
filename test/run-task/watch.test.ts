import { aws_ec2 as ec2, Duration, Stack } from 'aws-cdk-lib';
import { container, makeJob } from './support';
import { FargateCapacity, MlRunTask, MlRunTaskProps } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { Call, execute, Reply, START, StatesError } from '../support/asl';
import { isAllowed } from '../support/iam';
import { deployed, stateMachineOf } from '../support/state-machine';
import { TemplateJson } from '../support/template';

const TASK = 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0';

interface Rule {
  readonly EventPattern: { detail: Record<string, string[]> };
  readonly Targets: { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string }; Arn: unknown }[];
}

function rulesOf(props: Partial<MlRunTaskProps> = {}): { rules: Rule[]; definition: Record<string, unknown> } {
  const template = synth(makeJob(props).stack);
  const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => deployed(Properties) as Rule);
  return { rules, definition: stateMachineOf(template, 'MlRunTaskWatch') };
}

/** An event of ECS, with the fields that its documentation shows. */
function event(lastStatus: string, more: Record<string, string> = {}) {
  return {
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    detail: {
      clusterArn: 'TrainCapacityCluster.Arn',
      taskArn: TASK,
      group: 'job:family',
      desiredStatus: 'RUNNING',
      lastStatus,
      createdAt: new Date(START - 5000).toISOString(),
      ...more,
    } as Record<string, string>,
  };
}

/** What a rule makes of an event, as EventBridge replaces the variables of the template. */
function inputOf({ Targets: [{ InputTransformer }] }: Rule, { detail }: ReturnType<typeof event>): Record<string, unknown> {
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const filled = InputTemplate.replace(/<([\w-]+)>/g, (_, name: string) =>
    JSON.stringify(detail[InputPathsMap[name].replace('$.detail.', '')]),
  );
  return JSON.parse(filled) as Record<string, unknown>;
}

/** ECS, where the task has this status when it is described. */
function ecsWith(status: string | undefined): (call: Call) => Reply {
  return ({ resource }) => {
    if (resource.endsWith('describeTasks')) return { result: { Tasks: status === undefined ? [] : [{ LastStatus: status }] } };
    return { result: {} };
  };
}

const stops = (calls: Call[]) => calls.filter(({ resource }) => resource.endsWith('stopTask'));

describe('the time of a task', () => {
  const { rules, definition } = rulesOf({ timeout: Duration.minutes(30) });
  const running = event('RUNNING', { startedAt: new Date(START - 1000).toISOString() });

  test('is watched from its start, for the tasks of the state machine only', () => {
    expect(rules.map(({ EventPattern }) => EventPattern)).toEqual([
      {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: {
          clusterArn: [expect.stringMatching(/^TrainCapacityCluster/)],
          group: [expect.stringMatching(/^job:StackTrainTaskDefinition\w+$/)],
          lastStatus: ['RUNNING'],
          desiredStatus: ['RUNNING'],
        },
      },
    ]);
    expect(Object.keys(running.detail)).toEqual(expect.arrayContaining(Object.keys(rules[0].EventPattern.detail)));
  });

  test('is over after the timeout, and the task is stopped with a reason', async () => {
    const run = await execute(definition, inputOf(rules[0], running), ecsWith('RUNNING'));
    expect(run).toMatchObject({ status: 'SUCCEEDED', took: 1799 });
    expect(stops(run.calls).map(({ args }) => args)).toEqual([
      {
        Cluster: 'TrainCapacityCluster.Arn',
        Task: TASK,
        Reason: 'MlRunTask.TimedOut: the task ran for longer than the timeout of 1800 seconds',
      },
    ]);
  });

  test.each([undefined, 'STOPPED', 'STOPPING', 'DEACTIVATING', 'DEPROVISIONING'])('is not over for a task that is %s', async (status) => {
    const run = await execute(definition, inputOf(rules[0], running), ecsWith(status));
    expect(run.status).toBe('SUCCEEDED');
    expect(stops(run.calls)).toEqual([]);
  });

  test('costs no history while it lasts', async () => {
    expect((await execute(definition, inputOf(rules[0], running), ecsWith('RUNNING'))).visited).toEqual([
      'Wait',
      'Describe task',
      'Time over?',
      'Stop task',
    ]);
  });

  test('survives trouble of ECS', async () => {
    let tries = 0;
    const run = await execute(definition, inputOf(rules[0], running), (call) =>
      tries++ < 2 ? { fails: new StatesError('Ecs.ServerException', 'Sorry') } : ecsWith('RUNNING')(call),
    );
    expect(stops(run.calls)).toHaveLength(1);
  });
});

describe('the wait for a host', () => {
  const { rules, definition } = rulesOf({ capacityTimeout: Duration.minutes(10) });
  const [waiting] = rules.filter(({ EventPattern }) => EventPattern.detail.lastStatus[0] === 'PROVISIONING');
  const input = inputOf(waiting, event('PROVISIONING'));

  test('is over after the capacity timeout', async () => {
    const run = await execute(definition, input, ecsWith('PROVISIONING'));
    expect(run.took).toBe(595);
    expect(stops(run.calls).map(({ args }) => args.Reason)).toEqual([
      'MlRunTask.NoCapacity: no host took the task within the capacity timeout of 600 seconds',
    ]);
  });

  test.each([undefined, 'PENDING', 'ACTIVATING', 'RUNNING', 'STOPPED'])('is not over for a task that is %s', async (status) => {
    expect(stops((await execute(definition, input, ecsWith(status))).calls)).toEqual([]);
  });

  test('has no limit by default', () => {
    expect(rulesOf().rules).toHaveLength(1);
  });
});

test.each<[Partial<MlRunTaskProps>, string]>([
  [
    { capacityTimeout: Duration.seconds(59) },
    '`capacityTimeout` must be from 1 minute to 365 days, got: 59 seconds. [cdk-ecs-ml:job-timeout]',
  ],
  [{ capacityTimeout: Duration.days(366) }, '`capacityTimeout` must be from 1 minute to 365 days, got: 366 days. [cdk-ecs-ml:job-timeout]'],
])('%j is refused', (props, message) => {
  expect(() => makeJob(props)).toThrow(message);
});

describe('the watch of a stack', () => {
  function jobsOf(count: number, more: (jobs: MlRunTask[]) => void = () => {}): { stack: Stack; jobs: MlRunTask[] } {
    const { stack, vpc } = newStackWithVpc();
    const capacity = (index: number) => new FargateCapacity(stack, `Fargate${index}`, { vpc: vpc as ec2.IVpc });
    const shared = capacity(0);
    const jobs = Array.from({ length: count }, (_, index) => {
      return new MlRunTask(stack, `Job${index}`, {
        capacity: index === 2 ? capacity(2) : shared,
        container,
        timeout: Duration.minutes(30),
      });
    });
    more(jobs);
    return { stack, jobs };
  }

  test('is one, with a policy for each cluster and a rule for each job', () => {
    const template = synth(jobsOf(3).stack);
    const named = (type: string) => Object.keys(template.findResources(type)).filter((id) => id.startsWith('MlRunTaskWatch'));
    expect(named('AWS::StepFunctions::StateMachine')).toHaveLength(1);
    expect(named('AWS::IAM::Policy').filter((id) => id.startsWith('MlRunTaskWatchPolicy'))).toHaveLength(2);
    template.resourceCountIs('AWS::Events::Rule', 3);
  });

  test('lets a job depend on another', () => {
    expect(() => synth(jobsOf(3, ([first, , third]) => third.node.addDependency(first)).stack)).not.toThrow();
  });

  test('may describe and stop the tasks of the clusters of its jobs only', async () => {
    const template = synth(makeJob().stack).toJSON() as TemplateJson;
    const [cluster] = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::ECS::Cluster');
    const allowed = (action: string, of: string) =>
      isAllowed(template, {
        role: 'MlRunTaskWatchStateMachineRole',
        action,
        resource: `arn:aws:ecs:us-east-1:111111111111:task/${of}/0123456789abcdef0`,
        context: { 'ecs:cluster': `arn:aws:ecs:us-east-1:111111111111:cluster/${of}` },
      });
    for (const action of ['ecs:DescribeTasks', 'ecs:StopTask']) {
      expect([await allowed(action, cluster), await allowed(action, 'other')]).toEqual([true, false]);
    }
  });
});
