import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { NeuronInstanceType, NeuronManagedCapacity, NeuronManagedCapacityProps } from '../../src';
import { newApp, newStackWithVpc, synth } from '../support';
import { isAllowed } from '../support/iam';
import { TemplateJson } from '../support/template';

const ENV = { account: '111111111111', region: 'us-east-1' };
const GIVEN_INFRASTRUCTURE = 'arn:aws:iam::111111111111:role/my-infrastructure';
const GIVEN_INSTANCE = 'arn:aws:iam::111111111111:role/my-hosts';
const OTHER = 'arn:aws:iam::111111111111:role/admin';
const TO_EC2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };
const TO_LAMBDA = { 'iam:PassedToService': 'lambda.amazonaws.com' };

function templateOf(roles: (stack: Stack) => Partial<NeuronManagedCapacityProps>): TemplateJson {
  const { stack, vpc } = newStackWithVpc({ env: ENV });
  new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE], ...roles(stack) });
  return synth(stack).toJSON() as TemplateJson;
}

const own = templateOf(() => ({}));
const instanceRole = Object.keys(own.Resources).find((id) => /^ManagedRole/.test(id) && own.Resources[id].Type === 'AWS::IAM::Role')!;

test.each<[string, string, string, string, boolean, Record<string, string>]>([
  ['ECS to pass hosts their role', 'ManagedInfrastructureRole', 'iam:PassRole', instanceRole, true, TO_EC2],
  ['ECS to pass it to other services', 'ManagedInfrastructureRole', 'iam:PassRole', instanceRole, false, TO_LAMBDA],
  ['ECS to pass another role', 'ManagedInfrastructureRole', 'iam:PassRole', OTHER, false, TO_EC2],
  ['hosts to pass roles', 'ManagedRole', 'iam:PassRole', instanceRole, false, TO_EC2],
  ['hosts to read buckets', 'ManagedRole', 's3:GetObject', 'arn:aws:s3:::models/bert', false, {}],
])('own roles allow %s: %s %s %s is %s', async (_, role, action, resource, allowed, context) => {
  expect(await isAllowed(own, { role, action, resource, context })).toBe(allowed);
});

test('a given instance role of any name can be passed by an own infrastructure role', async () => {
  const template = templateOf((stack) => ({ instanceRole: iam.Role.fromRoleArn(stack, 'Hosts', GIVEN_INSTANCE) }));
  const ask = (resource: string) =>
    isAllowed(template, { role: 'ManagedInfrastructureRole', action: 'iam:PassRole', resource, context: TO_EC2 });
  expect(await ask(GIVEN_INSTANCE)).toBe(true);
  expect(await ask(OTHER)).toBe(false);
});

test('a role of the app as infrastructure role can pass both own and given instance roles', async () => {
  const infrastructureRole = (stack: Stack) =>
    new iam.Role(stack, 'Infrastructure', { assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com') });
  const ask = (template: TemplateJson, resource: string) =>
    isAllowed(template, { role: 'Infrastructure', action: 'iam:PassRole', resource, context: TO_EC2 });
  const withOwn = templateOf((stack) => ({ infrastructureRole: infrastructureRole(stack) }));
  expect(
    await ask(
      withOwn,
      Object.keys(withOwn.Resources).find((id) => /^ManagedRole/.test(id))!,
    ),
  ).toBe(true);
  const withGiven = templateOf((stack) => ({
    infrastructureRole: infrastructureRole(stack),
    instanceRole: iam.Role.fromRoleArn(stack, 'Hosts', GIVEN_INSTANCE),
  }));
  expect(await ask(withGiven, GIVEN_INSTANCE)).toBe(true);
  expect(await ask(withGiven, OTHER)).toBe(false);
});

test('an imported infrastructure role gets a policy for exactly the instance role, and the provider waits for it', () => {
  const template = templateOf((stack) => ({ infrastructureRole: iam.Role.fromRoleArn(stack, 'Infrastructure', GIVEN_INFRASTRUCTURE) }));
  const [policyId, policy] = Object.entries(template.Resources).find(([, { Type }]) => Type === 'AWS::IAM::Policy')!;
  const role = Object.keys(template.Resources).find((id) => /^ManagedRole/.test(id))!;
  expect(policy.Properties?.Roles).toEqual(['my-infrastructure']);
  expect(policy.Properties?.PolicyDocument).toMatchObject({
    Statement: [
      {
        Action: 'iam:PassRole',
        Condition: { StringLike: { 'iam:PassedToService': 'ec2.*' } },
        Resource: { 'Fn::GetAtt': [role, 'Arn'] },
      },
    ],
  });
  const provider = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::ECS::CapacityProvider')!;
  expect(provider.DependsOn).toContain(policyId);
});

test('an infrastructure role of another stack is let pass in the stack of the capacity, and neither stack needs the other in turn', () => {
  const app = newApp();
  const roles = new Stack(app, 'Roles', { env: ENV });
  const infrastructureRole = new iam.Role(roles, 'Infrastructure', { assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com') });
  const { stack, vpc } = newStackWithVpc({ env: ENV }, app);
  new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE], infrastructureRole });
  synth(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Roles:') }],
    PolicyDocument: { Statement: [Match.objectLike({ Action: 'iam:PassRole' })] },
  });
  expect(roles.dependencies).toEqual([]);
});
