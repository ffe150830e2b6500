import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, CfnParameter, Duration, Size, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Ec2Capacity,
  ElasticInferenceAccelerator,
  ElasticInferenceService,
  ElasticInferenceServiceProps,
  IEc2Capacity,
  NeuronCapacity,
  NeuronInstanceType,
} from '../../src';
import { newApp, newStack, newStackWithVpc, synth, warnings } from '../support';
import { isAllowed } from '../support/iam';
import { TemplateJson } from '../support/template';

const instanceType = new ec2.InstanceType('c5.large');
const accelerators = [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }];
const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('model-server'),
  memoryReservationMiB: 2048,
  portMappings: [{ containerPort: 8002 }],
};

function service(props: Partial<ElasticInferenceServiceProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const shortForm = props.capacity ? {} : { vpc, instanceType };
  return { stack, vpc, service: new ElasticInferenceService(stack, 'Ssd', { accelerators, container, ...shortForm, ...props }) };
}

/** A service on a pool that the test makes. */
function onPool(make: (stack: Stack, vpc: ec2.Vpc) => IEc2Capacity, props: Partial<ElasticInferenceServiceProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = make(stack, vpc);
  return { stack, vpc, service: new ElasticInferenceService(stack, 'Ssd', { accelerators, container, capacity, ...props }) };
}

const theTask = (template: Template) => Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
const theService = (template: Template) => Object.values(template.findResources('AWS::ECS::Service'))[0].Properties;

describe('the short form', () => {
  const made = service();
  const template = synth(made.stack);

  test('asks for the accelerator, and gives it to the main container', () => {
    const task = theTask(template);
    expect(task.InferenceAccelerators).toEqual([{ DeviceName: 'eia_device1', DeviceType: 'eia2.medium' }]);
    expect(task.ContainerDefinitions).toHaveLength(1);
    expect(task.ContainerDefinitions[0].ResourceRequirements).toEqual([{ Type: 'InferenceAccelerator', Value: 'eia_device1' }]);
  });

  test('is on EC2 and Linux, on its own hosts of the instance type', () => {
    expect(theTask(template).RequiresCompatibilities).toEqual(['EC2']);
    expect(theTask(template).PlacementConstraints).toEqual([
      { Type: 'memberOf', Expression: 'attribute:ecs.os-type == linux' },
      { Type: 'memberOf', Expression: 'attribute:ecs.instance-type == c5.large' },
    ]);
    expect(theService(template).LaunchType).toBeUndefined();
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { InstanceType: 'c5.large' } });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '0', MaxSize: '2' });
  });

  test('has logs, roles, network and rolling updates as every service of the library', () => {
    expect(theTask(template)).toMatchObject({
      NetworkMode: 'awsvpc',
      ContainerDefinitions: [{ Name: 'main', MemoryReservation: 2048, StopTimeout: 120, LogConfiguration: { LogDriver: 'awslogs' } }],
    });
    expect(theService(template)).toMatchObject({
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200, DeploymentCircuitBreaker: { Enable: true } },
    });
  });

  test('reaches the accelerator through an endpoint that admits the tasks only', () => {
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.elastic-inference.runtime']] },
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      VpcId: made.stack.resolve(made.vpc.vpcId),
      SubnetIds: made.vpc.privateSubnets.map((subnet) => made.stack.resolve(subnet.subnetId)),
    });
    const [group] = made.service.endpoint.connections.securityGroups;
    const [tasks] = made.service.connections.securityGroups;
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(ingress).toEqual([
      {
        Description: 'Elastic Inference',
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        GroupId: made.stack.resolve(group.securityGroupId),
        SourceSecurityGroupId: made.stack.resolve(tasks.securityGroupId),
      },
    ]);
    const inline = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(
      ({ Properties }) => Properties.SecurityGroupIngress ?? [],
    );
    expect(inline).toEqual([]);
  });

  test('starts tasks when the endpoint is there', () => {
    const [endpoint] = Object.keys(template.findResources('AWS::EC2::VPCEndpoint'));
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([endpoint]) });
  });

  test('gives one warning: the end, its date and what replaces it', () => {
    expect(warnings(made.stack)).toEqual([
      expect.stringMatching(
        /ended in April 2024, so a task that asks for eia2.medium can't start. Use a `NeuronService` on inf2.xlarge instead.*cdk-ecs-ml:elastic-inference-ended/,
      ),
    ]);
  });
});

test('the warning can be acknowledged on the service', () => {
  const { stack, service: ssd } = service();
  Validations.of(ssd).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'to compare' });
  expect(warnings(stack)).toEqual([]);
});

test.each(ElasticInferenceAccelerator.list())('$name is asked for by its name, and its replacement is a Neuron type', (type) => {
  const template = synth(service({ accelerators: [{ type }] }).stack);
  expect(theTask(template).InferenceAccelerators).toEqual([{ DeviceName: 'eia_device1', DeviceType: type.name }]);
  expect(NeuronInstanceType.list().map((neuron) => neuron.name)).toContain(type.replacement);
});

test('several accelerators have names of their own', () => {
  const { stack } = service({
    accelerators: [
      { type: ElasticInferenceAccelerator.EIA2_LARGE, deviceName: 'detect' },
      { type: ElasticInferenceAccelerator.EIA1_MEDIUM },
    ],
  });
  const task = theTask(synth(stack));
  expect(task.InferenceAccelerators).toEqual([
    { DeviceName: 'detect', DeviceType: 'eia2.large' },
    { DeviceName: 'eia_device2', DeviceType: 'eia1.medium' },
  ]);
  expect(task.ContainerDefinitions[0].ResourceRequirements.map(({ Value }: { Value: string }) => Value)).toEqual(['detect', 'eia_device2']);
  expect(warnings(stack)).toEqual([expect.stringContaining('asks for eia2.large or eia1.medium can')]);
});

describe('the health check', () => {
  test("is the page's unless the user gives another", () => {
    expect(theTask(synth(service().stack)).ContainerDefinitions[0].HealthCheck).toEqual({
      Command: ['CMD-SHELL', 'LD_LIBRARY_PATH=/opt/ei_health_check/lib /opt/ei_health_check/bin/health_check'],
      Retries: 2,
      Timeout: 15,
      Interval: 30,
      StartPeriod: 60,
    });
  });

  test('of the user stays, with a start period from `startup`', () => {
    const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost:8002/v1/models/ssd'] };
    const made = service({ container: { ...container, healthCheck }, startup: Duration.seconds(90) });
    expect(theTask(synth(made.stack)).ContainerDefinitions[0].HealthCheck).toMatchObject({ Command: healthCheck.command, StartPeriod: 90 });
  });
});

describe('the task role', () => {
  const template = synth(service().stack).toJSON() as TemplateJson;
  // The simulator has forgotten the service elastic-inference; test/golden has the policy word for word.
  test.each([
    ['iam:ListRoles', '*', true],
    ['iam:GetRole', 'arn:aws:iam::111111111111:role/any', true],
    ['ec2:DescribeInstances', '*', true],
    ['ec2:GetConsoleOutput', 'arn:aws:ec2:us-east-1:111111111111:instance/i-0123456789abcdef0', true],
    ['iam:PassRole', 'arn:aws:iam::111111111111:role/any', false],
    ['ec2:RunInstances', 'arn:aws:ec2:us-east-1:111111111111:instance/*', false],
    ['s3:GetObject', 'arn:aws:s3:::models/ssd', false],
  ])('%s on %s is %s', async (action, resource, allowed) => {
    expect(await isAllowed(template, { role: 'SsdTaskDefinitionTaskRole', action, resource })).toBe(allowed);
  });

  test('of the user gets the policy, and is used', () => {
    const { stack, vpc } = newStackWithVpc();
    const taskRole = new iam.Role(stack, 'Theirs', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    new ElasticInferenceService(stack, 'Ssd', { vpc, instanceType, accelerators, container, taskRole });
    synth(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['elastic-inference:Connect']), Resource: '*' })] },
      Roles: [stack.resolve(taskRole.roleName)],
    });
  });
});

describe('the endpoint', () => {
  const count = (stack: Stack) => Object.keys(synth(stack).findResources('AWS::EC2::VPCEndpoint')).length;

  test('of the VPC is used again, by a second service too', () => {
    const { stack, vpc } = newStackWithVpc();
    const endpoint = vpc.addInterfaceEndpoint('Theirs', {
      service: new ec2.InterfaceVpcEndpointAwsService('elastic-inference.runtime'),
      open: false,
    });
    const services = ['A', 'B'].map((id) => new ElasticInferenceService(stack, id, { vpc, instanceType, accelerators, container }));
    expect(services.map((made) => made.endpoint)).toEqual([endpoint, endpoint]);
    expect(count(stack)).toBe(1);
    expect(Object.keys(synth(stack).findResources('AWS::EC2::SecurityGroupIngress'))).toHaveLength(2);
  });

  test('made by one service is used by the next', () => {
    const { stack, vpc } = newStackWithVpc();
    const [a, b] = ['A', 'B'].map((id) => new ElasticInferenceService(stack, id, { vpc, instanceType, accelerators, container }));
    expect(b.endpoint).toBe(a.endpoint);
    expect(count(stack)).toBe(1);
  });

  test('of another VPC, or for another service, is not used', () => {
    const { stack, vpc } = newStackWithVpc();
    const eia = new ec2.InterfaceVpcEndpointAwsService('elastic-inference.runtime');
    new ec2.Vpc(stack, 'Other').addInterfaceEndpoint('Theirs', { service: eia });
    vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS });
    new ElasticInferenceService(stack, 'Ssd', { vpc, instanceType, accelerators, container });
    expect(count(stack)).toBe(3);
  });

  test('given by the user, imported, admits the tasks', () => {
    const { stack, vpc } = newStackWithVpc();
    const endpoint = ec2.InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Theirs', {
      vpcEndpointId: 'vpce-0123456789abcdef0',
      port: 443,
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    });
    const made = new ElasticInferenceService(stack, 'Ssd', { vpc, instanceType, accelerators, container, endpoint });
    expect(made.endpoint).toBe(endpoint);
    expect(count(stack)).toBe(0);
    synth(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 443, ToPort: 443 });
  });

  test('of another stack admits the tasks by rules in their own stack', () => {
    const app = newApp();
    const { stack: network, vpc } = newStackWithVpc({}, app);
    vpc.addInterfaceEndpoint('Theirs', { service: new ec2.InterfaceVpcEndpointAwsService('elastic-inference.runtime'), open: false });
    const stack = new Stack(app, 'Service');
    new ElasticInferenceService(stack, 'Ssd', { vpc, instanceType, accelerators, container });
    expect(Object.keys(synth(network).findResources('AWS::EC2::SecurityGroupIngress'))).toEqual([]);
    expect(Object.keys(synth(stack).findResources('AWS::EC2::SecurityGroupIngress'))).toHaveLength(1);
    expect(stack.dependencies).toEqual([network]);
  });
});

describe('where it runs', () => {
  test('a pool that is shared', () => {
    const { stack } = onPool((scope, vpc) => new Ec2Capacity(scope, 'Pool', { vpc, instanceType }));
    const template = synth(stack);
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 1);
    expect(theService(template).CapacityProviderStrategy).toEqual([
      { CapacityProvider: { Ref: expect.stringMatching(/^PoolCapacityProvider/) }, Weight: 1 },
    ]);
  });

  test('a pool with slices, whose devices it gets too', () => {
    const { stack } = onPool((scope, vpc) => new NeuronCapacity(scope, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE }), {
      container: { ...container, memoryReservationMiB: undefined },
    });
    expect(theTask(synth(stack)).ContainerDefinitions[0]).toMatchObject({
      Cpu: 4096,
      ResourceRequirements: [{ Type: 'InferenceAccelerator' }],
    });
  });

  test('in bridge mode the endpoint admits the hosts of the tasks', () => {
    const pools: Ec2Capacity[] = [];
    const { stack } = onPool(
      (scope, vpc) => {
        pools.push(new Ec2Capacity(scope, 'Pool', { vpc, instanceType }));
        return pools[0];
      },
      { networkMode: ecs.NetworkMode.BRIDGE },
    );
    synth(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443,
      SourceSecurityGroupId: stack.resolve(pools[0].securityGroup.securityGroupId),
    });
  });

  test('capacity other than EC2 is an error', () => {
    expect(() =>
      onPool((scope, vpc) => {
        const pool = new Ec2Capacity(scope, 'Pool', { vpc, instanceType });
        return Object.create(pool, { compatibility: { value: ecs.Compatibility.MANAGED_INSTANCES } }) as IEc2Capacity;
      }),
    ).toThrow(/Stack\/Ssd: Tasks with Elastic Inference can only run on EC2, got: MANAGED_INSTANCES. Use an `Ec2Capacity`/);
  });

  test.each<[Partial<ElasticInferenceServiceProps>, RegExp]>([
    [{ vpc: undefined, instanceType: undefined }, /Give `capacity`, or `vpc` and `instanceType`.*Missing: `vpc` and `instanceType`/],
    [{ instanceType: undefined }, /Missing: `instanceType`/],
    [
      { container: { ...container, memoryReservationMiB: undefined } },
      /Container main must have `memoryLimitMiB` or `memoryReservationMiB`/,
    ],
    [{ accelerators: [] }, /`accelerators` must have at least one accelerator, got: \[\]/],
    [{ desiredCount: 1.5 }, /`desiredCount` must be a whole number/],
    [{ networkMode: ecs.NetworkMode.NONE }, /`networkMode` must be awsvpc, bridge or host, got: none/],
    [
      { taskCpu: 1024 },
      /`taskCpu` must be left out, because in a pool without slices the containers decide the size of a task. Use Managed Instances/,
    ],
    [{ taskMemory: Size.gibibytes(2) }, /`taskMemory` must be left out, because in a pool without slices/],
  ])('%#: is an error', (props, message) => expect(() => service(props)).toThrow(message));

  test('a capacity and the short form are an error', () => {
    expect(() => onPool((scope, vpc) => new Ec2Capacity(scope, 'Pool', { vpc, instanceType }), { instanceType, maxInstances: 3 })).toThrow(
      /Give `capacity` or `instanceType` and `maxInstances`, not both/,
    );
  });
});

describe('rolling updates on a pool without slices', () => {
  const percentages = (props: Partial<ElasticInferenceServiceProps>, maxInstances = 4) => {
    const { stack } = onPool((scope, vpc) => new Ec2Capacity(scope, 'Pool', { vpc, instanceType, maxInstances }), props);
    const { MinimumHealthyPercent, MaximumPercent } = theService(synth(stack)).DeploymentConfiguration;
    return [MinimumHealthyPercent, MaximumPercent];
  };

  test.each([
    [{ desiredCount: 3 }, [100, 166]],
    [{ desiredCount: 4 }, [75, 100]],
    [{ desiredCount: 40 }, [75, 100]],
    [{ desiredCount: 40, minHealthyPercent: 100, maxHealthyPercent: 200 }, [100, 200]],
  ])('%j: count on a task for each host, and let the user know better', (props, expected) => {
    expect(percentages(props)).toEqual(expected);
  });

  test('that can never complete are an error', () => {
    expect(() => percentages({ desiredCount: 2, minHealthyPercent: 100, maxHealthyPercent: 120 })).toThrow(/leaves no room for a new one/);
  });

  test('the short form makes room for them', () => {
    synth(service({ desiredCount: 3 }).stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: '4' });
  });
});

test('what only the deployment knows reaches the template', () => {
  const { stack, vpc } = newStackWithVpc();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  new ElasticInferenceService(stack, 'Ssd', {
    vpc,
    instanceType,
    accelerators: [{ type: ElasticInferenceAccelerator.EIA1_LARGE, deviceName: text }],
    container: { ...container, memoryReservationMiB: number },
    desiredCount: number,
  });
  const template = synth(stack);
  expect(theService(template).DesiredCount).toEqual({ Ref: 'Number' });
  expect(theTask(template)).toMatchObject({
    InferenceAccelerators: [{ DeviceName: { Ref: 'Text' } }],
    ContainerDefinitions: [{ MemoryReservation: { Ref: 'Number' }, ResourceRequirements: [{ Value: { Ref: 'Text' } }] }],
  });
});

test('isolated subnets need endpoints here too', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
  new ElasticInferenceService(stack, 'Ssd', { vpc, instanceType, accelerators, container });
  expect(() => synth(stack)).toThrow(/no endpoint for ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs, s3/);
});
