import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AcceleratedService,
  CircuitBreakerThreshold,
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

const MACHINE_IMAGE = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));

interface Made {
  readonly stack: Stack;
  readonly service: AcceleratedService;
  readonly resource: ecs.CfnService;
}

/** A service on a pool of 200 slices. */
function make(props: Partial<NeuronServiceProps> = {}): Made {
  const { stack, vpc } = newStackWithVpc();
  const instanceType = NeuronInstanceType.INF2_48_XLARGE;
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, tasksPerInstance: 12, maxInstances: 50 });
  const service = new NeuronService(stack, 'Bert', { capacity, container, ...props });
  return { stack, service, resource: service.service.node.defaultChild as ecs.CfnService };
}

function deployment(template: Template): Record<string, unknown> {
  const [service] = Object.values(template.findResources('AWS::ECS::Service'));
  return service.Properties.DeploymentConfiguration;
}

const breaker = ({ stack }: Pick<Made, 'stack'>) => deployment(synth(stack)).DeploymentCircuitBreaker;

/** The circuit breaker with a number of tasks. */
const after = (Value: unknown, Type = 'COUNT') => ({ Enable: true, Rollback: true, ThresholdConfiguration: { Type, Value } });

describe('a deployment fails', () => {
  test.each([
    [undefined, 2],
    [0, 2],
    [1, 2],
    [20, 2],
    [21, 3],
    [200, 20],
  ])('of %p tasks, after %d failed ones', (desiredCount, failures) => {
    expect(breaker(make({ desiredCount }))).toEqual(after(failures));
  });

  test('after a tenth of the most tasks that auto scaling sets', () => {
    const made = make();
    made.service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 100 });
    expect(breaker(made)).toEqual(after(10));
  });

  test('after a tenth of the slices, if the number of tasks is known at deployment', () => {
    const made = make({});
    const { stack } = made;
    const desiredCount = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    new NeuronService(stack, 'Other', { capacity: made.service.capacity as NeuronCapacity, container, desiredCount });
    const services = Object.entries(synth(stack).findResources('AWS::ECS::Service'));
    const [, other] = services.find(([id]) => id.startsWith('Other'))!;
    const { Type, Value } = other.Properties.DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration;
    expect(Type).toBe('COUNT');
    expect(Value).toBe(60);
  });

  test.each<[string, (stack: Stack, vpc: ec2.Vpc) => unknown]>([
    ['of Gaudi', (stack, vpc) => new GaudiService(stack, 'Service', { vpc, machineImage: MACHINE_IMAGE, container })],
    [
      'of Elastic Inference',
      (stack, vpc) =>
        new ElasticInferenceService(stack, 'Service', {
          vpc,
          instanceType: new ec2.InstanceType('c5.large'),
          accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
          container: { ...container, memoryReservationMiB: 1024 },
        }),
    ],
    [
      'on Managed Instances',
      (stack, vpc) => {
        const capacity = new NeuronManagedCapacity(stack, 'Pool', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
        return new NeuronService(stack, 'Service', { capacity, container });
      },
    ],
  ])('after 2 failed tasks %s too', (_, add) => {
    const { stack, vpc } = newStackWithVpc();
    add(stack, vpc);
    expect(deployment(Template.fromStack(stack)).DeploymentCircuitBreaker).toEqual(after(2));
  });
});

describe('the threshold is', () => {
  test.each([
    ['a count', CircuitBreakerThreshold.count(5), after(5)],
    ['a percentage within limits', CircuitBreakerThreshold.boundedPercent(50), after(50, 'BOUNDED_PERCENT')],
    ['a percentage', CircuitBreakerThreshold.unboundedPercent(150), after(150, 'UNBOUNDED_PERCENT')],
    ['of all failed tasks', CircuitBreakerThreshold.count(5, { resetOnHealthyTask: false }), { ...after(5), ResetOnHealthyTask: false }],
    ['of failed tasks in a row', CircuitBreakerThreshold.count(5, { resetOnHealthyTask: true }), { ...after(5), ResetOnHealthyTask: true }],
  ])('%s that the user gives', (_, circuitBreakerThreshold, expected) => {
    expect(breaker(make({ circuitBreakerThreshold }))).toEqual(expected);
  });

  test('a number that is known at deployment', () => {
    const { stack, vpc } = newStackWithVpc();
    const failures = new CfnParameter(stack, 'Failures', { type: 'Number' }).valueAsNumber;
    const circuitBreakerThreshold = CircuitBreakerThreshold.count(failures);
    new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container, circuitBreakerThreshold });
    expect(breaker({ stack })).toEqual(after({ Ref: 'Failures' }));
  });

  test('an override', () => {
    const made = make();
    made.resource.addPropertyOverride('DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration.Value', 7);
    expect(breaker(made)).toEqual(after(7));
  });

  test('what the L1 has', () => {
    const made = make();
    const thresholdConfiguration = { type: 'UNBOUNDED_PERCENT', value: 30 };
    const deploymentCircuitBreaker = { enable: true, rollback: false, resetOnHealthyTask: false, thresholdConfiguration };
    made.resource.deploymentConfiguration = { deploymentCircuitBreaker };
    expect(breaker(made)).toEqual({ ...after(30, 'UNBOUNDED_PERCENT'), Rollback: false, ResetOnHealthyTask: false });
  });

  test.each([
    ['count', 0, '`tasks` must be a whole number, 1 or more, got: 0'],
    ['count', 1.5, '`tasks` must be a whole number'],
    ['boundedPercent', 0, '`percent` must be a whole number from 1 to 100, got: 0'],
    ['boundedPercent', 101, '`percent` must be a whole number from 1 to 100, got: 101'],
    ['unboundedPercent', -1, '`percent` must be a whole number, 1 or more, got: -1'],
  ] as const)('refused as %s(%p)', (kind, value, text) => {
    expect(() => CircuitBreakerThreshold[kind](value)).toThrow(text);
  });
});

describe('the circuit breaker of the user', () => {
  test('keeps its rollback', () => {
    expect(breaker(make({ circuitBreaker: { rollback: false } }))).toEqual({ ...after(2), Rollback: false });
  });

  test('can be off, and then has no threshold', () => {
    expect(breaker(make({ circuitBreaker: { enable: false } }))).toEqual({ Enable: false, Rollback: false });
  });

  test('cannot be off with a threshold', () => {
    expect(() => make({ circuitBreaker: { enable: false }, circuitBreakerThreshold: CircuitBreakerThreshold.count(2) })).toThrow(
      'Stack/Bert: `circuitBreakerThreshold` has no effect, because `circuitBreaker` has `enable: false`. Leave out `circuitBreakerThreshold`, ' +
        'or set `enable` to true. [cdk-ecs-ml:circuit-breaker-threshold]',
    );
  });

  test('can be off on the L1', () => {
    const made = make();
    made.resource.deploymentConfiguration = { deploymentCircuitBreaker: { enable: false, rollback: false } };
    expect(breaker(made)).toEqual({ Enable: false, Rollback: false });
  });
});

describe('a deployment that is not a rolling update has no circuit breaker', () => {
  test.each<[string, (resource: ecs.CfnService) => void]>([
    ['by the property, for AWS CodeDeploy', (resource) => (resource.deploymentController = { type: 'CODE_DEPLOY' })],
    ['by override, for AWS CodeDeploy', (resource) => resource.addPropertyOverride('DeploymentController.Type', 'CODE_DEPLOY')],
    ['for another controller', (resource) => resource.addPropertyOverride('DeploymentController', { Type: 'EXTERNAL' })],
    ['for blue/green', (resource) => resource.addPropertyOverride('DeploymentConfiguration.Strategy', 'BLUE_GREEN')],
  ])('%s', (_, change) => {
    const made = make();
    change(made.resource);
    expect(deployment(Template.fromStack(made.stack))).not.toHaveProperty('DeploymentCircuitBreaker');
  });

  test('unless the user gives one, which then has no threshold', () => {
    const made = make({ circuitBreaker: { rollback: true } });
    made.resource.addPropertyOverride('DeploymentConfiguration.Strategy', 'BLUE_GREEN');
    expect(deployment(Template.fromStack(made.stack)).DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
  });
});

describe('a start of more than 3 hours', () => {
  const longer = { startup: Duration.minutes(181) };

  test('is a warning, because CloudFormation does not wait that long', () => {
    const { stack } = make(longer);
    synth(stack);
    expect(warnings(stack)).toEqual([
      expect.stringContaining('`startup` should be at most 3 hours, got: 3 hours 1 minute. CloudFormation waits about 3 hours'),
    ]);
    expect(warnings(stack)[0]).toContain('cdk-ecs-ml:startup-within-deployment');
  });

  test.each<[string, Partial<NeuronServiceProps>]>([
    ['that is shorter', { startup: Duration.hours(3) }],
    ['of no task', { ...longer, desiredCount: 0 }],
  ])('%s is none', (_, props) => {
    const { stack } = make(props);
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('is none where the deployment is not a rolling update', () => {
    const made = make(longer);
    made.resource.addPropertyOverride('DeploymentController.Type', 'CODE_DEPLOY');
    Template.fromStack(made.stack);
    expect(warnings(made.stack).filter((text) => text.includes('startup'))).toEqual([]);
  });

  test('that is known at deployment is none', () => {
    const { stack, vpc } = newStackWithVpc();
    const startup = Duration.seconds(new CfnParameter(stack, 'Startup', { type: 'Number' }).valueAsNumber);
    new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container, startup });
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });
});
