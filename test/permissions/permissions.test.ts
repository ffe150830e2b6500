import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as calls from './calls';
import { actionsOnAll, arnIn, Call, RoleFacts, rolesOf, trustOf, unprovenParts, wrongsOf } from './roles';
import * as make from './scenarios';
import { policiesOf } from '../support/iam';
import { TemplateJson } from '../support/template';

type Roles = Record<string, RoleFacts>;

const ownCluster = (template: TemplateJson) => arnIn(template, 'AWS::ECS::Cluster');

/** The roles of a task, and of the hosts that it runs on. */
const taskRoles = (template: TemplateJson, name: string, taskRole: Call[] = []): Roles => ({
  [`${name}TaskDefinitionTaskRole`]: { of: 'ecs-tasks.amazonaws.com', calls: taskRole },
  [`${name}TaskDefinitionExecutionRole`]: { of: 'ecs-tasks.amazonaws.com', calls: calls.logCalls(template, `${name}LogGroup`) },
});

const hostRole = (cluster: string): Roles => ({ PoolRole: { of: 'ec2.amazonaws.com', calls: calls.agentCalls(cluster) } });

/** The role of the functions that run jobs on deploy. */
const deployRoles = (template: TemplateJson, more: Call[]): Roles => ({
  MlRunTaskDeployProviderRole: {
    of: 'lambda.amazonaws.com',
    calls: [...calls.logCalls(template, 'MlRunTaskDeployProviderLogGroup'), ...more],
  },
});

const runner = (template: TemplateJson, more: Call[] = []): Roles => ({
  TrainStateMachineRole: {
    of: 'states.amazonaws.com',
    calls: [...calls.runTaskCalls(template, ownCluster(template)), ...calls.executionLogCalls(), ...more],
  },
  MlRunTaskWatchStateMachineRole: { of: 'states.amazonaws.com', calls: calls.watchCalls(ownCluster(template)) },
  MlRunTaskWatchStateMachineEventsRole: { of: 'events.amazonaws.com', calls: calls.startSharedCalls(template, 'MlRunTaskWatch') },
});

/** Every context in which the library makes roles, and all roles that it makes there. */
const CONTEXTS: [string, () => Stack, (template: TemplateJson) => Roles][] = [
  [
    'a service on a pool with a cluster of its own',
    () => make.serviceOn(),
    (template) => ({ ...hostRole(ownCluster(template)), ...taskRoles(template, 'Bert') }),
  ],
  [
    'a service on a pool in a cluster of another stack',
    () => make.serviceOn(make.clusterOfOtherStack),
    (template) => ({ ...hostRole(calls.clusterArn('Shared')), ...taskRoles(template, 'Bert') }),
  ],
  [
    'a service on a pool in an imported cluster',
    () => make.serviceOn(make.importedCluster),
    (template) => ({ ...hostRole(calls.clusterArn('theirs')), ...taskRoles(template, 'Bert') }),
  ],
  [
    'a service with a private image, on hosts with Session Manager',
    make.privateImage,
    (template) => ({
      PoolRole: { ...hostRole(ownCluster(template)).PoolRole, managed: ['AmazonSSMManagedInstanceCore'] },
      ...taskRoles(template, 'Bert'),
      BertTaskDefinitionExecutionRole: {
        of: 'ecs-tasks.amazonaws.com',
        calls: [...calls.logCalls(template, 'BertLogGroup'), ...calls.pullCalls()],
      },
    }),
  ],
  [
    'Managed Instances',
    make.managed,
    (template) => ({
      ManagedInfrastructureRole: {
        of: 'ecs.amazonaws.com',
        managed: ['AmazonECSInfrastructureRolePolicyForManagedInstances'],
        calls: calls.passHostRoleCalls(template),
      },
      ManagedRole: { of: 'ec2.amazonaws.com', managed: ['AmazonECSInstanceRolePolicyForManagedInstances'] },
    }),
  ],
  [
    'a service with Elastic Inference',
    make.elasticInference,
    (template) => ({
      ...hostRole(ownCluster(template)),
      ...taskRoles(template, 'Ssd'),
      SsdTaskDefinitionTaskRole: { of: 'ecs-tasks.amazonaws.com', unknownActions: calls.ELASTIC_INFERENCE_ACTIONS },
    }),
  ],
  ['a job', () => make.job(), (template) => ({ ...runner(template), ...taskRoles(template, 'Train') })],
  [
    'a job of many tasks',
    () => make.job(undefined, { count: 100 }),
    (template) => ({ ...runner(template, calls.distributedMapCalls(template)), ...taskRoles(template, 'Train') }),
  ],
  [
    'a job with ECS Exec',
    make.jobWithExec,
    (template) => ({
      ...hostRole(ownCluster(template)),
      ...runner(template),
      ...taskRoles(template, 'Train', calls.execCalls(template)),
    }),
  ],
  ...[ecs.NetworkMode.AWS_VPC, ecs.NetworkMode.HOST, ecs.NetworkMode.BRIDGE].map((mode): (typeof CONTEXTS)[number] => [
    `a job of several nodes in ${mode} mode`,
    () => make.jobOfNodes(mode),
    (template) => ({
      ...hostRole(ownCluster(template)),
      ...runner(template, calls.meetingWaitCalls(template)),
      MlRunTaskMeetingStateMachineRole: { of: 'states.amazonaws.com', calls: calls.meetingCalls(template, ownCluster(template)) },
      MlRunTaskMeetingStateMachineEventsRole: { of: 'events.amazonaws.com', calls: calls.startSharedCalls(template, 'MlRunTaskMeeting') },
      ...taskRoles(template, 'Train'),
    }),
  ]),
  [
    'a job that something starts',
    make.jobWithStarters,
    (template) => ({
      ...runner(template),
      ...taskRoles(template, 'Train', calls.readCalls(template)),
      TrainStateMachineEventsRole: { of: 'events.amazonaws.com', calls: calls.startCalls(template) },
      SchedulerRoleForTarget29e24f: { of: 'scheduler.amazonaws.com', calls: calls.scheduleCalls(template) },
      ParentRole: { of: 'states.amazonaws.com', calls: [...calls.startCalls(template), ...calls.waitCalls(template)] },
      Starter: { of: 'lambda.amazonaws.com', calls: calls.startCalls(template) },
    }),
  ],
  [
    'a job that a deployment waits for',
    () => make.job((job) => void job.runOnDeploy()),
    (template) => ({
      ...runner(template),
      ...taskRoles(template, 'Train'),
      ...deployRoles(template, [...calls.deployCalls(template).onEvent, ...calls.deployCalls(template).isComplete]),
    }),
  ],
  [
    'a job that a deployment starts',
    () => make.job((job) => void job.runOnDeploy({ waitForEnd: false })),
    (template) => ({
      ...runner(template),
      ...taskRoles(template, 'Train'),
      ...deployRoles(template, calls.deployCalls(template).onEvent),
    }),
  ],
];

describe.each(CONTEXTS)('%s', (_, makeStack, expected) => {
  const template = Template.fromStack(makeStack()).toJSON() as TemplateJson;
  const ids = rolesOf(template);
  const facts = expected(template);

  test('has these roles and no others', () => {
    expect(Object.keys(ids).sort()).toEqual(Object.keys(facts).sort());
  });

  test.each(Object.keys(facts))('%s is assumed by its service, with its managed policies', (role) => {
    const { of, managed = [] } = facts[role];
    expect(trustOf(template, ids[role])).toEqual({ of, managed });
  });

  const simulated = Object.keys(facts).filter((role) => facts[role].unknownActions === undefined);
  for (const role of Object.keys(facts).filter((name) => !simulated.includes(name))) {
    test(`${role} may do exactly these actions`, () => {
      expect(actionsOnAll(template, ids[role])).toEqual(facts[role].unknownActions);
    });
  }

  test.each(simulated)('%s may do what it must, only here and only so', async (role) => {
    expect(await wrongsOf(policiesOf(template, ids[role]), role, facts[role].calls ?? [])).toEqual([]);
  });

  // Fails if a policy has more than the calls above: add the call that needs it, or take the permission away.
  test.each(simulated)('%s needs every action, resource and condition that it has', async (role) => {
    expect(await unprovenParts(template, ids[role], facts[role].calls ?? [])).toEqual([]);
  });
});
