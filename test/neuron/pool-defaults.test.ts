import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService } from '../../src';
import { container, newApp, newStackWithVpc, synth } from '../support';

const ENV = { account: '111111111111', region: 'us-east-1' };

function synthPool(props: Partial<NeuronCapacityProps> = {}, context: Record<string, unknown> = {}): Template {
  const { stack, vpc } = newStackWithVpc({ env: ENV }, newApp(context));
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, ...props });
  return synth(stack);
}

function only(template: Template, type: string) {
  const [resource, ...others] = Object.values(template.findResources(type));
  expect(others).toEqual([]);
  return resource;
}

describe('new images of the hosts', () => {
  test('reach new hosts: the group takes the newest version of the launch template, and hosts that run keep theirs', () => {
    const group = only(synthPool(), 'AWS::AutoScaling::AutoScalingGroup');
    expect(group.Properties.LaunchTemplate.Version).toEqual({ 'Fn::GetAtt': [expect.any(String), 'LatestVersionNumber'] });
    expect(group.UpdatePolicy).toEqual({ AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } });
  });

  test('do not come where the image is kept in the context', () => {
    const parameter = '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id';
    const template = synthPool(
      { machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON, { cachedInContext: true }) },
      { [`ssm:account=${ENV.account}:parameterName=${parameter}:region=${ENV.region}`]: 'ami-0123456789abcdef0' },
    );
    expect(only(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.ImageId).toBe('ami-0123456789abcdef0');
    expect(JSON.stringify(template.toJSON())).not.toContain(parameter);
  });
});

test('a pool has one instance type, in its launch template and nowhere else', () => {
  const template = synthPool();
  expect(only(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData).toMatchObject({ InstanceType: 'inf2.xlarge' });
  expect(only(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.InstanceRequirements).toBeUndefined();
  const { Properties } = only(template, 'AWS::AutoScaling::AutoScalingGroup');
  expect(Properties.MixedInstancesPolicy).toBeUndefined();
  expect(Properties.LaunchConfigurationName).toBeUndefined();
});

test('a launch template has user data, role and security group of its own', () => {
  const { LaunchTemplateData } = only(synthPool(), 'AWS::EC2::LaunchTemplate').Properties;
  expect(LaunchTemplateData).toMatchObject({
    IamInstanceProfile: { Arn: expect.anything() },
    SecurityGroupIds: [expect.anything()],
    UserData: expect.anything(),
  });
});

test('a service that moves to another pool changes its strategy, and nothing that replaces it', () => {
  const on = (pool: string) => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const [A, B] = ['A', 'B'].map((id) => new NeuronCapacity(stack, id, { cluster, instanceType: NeuronInstanceType.INF2_XLARGE }));
    new NeuronService(stack, 'Service', { capacity: pool === 'A' ? A : B, container });
    return service(stack);
  };
  const [[idA, a], [idB, b]] = [on('A'), on('B')];
  expect(idA).toBe(idB);
  expect(a.CapacityProviderStrategy).not.toEqual(b.CapacityProviderStrategy);
  expect({ ...a, CapacityProviderStrategy: 0 }).toEqual({ ...b, CapacityProviderStrategy: 0 });
  expect(a.ServiceName).toBeUndefined();
  expect(a.LaunchType).toBeUndefined();
});

function service(stack: Stack): [string, Record<string, unknown>] {
  const [[id, { Properties }]] = Object.entries(synth(stack).findResources('AWS::ECS::Service'));
  return [id, Properties];
}

test('hosts are placed where the instance type is offered', () => {
  const template = synthPool({ vpcSubnets: { availabilityZones: ['dummy1b'], subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } });
  expect(only(template, 'AWS::AutoScaling::AutoScalingGroup').Properties.VPCZoneIdentifier).toEqual([
    { Ref: expect.stringMatching('PrivateSubnet2') },
  ]);
});
