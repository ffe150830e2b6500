import { aws_ecs as ecs, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, NeuronServiceProps } from '../../src';
import { container, newStackWithVpc, synth } from '../support';

/** A number and a text that only the deployment knows. */
class Tokens {
  constructor(private readonly stack: Stack) {}

  public get number(): number {
    return new CfnParameter(this.stack, 'Number', { type: 'Number' }).valueAsNumber;
  }

  public get text(): string {
    return new CfnParameter(this.stack, 'Text').valueAsString;
  }
}

function withTokens(make: (tokens: Tokens) => { pool?: Partial<NeuronCapacityProps>; service?: Partial<NeuronServiceProps> }) {
  const { stack, vpc } = newStackWithVpc();
  const { pool, service } = make(new Tokens(stack));
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, ...pool });
  new NeuronService(stack, 'Service', { capacity, container, ...service });
  return synth(stack);
}

const NUMBER = { Ref: 'Number' };
const TEXT = { Ref: 'Text' };
const SCALING = 'AutoScalingGroupProvider.ManagedScaling';
const ROOT_VOLUME_SIZE = 'LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeSize';
const MAIN = 'ContainerDefinitions.0';

test.each<[string, (t: Tokens) => Partial<NeuronCapacityProps>, string, string]>([
  ['minInstances', (t) => ({ minInstances: t.number }), 'AWS::AutoScaling::AutoScalingGroup', 'MinSize'],
  ['maxInstances', (t) => ({ maxInstances: t.number }), 'AWS::AutoScaling::AutoScalingGroup', 'MaxSize'],
  ['targetCapacityPercent', (t) => ({ targetCapacityPercent: t.number }), 'AWS::ECS::CapacityProvider', `${SCALING}.TargetCapacity`],
  [
    'instanceWarmup',
    (t) => ({ instanceWarmup: Duration.seconds(t.number) }),
    'AWS::ECS::CapacityProvider',
    `${SCALING}.InstanceWarmupPeriod`,
  ],
  [
    'maximumScalingStepSize',
    (t) => ({ maximumScalingStepSize: t.number }),
    'AWS::ECS::CapacityProvider',
    `${SCALING}.MaximumScalingStepSize`,
  ],
  ['size of rootVolume', (t) => ({ rootVolume: { size: Size.gibibytes(t.number) } }), 'AWS::EC2::LaunchTemplate', ROOT_VOLUME_SIZE],
])('%s of a pool', (_, pool, type, path) => {
  const [resource] = Object.values(withTokens((t) => ({ pool: pool(t) })).findResources(type));
  expect(at(resource.Properties, path)).toEqual(NUMBER);
});

test.each<[string, (t: Tokens) => Partial<NeuronServiceProps>, string, unknown]>([
  ['desiredCount', (t) => ({ desiredCount: t.number }), 'DesiredCount', NUMBER],
  ['minHealthyPercent', (t) => ({ minHealthyPercent: t.number }), 'DeploymentConfiguration.MinimumHealthyPercent', NUMBER],
  ['maxHealthyPercent', (t) => ({ maxHealthyPercent: t.number }), 'DeploymentConfiguration.MaximumPercent', NUMBER],
  ['startup', (t) => ({ startup: Duration.seconds(t.number) }), 'HealthCheckGracePeriodSeconds', NUMBER],
  ['serviceName', (t) => ({ serviceName: t.text }), 'ServiceName', TEXT],
])('%s of a service', (_, service, path, expected) => {
  const [resource] = Object.values(withTokens((t) => ({ service: service(t) })).findResources('AWS::ECS::Service'));
  expect(at(resource.Properties, path)).toEqual(expected);
});

test.each<[string, (t: Tokens) => Partial<NeuronServiceProps>, string, unknown]>([
  ['family', (t) => ({ family: t.text }), 'Family', TEXT],
  [
    'sharedMemorySize',
    (t) => ({ sharedMemorySize: Size.mebibytes(t.number), container: { ...container, memoryLimitMiB: 4096 } }),
    `${MAIN}.LinuxParameters.SharedMemorySize`,
    NUMBER,
  ],
  ['memory', (t) => ({ container: { ...container, memoryLimitMiB: t.number } }), `${MAIN}.Memory`, NUMBER],
  ['environment', (t) => ({ container: { ...container, environment: { MODEL: t.text } } }), `${MAIN}.Environment.0.Value`, TEXT],
  ['image', (t) => ({ container: { ...container, image: ecs.ContainerImage.fromRegistry(t.text) } }), `${MAIN}.Image`, TEXT],
  ['containerName', (t) => ({ container: { ...container, containerName: t.text } }), `${MAIN}.Name`, TEXT],
  ['command', (t) => ({ container: { ...container, command: ['--model', t.text] } }), `${MAIN}.Command.1`, TEXT],
  [
    'containerPort',
    (t) => ({ container: { ...container, portMappings: [{ containerPort: t.number }] } }),
    `${MAIN}.PortMappings.0.ContainerPort`,
    NUMBER,
  ],
  ['stopTimeout', (t) => ({ container: { ...container, stopTimeout: Duration.seconds(t.number) } }), `${MAIN}.StopTimeout`, NUMBER],
])('%s of a task', (_, service, path, expected) => {
  const [task] = Object.values(withTokens((t) => ({ service: service(t) })).findResources('AWS::ECS::TaskDefinition'));
  expect(at(task.Properties, path)).toEqual(expected);
  expect(at(task.Properties, `${MAIN}.Cpu`)).toBe(4096);
  expect(at(task.Properties, `${MAIN}.LinuxParameters.Devices.0.HostPath`)).toBe('/dev/neuron0');
});

test('counts that are not known are never compared: the update is in place', () => {
  const template = withTokens((t) => ({ pool: { maxInstances: t.number }, service: { desiredCount: 7 } }));
  template.hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { MinimumHealthyPercent: 75, MaximumPercent: 100 } });
});

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}
