import { NeuronInstanceType, NeuronService } from '../../src';
import { newStackWithVpc, container, synth } from '../support';
import { arnOf, isAllowed } from '../support/iam';
import { TemplateJson } from '../support/template';

const OTHER_CLUSTER = 'arn:aws:ecs:us-east-1:111111111111:cluster/other';
const OTHER_LOGS = 'arn:aws:logs:us-east-1:111111111111:log-group:other:*';

const { stack, vpc } = newStackWithVpc();
new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container });
const template = synth(stack).toJSON() as TemplateJson;
const only = (type: string) => Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type)[0];
const cluster = only('AWS::ECS::Cluster');
const logGroup = only('AWS::Logs::LogGroup');

const HOST = 'BertCapacityRole';
const EXECUTION = 'BertTaskDefinitionExecutionRole';
const TASK = 'BertTaskDefinitionTaskRole';

test.each<[string, string, string, boolean, Record<string, string>?]>([
  [HOST, 'ecs:RegisterContainerInstance', cluster, true],
  [HOST, 'ecs:RegisterContainerInstance', OTHER_CLUSTER, false],
  [HOST, 'ecs:DeregisterContainerInstance', OTHER_CLUSTER, false],
  [HOST, 'ecs:DiscoverPollEndpoint', '*', true],
  [HOST, 'ecr:GetAuthorizationToken', '*', true],
  [HOST, 's3:GetObject', 'arn:aws:s3:::models/bert', false],
  [HOST, 'iam:PassRole', 'arn:aws:iam::111111111111:role/admin', false],
  [HOST, 'ecs:RunTask', 'arn:aws:ecs:us-east-1:111111111111:task-definition/any:1', false],
  [EXECUTION, 'logs:PutLogEvents', `${arnOf(template, logGroup).replace(/\*$/, 'log-stream:main/1')}`, true],
  [EXECUTION, 'logs:PutLogEvents', OTHER_LOGS.replace(/\*$/, 'log-stream:main/1'), false],
  [EXECUTION, 's3:GetObject', 'arn:aws:s3:::models/bert', false],
  [TASK, 's3:GetObject', 'arn:aws:s3:::models/bert', false],
  [TASK, 'logs:PutLogEvents', `${arnOf(template, logGroup).replace(/\*$/, 'log-stream:main/1')}`, false],
])('%s: %s on %s is %s', async (role, action, resource, allowed) => {
  expect(await isAllowed(template, { role, action, resource })).toBe(allowed);
});

test.each([
  [cluster, true],
  [OTHER_CLUSTER, false],
])('hosts poll for tasks of %s: %s', async (of, allowed) => {
  const instance = 'arn:aws:ecs:us-east-1:111111111111:container-instance/one/two';
  const context = { 'ecs:cluster': arnOf(template, of) };
  expect(await isAllowed(template, { role: HOST, action: 'ecs:Poll', resource: instance, context })).toBe(allowed);
});
