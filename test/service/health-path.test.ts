import {
  App,
  Aspects,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb,
  CfnParameter,
  Duration,
  IAspect,
  NestedStack,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import {
  AcceleratedService,
  ElasticInferenceAccelerator,
  ElasticInferenceService,
  GaudiMachineImage,
  GaudiService,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  NeuronServiceProps,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const ACCEPTED = ['AwsSolutions-ELB2', 'AwsSolutions-EC23'];

/** A container whose health check is a command. */
const checkedBy = (...command: string[]) => ({ ...container, healthCheck: { command } });
const HEALTH = checkedBy('CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1');

interface Made {
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly service: NeuronService;
}

function make(props: Partial<NeuronServiceProps> = {}, capacityProps: { tasksPerInstance?: number } = {}): Made {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', {
    vpc,
    instanceType: NeuronInstanceType.INF2_24_XLARGE,
    maxInstances: 4,
    ...capacityProps,
  });
  return { stack, vpc, service: new NeuronService(stack, 'Bert', { capacity, container: HEALTH, ...props }) };
}

function balance({ stack, vpc }: Pick<Made, 'stack' | 'vpc'>): elb.ApplicationListener {
  return new elb.ApplicationLoadBalancer(stack, 'Alb', { vpc }).addListener('Http', { port: 80 });
}

/** The properties of the only target group of a stack. */
function group(stack: Stack): Record<string, unknown> {
  const [one, ...others] = Object.values(synth(stack, ...ACCEPTED).findResources(GROUP));
  expect(others).toEqual([]);
  return one.Properties;
}

/** The warnings about health check paths. */
const pathWarnings = (stack: Stack) => warnings(stack).filter((text) => text.includes('target-health-path'));

function expectPath(stack: Stack, path: string | undefined): void {
  expect(group(stack).HealthCheckPath).toBe(path);
  expect(pathWarnings(stack)).toEqual([]);
}

function expectWarning(stack: Stack, ...texts: string[]): void {
  expect(group(stack).HealthCheckPath).toBeUndefined();
  const [warning, ...others] = pathWarnings(stack);
  expect(others).toEqual([]);
  for (const text of texts) expect(warning).toContain(text);
}

describe('a target group without a path takes that of the container health check', () => {
  test('from a listener', () => {
    const made = make();
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service] });
    expectPath(made.stack, '/health');
    expect(group(made.stack).HealthCheckProtocol).toBeUndefined();
  });

  test('as a group with targets, and one that the service is attached to', () => {
    const made = make();
    const { stack, vpc, service } = made;
    const first = new elb.ApplicationTargetGroup(stack, 'First', { vpc, port: 8080, targets: [service.service] });
    const second = new elb.ApplicationTargetGroup(stack, 'Second', { vpc, port: 8080 });
    service.service.attachToApplicationTargetGroup(second);
    const listener = balance(made);
    listener.addTargetGroups('One', { targetGroups: [first] });
    listener.addTargetGroups('Two', { targetGroups: [second], priority: 1, conditions: [elb.ListenerCondition.pathPatterns(['/two'])] });
    const groups = Object.values(synth(stack, ...ACCEPTED).findResources(GROUP));
    expect(groups.map(({ Properties }) => Properties.HealthCheckPath)).toEqual(['/health', '/health']);
  });

  test('through the targets of the service', () => {
    const made = make();
    made.service.service.registerLoadBalancerTargets({
      containerName: 'main',
      containerPort: 8080,
      newTargetGroupId: 'Model',
      listener: ecs.ListenerConfig.applicationListener(balance(made), { protocol: elb.ApplicationProtocol.HTTP }),
    });
    expectPath(made.stack, '/health');
  });

  test('of a network load balancer with health checks over HTTP', () => {
    const { stack, vpc, service } = make();
    const listener = new elb.NetworkLoadBalancer(stack, 'Nlb', { vpc }).addListener('Tcp', { port: 80 });
    listener.addTargets('Model', { port: 8080, targets: [service.service], healthCheck: { protocol: elb.Protocol.HTTP } });
    expectPath(stack, '/health');
  });

  test('on a port of its own', () => {
    const made = make({ container: { ...HEALTH, portMappings: [{ containerPort: 9000 }, { containerPort: 8080 }] } });
    balance(made).addTargets('Model', {
      port: 9000,
      protocol: elb.ApplicationProtocol.HTTP,
      targets: [made.service.service],
      healthCheck: { port: '8080' },
    });
    expectPath(made.stack, '/health');
  });

  test('with the protocol, if that is HTTPS', () => {
    const secure = { ...checkedBy('CMD-SHELL', 'curl -fk https://localhost:8443/health'), portMappings: [{ containerPort: 8443 }] };
    const made = make({ container: secure });
    balance(made).addTargets('Model', { port: 8443, targets: [made.service.service] });
    expect(group(made.stack)).toMatchObject({ Protocol: 'HTTPS', HealthCheckPath: '/health', HealthCheckProtocol: 'HTTPS' });
    expect(pathWarnings(made.stack)).toEqual([]);
  });

  test('with variables of the container', () => {
    const made = make({ container: { ...checkedBy('CMD-SHELL', 'curl -f http://localhost:$PORT/live'), environment: { PORT: '8080' } } });
    balance(made).addTargets('Model', { port: 80, targets: [made.service.service] });
    expectPath(made.stack, '/live');
  });

  test('for a blue/green deployment, in both groups', () => {
    const made = make();
    const { stack, vpc, service } = made;
    const blue = new elb.ApplicationTargetGroup(stack, 'Blue', { vpc, port: 8080, targetType: elb.TargetType.IP });
    const green = new elb.ApplicationTargetGroup(stack, 'Green', { vpc, port: 8080, targetType: elb.TargetType.IP });
    const listener = balance(made);
    listener.addTargetGroups('Blue', { targetGroups: [blue] });
    const rule = new elb.ApplicationListenerRule(stack, 'Rule', {
      listener,
      priority: 1,
      conditions: [elb.ListenerCondition.pathPatterns(['/*'])],
      action: elb.ListenerAction.weightedForward([
        { targetGroup: blue, weight: 100 },
        { targetGroup: green, weight: 0 },
      ]),
    });
    const target = service.service.loadBalancerTarget({
      containerName: 'main',
      containerPort: 8080,
      alternateTarget: new ecs.AlternateTarget('Alternate', {
        alternateTargetGroup: green,
        productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(rule),
      }),
    });
    target.attachToApplicationTargetGroup(blue);
    const groups = Object.values(Template.fromStack(stack).findResources(GROUP));
    expect(groups.map(({ Properties }) => Properties.HealthCheckPath)).toEqual(['/health', '/health']);
  });

  test.each([
    ['the property', (service: ecs.CfnService, entry: object) => (service.loadBalancers = [entry])],
    [
      'an override',
      (service: ecs.CfnService, { targetGroupArn, containerName, containerPort }: ecs.CfnService.LoadBalancerProperty) =>
        service.addPropertyOverride('LoadBalancers', [
          { TargetGroupArn: targetGroupArn, ContainerName: containerName, ContainerPort: containerPort },
        ]),
    ],
    [
      'an override with its logical ID',
      (service: ecs.CfnService, _entry: object, logicalId: string) =>
        service.addPropertyOverride('LoadBalancers', [{ TargetGroupArn: { Ref: logicalId }, ContainerName: 'main', ContainerPort: 8080 }]),
    ],
  ])('of an L1 group, through %s', (_, attach) => {
    const { stack, vpc, service } = make();
    const cfnGroup = new elb.CfnTargetGroup(stack, 'Group', { port: 8080, protocol: 'HTTP', vpcId: vpc.vpcId, targetType: 'ip' });
    const entry = { targetGroupArn: cfnGroup.ref, containerName: 'main', containerPort: 8080 };
    attach(service.service.node.defaultChild as ecs.CfnService, entry, stack.resolve(cfnGroup.logicalId));
    expectPath(stack, '/health');
  });

  test('of another container and port by override of an entry', () => {
    const made = make({ container: { ...HEALTH, portMappings: [{ containerPort: 9000 }, { containerPort: 8080 }] } });
    balance(made).addTargets('Model', { port: 9000, protocol: elb.ApplicationProtocol.HTTP, targets: [made.service.service] });
    (made.service.service.node.defaultChild as ecs.CfnService).addPropertyOverride('LoadBalancers.0', { ContainerPort: 8080 });
    // aws-cdk-lib merges the override into the list, as the template shows.
    expect(group(made.stack).HealthCheckPath).toBe('/health');
  });

  test('in another stack, and in a nested stack', () => {
    const { stack: network, vpc } = newStackWithVpc();
    const stack = new Stack(network.node.root as App, 'Service');
    const groups = (scope: Construct) => new elb.ApplicationTargetGroup(scope, 'Group', { vpc, port: 8080, targetType: elb.TargetType.IP });
    const front = new Stack(stack.node.root as App, 'Front');
    const [other, nested] = [groups(front), groups(new NestedStack(stack, 'Nested'))];
    const service = new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container: HEALTH });
    for (const one of [other, nested]) service.service.attachToApplicationTargetGroup(one);
    for (const one of [other, nested]) Template.fromStack(Stack.of(one)).hasResourceProperties(GROUP, { HealthCheckPath: '/health' });
  });

  test('that two services share', () => {
    const made = make();
    const { stack, vpc, service } = made;
    const second = new NeuronService(stack, 'Second', { capacity: service.capacity, container: HEALTH });
    new elb.ApplicationTargetGroup(stack, 'Group', { vpc, port: 8080, targets: [service.service, second.service] });
    expectPath(stack, '/health');
  });

  test('that an aspect attaches', () => {
    const { stack, vpc, service } = make();
    const one = new elb.ApplicationTargetGroup(stack, 'Group', { vpc, port: 8080 });
    let attached = false;
    const attach: IAspect = {
      visit: (node) => {
        if (node !== service.service.node.defaultChild || attached) return;
        attached = true;
        one.addTarget(service.service);
      },
    };
    Aspects.of(stack).add(attach);
    expectPath(stack, '/health');
  });

  test('on Managed Instances', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Pool', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
    const { service } = new NeuronService(stack, 'Bert', { capacity, container: HEALTH });
    balance({ stack, vpc }).addTargets('Model', { port: 8080, targets: [service] });
    expectPath(stack, '/health');
  });

  test('in a partition, in bridge mode', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_24_XLARGE, partitions: [4, 2] });
    const { service } = new NeuronService(stack, 'Bert', { capacity: capacity.partition(0), container: HEALTH });
    balance({ stack, vpc }).addTargets('Model', { port: 8080, targets: [service] });
    expectPath(stack, '/health');
  });
});

describe('a path of its own stays', () => {
  test.each<[string, elb.HealthCheck]>([
    ['a path', { path: '/own' }],
    ['the root', { path: '/' }],
  ])('%s', (_, healthCheck) => {
    const made = make();
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service], healthCheck });
    expectPath(made.stack, healthCheck.path);
  });

  test.each<[string, (group: elb.ApplicationTargetGroup) => void]>([
    ['set later', (one) => one.configureHealthCheck({ path: '/own' })],
    ['set by an aspect', (one) => Aspects.of(one).add({ visit: () => one.configureHealthCheck({ path: '/own' }) })],
    ['set on the L1', (one) => ((one.node.defaultChild as elb.CfnTargetGroup).healthCheckPath = '/own')],
    ['set by override', (one) => (one.node.defaultChild as elb.CfnTargetGroup).addPropertyOverride('HealthCheckPath', '/own')],
  ])('%s', (_, change) => {
    const made = make();
    change(balance(made).addTargets('Model', { port: 8080, targets: [made.service.service] }));
    expectPath(made.stack, '/own');
  });

  test('that is known at deployment', () => {
    const made = make();
    const path = new CfnParameter(made.stack, 'Path').valueAsString;
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service], healthCheck: { path } });
    expect(group(made.stack).HealthCheckPath).toEqual({ Ref: 'Path' });
  });
});

describe('a target group that asks for no path stays as it is, without a warning', () => {
  const plain = { container: { ...container, healthCheck: undefined } };

  test.each<[string, Partial<NeuronServiceProps>]>([
    ['with a URL', {}],
    ['without a health check', plain],
  ])('of a network load balancer with health checks over TCP, %s', (_, props) => {
    const { stack, vpc, service } = make(props);
    new elb.NetworkLoadBalancer(stack, 'Nlb', { vpc })
      .addListener('Tcp', { port: 80 })
      .addTargets('Model', { port: 8080, targets: [service.service] });
    expectPath(stack, undefined);
  });

  test('for gRPC', () => {
    const made = make(plain);
    balance(made).addTargets('Model', {
      port: 8080,
      protocolVersion: elb.ApplicationProtocolVersion.GRPC,
      targets: [made.service.service],
    });
    expectPath(made.stack, undefined);
  });

  test.each(['200,404', '200-499'])('that accepts the status codes %s', (healthyHttpCodes) => {
    const made = make();
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service], healthCheck: { healthyHttpCodes } });
    expectPath(made.stack, undefined);
  });

  test('whose protocol is known at deployment', () => {
    const { stack, vpc, service } = make(plain);
    const protocol = new CfnParameter(stack, 'Protocol', { allowedValues: ['TCP', 'HTTP'] }).valueAsString;
    const one = new elb.CfnTargetGroup(stack, 'Group', { port: 8080, protocol, vpcId: vpc.vpcId, targetType: 'ip' });
    (service.service.node.defaultChild as ecs.CfnService).loadBalancers = [
      { targetGroupArn: one.ref, containerName: 'main', containerPort: 8080 },
    ];
    expectPath(stack, undefined);
  });

  test('that is imported, because it cannot be changed', () => {
    const { stack, service } = make(plain);
    const imported = elb.ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Imported', {
      targetGroupArn: 'arn:aws:elasticloadbalancing:us-west-2:111111111111:targetgroup/model/0123456789abcdef',
      loadBalancerArns: 'arn:aws:elasticloadbalancing:us-west-2:111111111111:loadbalancer/app/model/0123456789abcdef',
    });
    service.service.attachToApplicationTargetGroup(imported);
    Template.fromStack(stack).resourceCountIs(GROUP, 0);
    expect(pathWarnings(stack)).toEqual([]);
  });
});

describe('a target group for which no path is found causes a warning', () => {
  test.each<[string, ecs.ContainerDefinitionOptions]>([
    ['without a container health check', { ...container, healthCheck: undefined }],
    ['with a script', checkedBy('CMD-SHELL', '/opt/health.sh')],
    ['with a URL on another port', checkedBy('CMD-SHELL', 'curl -f http://localhost:9000/health')],
    ['with another request than GET', checkedBy('CMD-SHELL', "curl -d '{}' http://localhost:8080/invocations")],
  ])('%s', (_, main) => {
    const made = make({ container: main });
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service] });
    expectWarning(
      made.stack,
      'The target group Stack/Alb/Http/ModelGroup asks container main on port 8080 for `/` over HTTP, because it has no path of its own',
      "Set `healthCheck: { path: '/…' }` of the target group.",
    );
  });

  test('with a URL over another protocol, and with the way out', () => {
    const made = make({ container: checkedBy('CMD-SHELL', 'curl -fk https://localhost:8080/health') });
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service], healthCheck: { protocol: elb.Protocol.HTTP } });
    expectWarning(made.stack, 'over HTTP', 'uses HTTPS', "`healthCheck: { path: '/health', protocol: Protocol.HTTPS }`");
  });

  test('if the port of the container is known at deployment', () => {
    const { stack, vpc, service } = make();
    const port = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
    const one = new elb.CfnTargetGroup(stack, 'Group', { port: 80, protocol: 'HTTP', vpcId: vpc.vpcId, targetType: 'ip' });
    (service.service.node.defaultChild as ecs.CfnService).loadBalancers = [
      { targetGroupArn: one.ref, containerName: 'main', containerPort: port },
    ];
    expectWarning(stack, 'The target group Stack/Group asks container main for `/`');
  });

  test('for each family', () => {
    const { stack, vpc } = newStackWithVpc();
    const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    const main = { image: container.image, portMappings: container.portMappings };
    const services: AcceleratedService[] = [
      new GaudiService(stack, 'Gaudi', { vpc, machineImage, container: main }),
      new ElasticInferenceService(stack, 'Eia', {
        vpc,
        instanceType: new ec2.InstanceType('c5.large'),
        accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
        container: { ...main, memoryReservationMiB: 1024 },
      }),
    ];
    const listener = balance({ stack, vpc });
    services.forEach((service, index) =>
      listener.addTargets(service.node.id, {
        port: 8080,
        targets: [service.service],
        ...(index > 0 ? { priority: index, conditions: [elb.ListenerCondition.pathPatterns(['/other'])] } : {}),
      }),
    );
    Template.fromStack(stack);
    expect(pathWarnings(stack)).toHaveLength(2);
  });

  test('until it is acknowledged', () => {
    const made = make({ container: checkedBy('CMD-SHELL', '/opt/health.sh') });
    balance(made).addTargets('Model', { port: 8080, targets: [made.service.service] });
    Validations.of(made.service).acknowledge({ id: 'cdk-ecs-ml:target-health-path', reason: 'The server answers `/`.' });
    expectPath(made.stack, undefined);
  });
});

describe('containers beside the main one', () => {
  function withProxy(props: Partial<NeuronServiceProps>, healthCheck?: ecs.HealthCheck): Made {
    const made = make({ desiredCount: 1, ...props });
    made.service.taskDefinition.addContainer('Proxy', {
      image: container.image,
      cpu: 256,
      memoryReservationMiB: 256,
      portMappings: [{ containerPort: 9090 }],
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'proxy' }),
      healthCheck,
    });
    return made;
  }
  const target = ({ service }: Made) => service.service.loadBalancerTarget({ containerName: 'Proxy', containerPort: 9090 });

  test('are asked for their own path', () => {
    const made = withProxy({}, { command: ['CMD', 'wget', '-q', 'http://localhost:9090/ready'], interval: Duration.seconds(10) });
    balance(made).addTargets('Model', { port: 80, targets: [target(made)] });
    expectPath(made.stack, '/ready');
  });

  test('are asked for a path that the main container calls on their port, because they share localhost', () => {
    const made = withProxy({ container: checkedBy('CMD-SHELL', 'curl -f http://localhost:9090/both') });
    balance(made).addTargets('Model', { port: 80, targets: [target(made)] });
    expectPath(made.stack, '/both');
  });

  test('do not share localhost in bridge mode', () => {
    const made = withProxy({
      container: checkedBy('CMD-SHELL', 'curl -f http://localhost:9090/both'),
      networkMode: ecs.NetworkMode.BRIDGE,
    });
    balance(made).addTargets('Model', { port: 80, targets: [target(made)] });
    expectWarning(made.stack, 'container Proxy on port 9090');
  });

  test('are found by their host port in bridge mode', () => {
    const portMappings = [
      { containerPort: 8080, hostPort: 18080 },
      { containerPort: 9000, hostPort: 19000 },
    ];
    const made = make({ desiredCount: 1, container: { ...HEALTH, portMappings }, networkMode: ecs.NetworkMode.BRIDGE });
    const main = made.service.service.loadBalancerTarget({ containerName: 'main', containerPort: 9000 });
    balance(made).addTargets('Model', { port: 80, targets: [main], healthCheck: { port: '18080' } });
    expectPath(made.stack, '/health');
  });

  test('are not found by a port that the host gives them later', () => {
    const made = withProxy({ networkMode: ecs.NetworkMode.BRIDGE });
    balance(made).addTargets('Model', { port: 80, targets: [target(made)], healthCheck: { port: '8080' } });
    Validations.of(made.stack).acknowledge({ id: 'CloudFormation-Validate::W3049', reason: 'This is what the test is about.' });
    expectWarning(made.stack, 'container Proxy on port 9090');
  });
});
