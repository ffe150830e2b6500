import {
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb,
  aws_iam as iam,
  aws_logs as logs,
  aws_ssm as ssm,
  CfnParameter,
  Duration,
  Size,
  Stack,
  Tags,
  Validations,
} from 'aws-cdk-lib';
import { Capture, Match, Template } from 'aws-cdk-lib/assertions';
import {
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronService,
  NeuronServiceProps,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

function onPool(props: Partial<NeuronServiceProps> = {}, pool: Partial<NeuronCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', {
    vpc,
    instanceType: NeuronInstanceType.INF2_48_XLARGE,
    tasksPerInstance: 12,
    maxInstances: 4,
    ...pool,
  });
  return { stack, vpc, capacity, service: new NeuronService(stack, 'Service', { capacity, container, ...props }) };
}

function theTask(template: Template) {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
}

function theService(template: Template) {
  return Object.values(template.findResources('AWS::ECS::Service'))[0].Properties;
}

describe('the short form', () => {
  const { stack, vpc } = newStackWithVpc();
  const service = new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container });
  const template = synth(stack);
  const task = theTask(template);

  test('gives the task the whole host: its device, its cores, its cpu and what memory registers', () => {
    expect(task.ContainerDefinitions).toHaveLength(1);
    expect(task.ContainerDefinitions[0]).toMatchObject({
      Name: 'main',
      Cpu: 4096,
      MemoryReservation: 15155 - 3788,
      Environment: [{ Name: 'NEURON_RT_NUM_CORES', Value: '2' }],
      LinuxParameters: {
        Devices: [{ HostPath: '/dev/neuron0', ContainerPath: '/dev/neuron0', Permissions: ['read', 'write'] }],
        SharedMemorySize: 3788,
      },
      StopTimeout: 120,
    });
    expect(task.ContainerDefinitions[0].Memory).toBeUndefined();
    expect(task.ContainerDefinitions[0].Privileged).toBeUndefined();
    expect(task.ContainerDefinitions[0].LinuxParameters.Capabilities).toBeUndefined();
    expect(task.Cpu).toBeUndefined();
    expect(task.Memory).toBeUndefined();
  });

  test('places tasks on its instance type only, in a network of their own', () => {
    expect(task.PlacementConstraints).toEqual([
      { Type: 'memberOf', Expression: 'attribute:ecs.os-type == linux' },
      { Type: 'memberOf', Expression: 'attribute:ecs.instance-type == inf2.xlarge' },
    ]);
    expect(task.NetworkMode).toBe('awsvpc');
    expect(task.RequiresCompatibilities).toEqual(['EC2']);
  });

  test('is one ECS service with a capacity provider strategy, never a launch type, that surges into its second host', () => {
    template.resourceCountIs('AWS::ECS::Service', 1);
    template.resourceCountIs('AWS::ECS::TaskDefinition', 1);
    const props = theService(template);
    expect(props.LaunchType).toBeUndefined();
    expect(props.CapacityProviderStrategy).toEqual([{ CapacityProvider: { Ref: expect.stringMatching(/^BertCapacity/) }, Weight: 1 }]);
    expect(props.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '0', MaxSize: '2' });
  });

  test('waits for the capacity providers of its cluster, and so is deleted before them', () => {
    const [associations] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([associations]) });
  });

  test('spreads over zones and fills up hosts, with tags from the service', () => {
    expect(theService(template)).toMatchObject({
      AvailabilityZoneRebalancing: 'DISABLED',
      PlacementStrategies: [
        { Type: 'spread', Field: 'attribute:ecs.availability-zone' },
        { Type: 'binpack', Field: 'CPU' },
      ],
      PropagateTags: 'SERVICE',
      EnableECSManagedTags: true,
    });
  });

  test('keeps logs for a month', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Retain' });
    expect(task.ContainerDefinitions[0].LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': stack.resolve(service.logGroup!.logGroupName), 'awslogs-stream-prefix': 'main' },
    });
  });

  test('has ten minutes to start', () => {
    expect(task.ContainerDefinitions[0].HealthCheck.StartPeriod).toBe(300);
    expect(theService(template).HealthCheckGracePeriodSeconds).toBe(600);
  });

  test('says nothing', () => expect(warnings(stack)).toEqual([]));
});

describe('a shared pool', () => {
  const { stack, capacity } = onPool({ desiredCount: 18 });
  new NeuronService(stack, 'Rerank', { capacity, desiredCount: 6, container });
  const template = synth(stack);

  test('each task sees every chip and takes the cores of one', () => {
    const tasks = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    expect(tasks).toHaveLength(2);
    for (const { Properties } of tasks) {
      const [main] = Properties.ContainerDefinitions;
      expect(main.Cpu).toBe(16384);
      expect(main.MemoryReservation).toBe(60620 - 10240);
      expect(main.Environment).toEqual([
        { Name: 'NEURON_RT_NUM_CORES', Value: '2' },
        { Name: 'OMP_NUM_THREADS', Value: '16' },
      ]);
      expect(main.LinuxParameters.Devices.map((device: { HostPath: string }) => device.HostPath)).toEqual(
        Array.from({ length: 12 }, (_, i) => `/dev/neuron${i}`),
      );
    }
  });

  test('a service leaves the free slices that it does not need to the other', () => {
    const services = Object.values(template.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties);
    expect(
      services.map(({ DesiredCount, DeploymentConfiguration: d }) => [DesiredCount, d.MinimumHealthyPercent, d.MaximumPercent]),
    ).toEqual([
      [18, 100, 200],
      [6, 100, 200],
    ]);
  });

  test('there is one pool', () => {
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 1);
  });
});

describe('rolling updates', () => {
  const percentages = (stack: Stack) => {
    const { MinimumHealthyPercent, MaximumPercent } = theService(synth(stack)).DeploymentConfiguration;
    return [MinimumHealthyPercent, MaximumPercent];
  };

  test('are in place when the pool is full', () => {
    expect(percentages(onPool({ desiredCount: 48 }).stack)).toEqual([75, 100]);
  });

  test('follow auto scaling, not the desired count', () => {
    const { stack, service } = onPool();
    service.service.autoScaleTaskCount({ minCapacity: 20, maxCapacity: 40 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    expect(percentages(stack)).toEqual([100, 122]);
  });

  test('may be told otherwise', () => {
    expect(percentages(onPool({ desiredCount: 4, minHealthyPercent: 50, maxHealthyPercent: 150 }).stack)).toEqual([50, 150]);
  });

  test('that must surge but cannot are an error', () => {
    const { stack } = onPool({ desiredCount: 48, minHealthyPercent: 100, maxHealthyPercent: 200 });
    expect(() => synth(stack)).toThrow(
      /`minHealthyPercent` 100 and `maxHealthyPercent` 200 can't complete.*none of the 48 slices of Stack\/Pool is free/,
    );
  });

  test('that must surge by less than a task are an error', () => {
    const { stack } = onPool({ desiredCount: 2, minHealthyPercent: 100, maxHealthyPercent: 120 });
    expect(() => synth(stack)).toThrow(/the maximum leaves no room for a new one/);
  });

  test.each<[Partial<NeuronServiceProps>, RegExp]>([
    [{ minHealthyPercent: -1 }, /`minHealthyPercent` must be a whole number from 0 to 100, got: -1/],
    [{ minHealthyPercent: 101 }, /`minHealthyPercent` .*got: 101/],
    [{ maxHealthyPercent: 99 }, /`maxHealthyPercent` must be a whole number from 100 to 200, got: 99/],
    [{ maxHealthyPercent: 201 }, /`maxHealthyPercent` .*got: 201/],
    [{ minHealthyPercent: 100, maxHealthyPercent: 100 }, /are both 100, so no task can be replaced/],
  ])('%j is an error', (props, message) => expect(() => onPool(props)).toThrow(message));
});

describe('what runs on a pool is known to it', () => {
  test('too little for the least is an error that names them all', () => {
    const { stack, capacity } = onPool({ desiredCount: 40 });
    new NeuronService(stack, 'Other', { capacity, desiredCount: 9, container });
    expect(() => synth(stack)).toThrow(
      /\[Stack\/Pool\] The pool has 48 slices \(`maxInstances` 4 x `tasksPerInstance` 12\), but its services and jobs need at least 49: Stack\/Service \(40\), Stack\/Other \(9\). Raise `maxInstances` to 5/,
    );
  });

  test('too little for the most is a warning', () => {
    const { stack, service } = onPool();
    service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 60 });
    expect(warnings(stack)).toEqual([expect.stringMatching(/may ask for 60: Stack\/Service \(60\).*cdk-ecs-ml:pool-holds-most/)]);
  });
});

describe('sidecars', () => {
  const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'sidecar' });
  const sidecar = { image: ecs.ContainerImage.fromRegistry('sidecar'), logging, memoryReservationMiB: 256 };

  test('are taken off the share of the main container', () => {
    const { stack, service } = onPool();
    service.taskDefinition.addContainer('Proxy', { ...sidecar, cpu: 256 });
    service.taskDefinition.addContainer('Metrics', { ...sidecar, memoryReservationMiB: undefined, memoryLimitMiB: 64 });
    const [main, proxy] = theTask(synth(stack)).ContainerDefinitions;
    expect([main.Cpu, main.MemoryReservation]).toEqual([16384 - 256, 60620 - 256 - 64 - 10240]);
    expect(proxy.Environment).toBeUndefined();
    expect(proxy.LinuxParameters).toBeUndefined();
  });

  test('that aws-cdk-lib adds while it renders are taken off too', () => {
    const { stack } = onPool({ container: { ...container, logging: ecs.LogDrivers.firelens({ options: { Name: 'cloudwatch' } }) } });
    const [main, router] = theTask(synth(stack, 'AwsSolutions-IAM5')).ContainerDefinitions;
    expect(router).toMatchObject({ Name: 'log-router', MemoryReservation: 50 });
    expect(main.MemoryReservation).toBe(60620 - 50 - 10240);
  });

  test('that leave no cpu are an error with the sum', () => {
    const { stack, service } = onPool();
    service.taskDefinition.addContainer('Proxy', { ...sidecar, cpu: 16384 });
    expect(() => synth(stack)).toThrow(
      /other than main need 16384 cpu units: Proxy \(16384\). The slice has 16384, and main needs at least 2/,
    );
  });

  test('that leave no memory are an error with the sum', () => {
    const { stack, service } = onPool();
    service.taskDefinition.addContainer('Proxy', { ...sidecar, memoryReservationMiB: 60620 });
    expect(() => synth(stack)).toThrow(/need 60620 MiB of memory: main \(the rest\), Proxy \(60620\). The slice has 60620 MiB/);
  });

  test('whose cpu is not known at synth are an error', () => {
    const { stack, service } = onPool();
    const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number' });
    service.taskDefinition.addContainer('Proxy', { ...sidecar, cpu: cpu.valueAsNumber });
    expect(() => synth(stack)).toThrow(/`cpu` of container Proxy must be known at synth/);
  });
});

describe('the container', () => {
  const linuxParameters = (scope: Stack, options: ecs.LinuxParametersProps = {}) => new ecs.LinuxParameters(scope, 'Linux', options);
  const withContainer = (more: Partial<ecs.ContainerDefinitionOptions>) => () => onPool({ container: { ...container, ...more } });

  test.each<[Partial<ecs.ContainerDefinitionOptions>, RegExp]>([
    [{ essential: false }, /`essential` of `container` must not be false/],
    [{ cpu: 1024 }, /`cpu` of the main container must be left out, got: 1024. The container gets the 16384 cpu units of the slice/],
    [{ memoryLimitMiB: 60621 }, /`memoryLimitMiB` of the main container must be at most the 60620 MiB of the slice, got: 60621/],
    [{ memoryReservationMiB: 70000 }, /`memoryReservationMiB` .*got: 70000/],
    [
      { environment: { NEURON_RT_NUM_CORES: '4' } },
      /must not set NEURON_RT_NUM_CORES: each task gets 2 free NeuronCores of a host that it shares/,
    ],
    [{ environment: { NEURON_RT_VISIBLE_CORES: '0-3' } }, /must not set NEURON_RT_VISIBLE_CORES: .*or a partition/],
    [
      { environment: { AWS_NEURON_VISIBLE_DEVICES: 'ALL' } },
      /must not set AWS_NEURON_VISIBLE_DEVICES: it requests devices from the Neuron 1.x runtime hook/,
    ],
  ])('%j is an error', (more, message) => {
    expect(withContainer(more)).toThrow(message);
    expect(withContainer(more)).toThrow(/^Stack\/Service: /);
  });

  test('variables that are added later are checked too', () => {
    const { stack, service } = onPool();
    service.container.addEnvironment('NEURON_RT_NUM_CORES', '1');
    expect(() => synth(stack)).toThrow(/must not set NEURON_RT_NUM_CORES/);
  });

  test('devices of its own are an error', () => {
    const { stack, capacity } = onPool();
    const own = linuxParameters(stack);
    own.addDevices({ hostPath: '/dev/neuron0' });
    expect(() => new NeuronService(stack, 'B', { capacity, container: { ...container, linuxParameters: own } })).toThrow(
      /`linuxParameters` of container main must not map \/dev\/neuron0/,
    );
  });

  test('Linux parameters of its own are kept, and the given object is not changed', () => {
    const { stack, capacity } = onPool();
    const own = linuxParameters(stack, { sharedMemorySize: 512 });
    own.addCapabilities(ecs.Capability.IPC_LOCK);
    own.addDevices({ hostPath: '/dev/fuse' });
    new NeuronService(stack, 'B', { capacity, container: { ...container, containerName: 'b', linuxParameters: own } });
    const b = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))
      .map((task) => task.Properties.ContainerDefinitions[0])
      .find((main) => main.Name === 'b');
    expect(b.LinuxParameters).toMatchObject({ SharedMemorySize: 512, Capabilities: { Add: ['IPC_LOCK'] } });
    expect(b.LinuxParameters.Devices).toHaveLength(13);
    expect(stack.resolve(own.renderLinuxParameters().devices)).toHaveLength(1);
  });

  test('shared memory is what is asked for, and counts as memory', () => {
    const { stack } = onPool({ sharedMemorySize: Size.gibibytes(20) });
    expect(theTask(synth(stack)).ContainerDefinitions[0].LinuxParameters.SharedMemorySize).toBe(20 * 1024);
    expect(() => onPool({ sharedMemorySize: Size.gibibytes(60) })).toThrow(/`sharedMemorySize` must be at most 60620 MiB.*got: 61440 MiB/);
    const small = { ...container, memoryLimitMiB: 4096 };
    expect(() => onPool({ container: small, sharedMemorySize: Size.mebibytes(5000) })).toThrow(/at most 4096 MiB/);
  });

  test('shared memory by default is a quarter of the slice, at most 10 GiB', () => {
    expect(theTask(synth(onPool().stack)).ContainerDefinitions[0].LinuxParameters.SharedMemorySize).toBe(10 * 1024);
  });

  test('shared memory by default is a quarter of a hard limit that is lower', () => {
    const { stack } = onPool({ container: { ...container, memoryLimitMiB: 4096 } });
    expect(theTask(synth(stack)).ContainerDefinitions[0].LinuxParameters.SharedMemorySize).toBe(1024);
  });

  test('shared memory given twice is an error', () => {
    const { stack, capacity } = onPool();
    const own = linuxParameters(stack, { sharedMemorySize: 512 });
    const props = { capacity, sharedMemorySize: Size.gibibytes(1), container: { ...container, linuxParameters: own } };
    expect(() => new NeuronService(stack, 'B', props)).toThrow(/`sharedMemorySize` is given twice/);
  });

  test('memory of its own is kept', () => {
    const { stack } = onPool({ container: { ...container, memoryLimitMiB: 50000, memoryReservationMiB: 40000 } });
    expect(theTask(synth(stack)).ContainerDefinitions[0]).toMatchObject({ Memory: 50000, MemoryReservation: 40000 });
  });

  test('privileges are a warning', () => {
    const { stack } = onPool({ container: { ...container, privileged: true } });
    expect(warnings(stack)).toEqual([expect.stringContaining('Container main is privileged')]);
  });

  test('SYS_ADMIN is a warning, IPC_LOCK is not', () => {
    const { stack, capacity } = onPool();
    const own = linuxParameters(stack);
    own.addCapabilities(ecs.Capability.SYS_ADMIN, ecs.Capability.IPC_LOCK);
    new NeuronService(stack, 'B', { capacity, container: { ...container, linuxParameters: own } });
    expect(warnings(stack)).toEqual([expect.stringContaining('Container main has the capability SYS_ADMIN')]);
  });

  test('without health check, on a service without load balancer, is a warning', () => {
    const { stack } = onPool({ container: { ...container, healthCheck: undefined } });
    expect(warnings(stack)).toEqual([expect.stringContaining('neither a container health check nor a load balancer')]);
  });
});

describe('images', () => {
  const pulls = (image: ecs.ContainerImage) => pullsOf(onPool({ container: { ...container, image } }).stack);
  const pullsOf = (stack: Stack) =>
    Object.values(synth(stack).findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown }[])
      .filter(({ Action }) => Action.includes('ecr:BatchGetImage'))
      .map(({ Resource }) => Resource);

  test('of a private registry can be pulled, and only they', () => {
    const tag = '0.11.0-optimum0.4.5-neuronx-py310-sdk2.26.1-ubuntu22.04';
    const repository = 'huggingface-vllm-inference-neuronx';
    const image = ecs.ContainerImage.fromRegistry(`763104351884.dkr.ecr.us-east-1.amazonaws.com/${repository}:${tag}`);
    expect(pulls(image)).toEqual([
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:us-east-1:763104351884:repository/${repository}`]] },
    ]);
  });

  test('of a private registry that can be pulled need no warning', () => {
    const image = ecs.ContainerImage.fromRegistry('111111111111.dkr.ecr.us-east-1.amazonaws.com/models:1');
    expect(warnings(onPool({ container: { ...container, image } }).stack)).toEqual([]);
  });

  test('of sidecars that come later can be pulled, each image once', () => {
    const { stack, service } = onPool();
    for (const [name, of] of Object.entries({ Side: 'team/side:1', Same: 'team/side:1', Other: 'other@sha256:0' })) {
      service.taskDefinition.addContainer(name, {
        image: ecs.ContainerImage.fromRegistry(`111111111111.dkr.ecr.us-east-1.amazonaws.com/${of}`),
        logging: ecs.LogDrivers.awsLogs({ streamPrefix: name }),
        memoryReservationMiB: 64,
      });
    }
    const arn = (name: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:us-east-1:111111111111:repository/${name}`]],
    });
    expect(pullsOf(stack)).toEqual([arn('team/side'), arn('other')]);
    expect(warnings(stack)).toEqual([]);
  });

  test('of a public registry need no permission', () => {
    expect(pulls(ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:latest'))).toEqual([]);
  });

  test('of a repository have the grant of aws-cdk-lib', () => {
    const { stack, capacity } = onPool();
    const image = ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Models'));
    new NeuronService(stack, 'B', { capacity, container: { ...container, image } });
    const policies = Object.values(synth(stack).findResources('AWS::IAM::Policy')).map((policy) => JSON.stringify(policy));
    expect(policies.filter((policy) => policy.includes('ecr:BatchGetImage'))).toHaveLength(1);
  });
});

describe('startup', () => {
  test.each([
    [Duration.seconds(90), 90, 90],
    [Duration.minutes(45), 300, 2700],
  ])('%s drives start period and grace period', (startup, startPeriod, grace) => {
    const template = synth(onPool({ startup }).stack);
    expect(theTask(template).ContainerDefinitions[0].HealthCheck.StartPeriod).toBe(startPeriod);
    expect(theService(template).HealthCheckGracePeriodSeconds).toBe(grace);
  });

  test('leaves a start period of its own', () => {
    const healthCheck = { ...container.healthCheck!, startPeriod: Duration.seconds(7) };
    const template = synth(onPool({ container: { ...container, healthCheck } }).stack);
    expect(theTask(template).ContainerDefinitions[0].HealthCheck.StartPeriod).toBe(7);
  });
});

describe('network mode', () => {
  const inf1 = { instanceType: NeuronInstanceType.INF1_24_XLARGE, tasksPerInstance: 16 };

  test('is bridge where network interfaces do not suffice, and the load balancer reaches the hosts', () => {
    const { stack, vpc, capacity, service } = onPool({}, inf1);
    const template = () => synth(stack, 'AwsSolutions-ELB2', 'AwsSolutions-EC23');
    const loadBalancer = new elb.ApplicationLoadBalancer(stack, 'Alb', { vpc });
    loadBalancer.addListener('Http', { port: 80 }).addTargets('Model', { port: 8080, targets: [service.service] });
    expect(theTask(template()).NetworkMode).toBe('bridge');
    expect(theTask(template()).ContainerDefinitions[0].PortMappings).toEqual([{ ContainerPort: 8080, HostPort: 0, Protocol: 'tcp' }]);
    expect(theService(template()).NetworkConfiguration).toBeUndefined();
    template().hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(capacity.securityGroup.securityGroupId),
      FromPort: 32768,
      ToPort: 65535,
    });
  });

  test('awsvpc that does not fit is an error with the sum', () => {
    expect(() => onPool({ networkMode: ecs.NetworkMode.AWS_VPC }, inf1)).toThrow(
      /`networkMode` awsvpc gives each task a network interface. 16 tasks and the host need 17, but inf1.24xlarge has 11/,
    );
  });

  test('awsvpc has the subnets of the pool and security groups of its own', () => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]], subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, vpcSubnets });
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const service = new NeuronService(stack, 'Service', { capacity, container, securityGroups: [group] });
    expect(theService(synth(stack)).NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
      Subnets: [stack.resolve(vpc.privateSubnets[0].subnetId)],
      SecurityGroups: [stack.resolve(group.securityGroupId)],
    });
    expect(service.connections.securityGroups).toEqual([group]);
  });

  test('security groups in bridge mode are an error', () => {
    const { stack, vpc, capacity } = onPool();
    const securityGroups = [new ec2.SecurityGroup(stack, 'Group', { vpc })];
    expect(() => new NeuronService(stack, 'B', { capacity, container, securityGroups, networkMode: ecs.NetworkMode.BRIDGE })).toThrow(
      /`securityGroups` need `networkMode` awsvpc, got: bridge/,
    );
  });

  test('host mode with ports on a shared host is an error', () => {
    expect(() => onPool({ networkMode: ecs.NetworkMode.HOST })).toThrow(
      /The containers take host port 8080, so only one of the 12 tasks on a host can start/,
    );
  });

  test('host mode on a whole host is fine', () => {
    const { stack } = onPool({ networkMode: ecs.NetworkMode.HOST }, { tasksPerInstance: 1 });
    expect(theTask(synth(stack)).NetworkMode).toBe('host');
  });

  test.each([ecs.NetworkMode.NAT, ecs.NetworkMode.NONE])('%s is an error', (networkMode) => {
    expect(() => onPool({ networkMode })).toThrow(/`networkMode` must be awsvpc, bridge or host/);
  });
});

describe('logical NeuronCores', () => {
  test.each([
    [undefined, '64', '2'],
    [LogicalNeuronCoreConfig.LNC_2, '64', '2'],
    [LogicalNeuronCoreConfig.LNC_1, '128', '1'],
  ])('%s on trn2.48xlarge', (logicalNeuronCoreConfig, cores, config) => {
    const { stack } = onPool({}, { instanceType: NeuronInstanceType.TRN2_48_XLARGE, tasksPerInstance: 1, logicalNeuronCoreConfig });
    expect(theTask(synth(stack)).ContainerDefinitions[0].Environment).toEqual([
      { Name: 'NEURON_RT_NUM_CORES', Value: cores },
      { Name: 'NEURON_LOGICAL_NC_CONFIG', Value: config },
    ]);
  });

  test('configured by hand are an error', () => {
    const own = { ...container, environment: { NEURON_LOGICAL_NC_CONFIG: '1' } };
    expect(() => onPool({ container: own }, { instanceType: NeuronInstanceType.TRN2_48_XLARGE, tasksPerInstance: 1 })).toThrow(
      /must not set NEURON_LOGICAL_NC_CONFIG: LNC_2 is set for the whole pool. Use `logicalNeuronCoreConfig` instead/,
    );
  });
});

describe('where it runs is told in one way', () => {
  test('a capacity and the short form are an error', () => {
    const { stack, capacity, vpc } = onPool();
    expect(() => new NeuronService(stack, 'B', { capacity, vpc, maxInstances: 3, container })).toThrow(
      /Stack\/B: Give `capacity` or `vpc` and `maxInstances`, not both/,
    );
  });

  test('neither is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    expect(() => new NeuronService(stack, 'A', { container })).toThrow(
      /Give `capacity`, or `vpc` and `instanceType`.*Missing: `vpc` and `instanceType`/,
    );
    expect(() => new NeuronService(stack, 'B', { vpc, container })).toThrow(/Missing: `instanceType`/);
  });

  test('the short form makes room for its tasks and a rolling update', () => {
    const { stack, vpc } = newStackWithVpc();
    const instanceType = NeuronInstanceType.INF2_24_XLARGE;
    new NeuronService(stack, 'A', { vpc, instanceType, tasksPerInstance: 6, desiredCount: 13, container });
    synth(stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: '4' });
  });
});

test.each([-1, 1.5])('a desired count of %d is an error', (desiredCount) => {
  expect(() => onPool({ desiredCount })).toThrow(/`desiredCount` must be a whole number of tasks from 0 to 100000/);
});

test('every other option reaches the template', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE });
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  const taskRole = role('Task');
  const executionRole = role('Execution');
  new NeuronService(stack, 'Service', {
    capacity,
    container: { ...container, stopTimeout: Duration.seconds(10) },
    taskRole,
    executionRole,
    serviceName: 'bert',
    family: 'bert-family',
    logRetention: logs.RetentionDays.ONE_YEAR,
    enableExecuteCommand: true,
    circuitBreaker: { enable: true, rollback: false },
    placementStrategies: [ecs.PlacementStrategy.packedByMemory()],
    propagateTags: ecs.PropagatedTagSource.TASK_DEFINITION,
  });
  const template = synth(stack);
  expect(theService(template)).toMatchObject({
    ServiceName: 'bert',
    EnableExecuteCommand: true,
    PlacementStrategies: [{ Type: 'binpack', Field: 'MEMORY' }],
    PropagateTags: 'TASK_DEFINITION',
    DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: false } },
  });
  expect(theTask(template)).toMatchObject({
    Family: 'bert-family',
    TaskRoleArn: stack.resolve(taskRole.roleArn),
    ExecutionRoleArn: stack.resolve(executionRole.roleArn),
    ContainerDefinitions: [{ StopTimeout: 10 }],
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ssmmessages:OpenDataChannel']) })]) },
  });
});

describe('logs', () => {
  test('go to the given log group', () => {
    const { stack, vpc } = newStackWithVpc();
    const logGroup = new logs.LogGroup(stack, 'Logs');
    const service = new NeuronService(stack, 'A', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container, logGroup });
    expect(service.logGroup).toBe(logGroup);
    synth(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
  });

  test('go where the container says, without a log group', () => {
    const { stack, service } = onPool({ container: { ...container, logging: ecs.LogDrivers.syslog() } });
    expect(service.logGroup).toBeUndefined();
    expect(theTask(synth(stack)).ContainerDefinitions[0].LogConfiguration).toMatchObject({ LogDriver: 'syslog' });
  });

  test('in two places are an error', () => {
    const logging = ecs.LogDrivers.syslog();
    expect(() => onPool({ container: { ...container, logging }, logRetention: logs.RetentionDays.ONE_DAY })).toThrow(
      /Give only one of `logging` of `container` and `logRetention`/,
    );
    const { stack, capacity } = onPool();
    const logGroup = new logs.LogGroup(stack, 'Logs');
    const both = { capacity, container, logGroup, logRetention: logs.RetentionDays.ONE_DAY };
    expect(() => new NeuronService(stack, 'B', both)).toThrow(/only one of `logGroup` and `logRetention`/);
  });
});

describe('what a user expects of a construct', () => {
  test('grants go to the task role', () => {
    const { stack, service } = onPool();
    new ssm.StringParameter(stack, 'ModelName', { stringValue: 'bert' }).grantRead(service);
    const roles = new Capture();
    synth(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['ssm:GetParameter']) })] },
      Roles: roles,
    });
    expect(roles.asArray()).toEqual([{ Ref: stack.getLogicalId(service.taskDefinition.taskRole.node.defaultChild as iam.CfnRole) }]);
  });

  test('connections open the tasks', () => {
    const { stack, service } = onPool();
    service.connections.allowFromAnyIpv4(ec2.Port.tcp(8080), 'from anywhere');
    synth(stack, 'AwsSolutions-EC23').hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 8080 })],
    });
  });

  test('metrics are of the service', () => {
    const { stack, service } = onPool();
    for (const [metric, name] of [
      [service.metricCpuUtilization(), 'CPUUtilization'],
      [service.metricMemoryUtilization(), 'MemoryUtilization'],
      [service.metric('Other'), 'Other'],
    ] as const) {
      expect(metric.metricName).toBe(name);
      expect(metric.namespace).toBe('AWS/ECS');
      expect(stack.resolve(metric.dimensions)).toMatchObject({ ServiceName: stack.resolve(service.service.serviceName) });
    }
  });

  test('tags reach everything that takes them', () => {
    const { stack } = onPool();
    Tags.of(stack).add('team', 'ml');
    const template = synth(stack);
    template.hasResourceProperties('AWS::ECS::Service', { Tags: [{ Key: 'team', Value: 'ml' }] });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      Tags: Match.arrayWith([{ Key: 'team', PropagateAtLaunch: true, Value: 'ml' }]),
    });
  });

  test('warnings can be acknowledged', () => {
    const { stack, service } = onPool({ container: { ...container, healthCheck: undefined } });
    Validations.of(service).acknowledge({ id: 'cdk-ecs-ml:no-health-check', reason: 'a queue worker' });
    expect(warnings(stack)).toEqual([]);
  });

  test('escape hatches have the last word', () => {
    const { stack, service } = onPool();
    (service.service.node.defaultChild as ecs.CfnService).addPropertyOverride('DeploymentConfiguration.MaximumPercent', 150);
    expect(theService(synth(stack)).DeploymentConfiguration.MaximumPercent).toBe(150);
  });
});
