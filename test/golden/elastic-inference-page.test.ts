import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { asOnThePage, differences } from './compare';
import { ElasticInferenceAccelerator, ElasticInferenceService } from '../../src';
import { newStackWithVpc, synth } from '../support';

const { stack, vpc } = newStackWithVpc();
new ElasticInferenceService(stack, 'Demo', {
  vpc,
  instanceType: new ec2.InstanceType('c5.large'),
  accelerators: [{ type: ElasticInferenceAccelerator.EIA1_MEDIUM }],
  container: { containerName: 'eia-demo', image: ecs.ContainerImage.fromRegistry('eia-demo'), memoryReservationMiB: 2048 },
});
const template = synth(stack);

/** @see https://github.com/awsdocs/amazon-ecs-developer-guide the page on Elastic Inference as it was */
test('the JSON of the task definition, field by field', () => {
  const page = {
    containerDefinitions: [
      {
        resourceRequirements: [{ type: 'InferenceAccelerator', value: 'eia_device1' }],
        healthCheck: {
          retries: 2,
          command: ['CMD-SHELL', 'LD_LIBRARY_PATH=/opt/ei_health_check/lib /opt/ei_health_check/bin/health_check'],
          timeout: 15,
          interval: 30,
          startPeriod: 60,
        },
      },
    ],
    inferenceAccelerators: [{ deviceName: 'eia_device1', deviceType: 'eia1.medium' }],
  };
  const ours = asOnThePage(Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties);
  const found = differences(page, ours);
  // The page shows what matters to the accelerator and leaves the rest out by an ellipsis: we differ in what it leaves out only.
  expect(Object.values(found).filter(([theirs]) => theirs !== undefined)).toEqual([]);
  expect(Object.keys(found).filter((path) => /accelerator|resourceRequirements|healthCheck/i.test(path))).toEqual([]);
});

test('the inline policy of the task role, field by field', () => {
  const page = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['elastic-inference:Connect', 'iam:List*', 'iam:Get*', 'ec2:Describe*', 'ec2:Get*'],
        Resource: '*',
      },
    ],
  };
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    JSON.stringify(Properties.Roles).includes('DemoTaskDefinitionTaskRole'),
  );
  expect(policies).toHaveLength(1);
  expect(differences(page, policies[0].Properties.PolicyDocument)).toEqual({});
});
