import { makeJob } from './support';
import { synth } from '../support';
import { arnOf, isAllowed } from '../support/iam';
import { TemplateJson } from '../support/template';

const ACCOUNT = 'arn:aws:ecs:us-east-1:111111111111';
const OTHER_CLUSTER = `${ACCOUNT}:cluster/other`;

const { stack, job } = makeJob();
job.runOnDeploy();
const template = synth(stack).toJSON() as TemplateJson;
const id = (type: string, prefix: string) =>
  Object.keys(template.Resources).filter((name) => template.Resources[name].Type === type && name.startsWith(prefix))[0];
const cluster = id('AWS::ECS::Cluster', 'Train');
const taskRole = arnOf(template, id('AWS::IAM::Role', 'TrainTaskDefinitionTaskRole'));
const executionRole = arnOf(template, id('AWS::IAM::Role', 'TrainTaskDefinitionExecutionRole'));
const stateMachine = arnOf(template, id('AWS::StepFunctions::StateMachine', 'TrainStateMachine'));
const { family } = job.taskDefinition;

const RUNNER = 'TrainStateMachineRole';
const STARTER = 'MlRunTaskDeployProviderRole';
const WAITER = 'TrainRunOnDeployIsComplete';
const here = { 'ecs:cluster': arnOf(template, cluster) };
const elsewhere = { 'ecs:cluster': OTHER_CLUSTER };
const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

test.each<[string, string, string, boolean, Record<string, string>?]>([
  [RUNNER, 'ecs:RunTask', `${ACCOUNT}:task-definition/${family}:1`, true, here],
  [RUNNER, 'ecs:RunTask', `${ACCOUNT}:task-definition/${family}:2`, true, here],
  [RUNNER, 'ecs:RunTask', `${ACCOUNT}:task-definition/${family}:1`, false, elsewhere],
  [RUNNER, 'ecs:RunTask', `${ACCOUNT}:task-definition/${family}-other:1`, false, here],
  [RUNNER, 'ecs:RunTask', `${ACCOUNT}:task-definition/admin:1`, false, here],
  [RUNNER, 'ecs:StopTask', `${ACCOUNT}:task/${cluster}/0123456789abcdef0`, true, here],
  [RUNNER, 'ecs:StopTask', `${ACCOUNT}:task/other/0123456789abcdef0`, false, elsewhere],
  [RUNNER, 'ecs:DescribeTasks', `${ACCOUNT}:task/${cluster}/0123456789abcdef0`, true, here],
  [RUNNER, 'ecs:DescribeTasks', `${ACCOUNT}:task/other/0123456789abcdef0`, false, elsewhere],
  [RUNNER, 'ecs:TagResource', `${ACCOUNT}:task/${cluster}/0123456789abcdef0`, true, { 'ecs:CreateAction': 'RunTask' }],
  [RUNNER, 'ecs:TagResource', `${ACCOUNT}:task/${cluster}/0123456789abcdef0`, false],
  [RUNNER, 'iam:PassRole', taskRole, true, toTasks],
  [RUNNER, 'iam:PassRole', executionRole, true, toTasks],
  [RUNNER, 'iam:PassRole', taskRole, false, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
  [RUNNER, 'iam:PassRole', 'arn:aws:iam::111111111111:role/admin', false, toTasks],
  [RUNNER, 'events:PutRule', 'arn:aws:events:us-east-1:111111111111:rule/StepFunctionsGetEventsForECSTaskRule', true],
  [RUNNER, 'events:PutRule', 'arn:aws:events:us-east-1:111111111111:rule/other', false],
  [RUNNER, 'states:StartExecution', stateMachine, false],
  [STARTER, 'states:StartExecution', stateMachine, true],
  [STARTER, 'states:StartExecution', stateMachine.replace(/[^:]+$/, 'other'), false],
  [STARTER, 'ecs:RunTask', `${ACCOUNT}:task-definition/${family}:1`, false, here],
  [STARTER, 'iam:PassRole', taskRole, false, toTasks],
  [WAITER, 'states:StartExecution', stateMachine, false],
  ['TrainTaskDefinitionTaskRole', 's3:GetObject', 'arn:aws:s3:::models/bert', false],
])('%s: %s on %s is %s', async (role, action, resource, allowed, context = {}) => {
  expect(await isAllowed(template, { role, action, resource, context })).toBe(allowed);
});
