import {
  App,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_ec2 as networks,
  aws_scheduler as scheduler,
  CfnParameter,
  Duration,
  Lazy,
  Size,
  Stack,
  Token,
} from 'aws-cdk-lib';
import * as library from '../../src';
import { checkCall } from '../../src/rules/argument-rules';
import { Parameter, parametersOf, propsOf, typeNamed } from '../../src/rules/argument-types';
import { limited, limitOf } from '../../src/rules/prop-limits';
import { CALLS, TYPES } from '../../src/rules/signatures';

const { Launcher, NeuronInstanceType, GaudiInstanceType } = library;
const stack = new Stack(new App(), 'Stack', { env: { region: 'us-east-1', account: '111111111111' } });
const vpc = networks.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-12345678',
  availabilityZones: ['us-east-1a'],
  privateSubnetIds: ['subnet-12345678'],
});
const neuron = new library.NeuronCapacity(stack, 'Neuron', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE });
const managed = new library.NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
const gaudi = library.GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Gaudi', {
  capacityProviderName: 'gaudi',
  cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'cluster', vpc }),
  instanceType: GaudiInstanceType.DL1_24_XLARGE,
});

/** Values of the types that cannot be made from their signature alone. */
const SAMPLES: Record<string, unknown> = {
  string: 'name',
  number: 7,
  boolean: true,
  date: new Date(0),
  any: {},
  Construct: stack,
  IConstruct: stack,
  Duration: Duration.minutes(2),
  Size: Size.gibibytes(64),
  Launcher: Launcher.torchrun({ processesPerNode: 1 }),
  NeuronInstanceType: NeuronInstanceType.INF2_XLARGE,
  GaudiInstanceType: GaudiInstanceType.DL1_24_XLARGE,
  AcceleratedInstanceType: NeuronInstanceType.INF2_XLARGE,
  InstanceStorage: library.InstanceStorage.RAID0,
  ElasticInferenceAccelerator: library.ElasticInferenceAccelerator.EIA1_LARGE,
  PurchaseOption: library.PurchaseOption.spot(),
  CircuitBreakerThreshold: library.CircuitBreakerThreshold.count(2),
  ManagedScaleIn: library.ManagedScaleIn.never(),
  NeuronMachineImage: library.NeuronMachineImage.withoutEcsAgent(ec2.MachineImage.latestAmazonLinux2023()),
  GaudiMachineImage: library.GaudiMachineImage.custom(ec2.MachineImage.latestAmazonLinux2023()),
  ICapacity: neuron,
  IEc2Capacity: neuron,
  ISlicedCapacity: neuron,
  INeuronCapacity: neuron,
  INeuronEc2Capacity: neuron,
  IManagedCapacity: managed,
  IGaudiCapacity: gaudi,
  IGaudiEc2Capacity: gaudi,
};

/** Values of props that have a form or a narrow range. */
const PROP_SAMPLES: Record<string, unknown> = {
  regions: ['us-east-1'],
  capacityBlockRegions: ['us-east-1'],
  maxEventAge: Duration.hours(1),
  rootDeviceName: '/dev/xvda',
  resultPath: '$.job',
  capacityProviderName: 'provider',
  workingDirectory: '/app',
};

/** A value of a type: the least that it needs, or with every optional prop. */
function sample(type: string, full = false, depth = 0): unknown {
  if (type.endsWith('[]')) return [sample(type.slice(0, -2), full, depth)];
  if (type.endsWith('{}')) return { NAME: sample(type.slice(0, -2), full, depth) };
  if (type in SAMPLES) return SAMPLES[type];
  const named = typeNamed(type)!;
  if (named.kind === 'struct') return struct(type, full, depth);
  if (named.kind !== 'enum') return { [named.values[0]]: 'value', clusterName: 'cluster' };
  if (['number', 'string'].includes(named.values[0])) return named.values[0] === 'number' ? 1 : 'value';
  return Object.values((library as unknown as Record<string, object>)[type]).pop();
}

function struct(type: string, full: boolean, depth: number): object {
  const given = propsOf(type).filter(({ optional }) => !optional || (full && depth < 3));
  return Object.fromEntries(given.map(({ name, type: of }) => [name, PROP_SAMPLES[name] ?? sample(of, full, depth + 1)]));
}

/** Values that a type refuses. */
function wrongValues(type: string): unknown[] {
  if (type.endsWith('[]')) return [null, 'text', [null]];
  if (type.endsWith('{}')) return [null, 'text', { NAME: null }];
  if (type === 'any') return [null];
  const named = typeNamed(type);
  switch (named?.kind) {
    case undefined:
      return type === 'string' ? [null, 5] : type === 'number' ? [null, '5', NaN, Infinity] : [null, 'text'];
    case 'struct':
      return [null, 'text', []];
    case 'enum':
      return [null, named!.values[0] === 'string' ? 5 : 'nonsense'];
    default:
      // A few types of other packages have no member that tells them.
      return named!.values.length === 0 && !(type in library) ? [null, 'text'] : [null, 'text', 5, new Map()];
  }
}

interface Case {
  readonly path: string;
  /** The last name in the path, which the message must have. */
  readonly name: string;
  readonly args: unknown[];
}

/** All arguments of a call that are wrong in one place. */
function wrongCalls(signature: string): Case[] {
  const parameters = parametersOf(signature);
  const valid = parameters.map(({ type }) => sample(type));
  return parameters.flatMap((parameter, index) => wrong(parameter, (value) => valid.map((each, at) => (at === index ? value : each)), []));
}

function wrong({ name, type, optional }: Parameter, args: (value: unknown) => unknown[], within: string[]): Case[] {
  const path = [...within, name].join('.');
  const values = [...(optional ? [] : [undefined]), ...wrongValues(type)];
  const here = values.map((value) => ({ path: `${path} = ${shown(value)}`, name, args: args(value) }));
  const one = type.replace(/\[\]$/, '');
  if (typeNamed(one)?.kind !== 'struct' || within.length > 3) return here;
  const inner = propsOf(one).flatMap((prop) =>
    wrong(
      prop,
      (value) => {
        const changed = { ...(sample(one) as object), [prop.name]: value };
        return args(type.endsWith('[]') ? [changed] : changed);
      },
      [...within, name],
    ),
  );
  return [...here, ...inner];
}

function shown(value: unknown): string {
  return value instanceof Map
    ? 'a Map'
    : Number.isNaN(value) || value === Infinity
      ? String(value)
      : (JSON.stringify(value) ?? 'undefined');
}

function run(className: string, call: string, args: unknown[]): unknown {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const found = (library as any)[className];
  if (call === 'new') return new found(...args);
  if (call.startsWith('static ')) return found[call.slice('static '.length)](...args);
  return Object.create(found.prototype)[call](...args);
}

/** What is wrong with the error about a wrong argument. Undefined if it is as it must be. */
function faultOf(className: string, call: string, { name, args }: Case): string | undefined {
  try {
    run(className, call, args);
    return 'is accepted';
  } catch (error) {
    const { name: kind, message } = error as Error;
    const says = message.includes(`\`${name}\``) && / \[cdk-ecs-ml:prop-type\]$/.test(message) && !/undefined|\[object/.test(message);
    return kind === 'Error' && says ? undefined : `${kind}: ${message}`;
  }
}

const ALL_CALLS = Object.entries(CALLS).flatMap(([className, calls]) =>
  Object.entries(calls).map(([call, signature]) => [className, call, signature] as const),
);

test.each(ALL_CALLS)('%s, %s: a wrong argument is an error that names it', (className, call, signature) => {
  const cases = wrongCalls(signature);
  expect(cases.length).toBeGreaterThan(0);
  const faults = cases.flatMap((one) => (faultOf(className, call, one) ? [`${one.path}: ${faultOf(className, call, one)}`] : []));
  expect(faults).toEqual([]);
});

test('every public class that takes arguments is checked', () => {
  const classes = Object.entries(library).filter(([, value]) => typeof value === 'function' && /^class /.test(String(value)));
  const unchecked = classes.filter(([name, value]) => !(name in CALLS) && (value as unknown as { length: number }).length > 0);
  // One is abstract, and what extends it is checked. The other has a private constructor.
  expect(unchecked.map(([name]) => name)).toEqual(['AcceleratedInstanceType', 'InstanceStorage']);
});

describe('what is right is accepted', () => {
  const problems = (change: (type: string, name: string) => unknown) =>
    ALL_CALLS.flatMap(([className, call, signature]) => {
      const args = parametersOf(signature).map(({ name, type }) => change(type, name));
      return checkCall(className, call, args).map(({ message }) => `${className} ${call}: ${message}`);
    });

  test('every prop at once', () => {
    const faults = problems((type, name) => PROP_SAMPLES[name] ?? sample(type, true));
    // What one sample for all props cannot meet is a matter of range, never of type.
    expect(faults.filter((fault) => !/must be (from|a whole number|up to|the name|the path|known)/.test(fault))).toEqual([]);
  });

  test('members that are undefined, as jsii sends them', () => {
    const withUndefined = (type: string) =>
      typeNamed(type)?.kind === 'struct'
        ? { ...Object.fromEntries(propsOf(type).map(({ name }) => [name, undefined])), ...(sample(type) as object) }
        : sample(type);
    expect(problems(withUndefined)).toEqual([]);
  });

  test('structs with getters, as jsii passes those of Java', () => {
    const withGetters = (type: string) => {
      if (typeNamed(type)?.kind !== 'struct') return sample(type);
      const proxy = {};
      for (const [name, value] of Object.entries(sample(type) as object)) Object.defineProperty(proxy, name, { get: () => value });
      return proxy;
    };
    expect(problems(withGetters)).toEqual([]);
  });

  test('objects that implement an interface without a class of ours', () => {
    const duck = {
      getImage: () => ({ imageId: 'ami-12345678', osType: ec2.OperatingSystemType.LINUX, userData: ec2.UserData.forLinux() }),
    };
    expect(() => library.GaudiMachineImage.custom(duck)).not.toThrow();
    const props = { cluster: neuron.cluster, instanceType: new ec2.InstanceType('c7i.large'), machineImage: duck };
    expect(checkCall('Ec2Capacity', 'new', [stack, 'Id', props])).toEqual([]);
  });

  test('objects of a subclass, and of another copy of the package', () => {
    class OwnPool extends library.NeuronCapacity {}
    const props = { vpc, instanceType: NeuronInstanceType.INF2_XLARGE };
    const own = new OwnPool(stack, 'OwnPool', props);
    expect(own).toBeInstanceOf(library.NeuronCapacity);
    expect(own.constructor).toBe(OwnPool);
    const container = { image: ecs.ContainerImage.fromRegistry('my-model') };
    expect(checkCall('NeuronService', 'new', [stack, 'Id', { capacity: own, container }])).toEqual([]);
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class, @typescript-eslint/no-shadow
    const other = Object.assign(new (class NeuronInstanceType {})(), { ...NeuronInstanceType.INF2_XLARGE });
    expect(checkCall('NeuronCapacity', 'new', [stack, 'Id', { vpc, instanceType: other }])).toEqual([]);
  });

  test('a subclass whose own props stand beside ours is checked as well', () => {
    class OwnPool extends library.NeuronCapacity {}
    const props = { vpc, instanceType: 'inf2.xlarge', team: 'a' } as unknown as library.NeuronCapacityProps;
    expect(() => new OwnPool(stack, 'Wrong', props)).toThrow('Stack/Wrong: `instanceType` must be a `NeuronInstanceType`');
  });

  test('tokens', () => {
    const parameter = new CfnParameter(stack, 'Number', { type: 'Number' });
    const number = parameter.valueAsNumber;
    const text = Lazy.string({ produce: () => 'text' });
    const schedule = scheduler.ScheduleExpression.rate(Duration.hours(1));
    const mebibytes = Size.mebibytes(number);
    const container = {
      image: ecs.ContainerImage.fromRegistry(text),
      containerName: text,
      command: Token.asList({ Ref: 'Command' }),
      environment: { NAME: text },
      memoryLimitMiB: number,
      portMappings: [{ containerPort: number }],
      stopTimeout: Duration.seconds(number),
    };
    const service = { capacity: neuron, container, family: text, serviceName: text, desiredCount: number, sharedMemorySize: mebibytes };
    const overrides = { command: Token.asList({ Ref: 'Command' }), environment: { NAME: text }, memory: mebibytes, count: number };
    expect(checkCall('NeuronService', 'new', [stack, text, service])).toEqual([]);
    expect(checkCall('MlRunTask', 'startExecutionCommandWith', [overrides])).toEqual([]);
    expect(checkCall('MlRunTask', 'schedule', ['Id', { schedule, description: text, overrides }])).toEqual([]);
    expect(checkCall('PurchaseOption', 'static spot', [{ maxPrice: number }])).toEqual([]);
  });
});

describe('ranges', () => {
  const STRUCTS = Object.keys(TYPES).filter((name) => TYPES[name].startsWith('struct'));
  const ownProps = STRUCTS.flatMap((name) => propsOf(name).filter((prop) => prop.struct === name));
  const ofType = (...types: string[]) => ownProps.filter(({ type }) => types.includes(type)).map((prop) => `${prop.struct}.${prop.name}`);
  const has = (key: string) => limited().includes(key);

  /** The numbers that rules of their own check, each with a test of its rule. */
  const CHECKED_BY_RULES = [
    'AcceleratedInstanceTypeAttributes.chips',
    'AcceleratedInstanceTypeAttributes.networkInterfacesPerCard',
    'AcceleratedInstanceTypeAttributes.vCpus',
    'AcceleratedServiceProps.desiredCount',
    'AcceleratedServiceProps.maxHealthyPercent',
    'AcceleratedServiceProps.minHealthyPercent',
    'CapacityStrategyShare.base',
    'CapacityStrategyShare.weight',
    'Ec2CapacityOptions.maximumScalingStepSize',
    'Ec2CapacityOptions.targetCapacityPercent',
    'EqualSlicesOptions.tasksPerInstance',
    'GaudiInstanceTypeAttributes.generation',
    'JobOverrides.count',
    'MlRunTaskProps.count',
    'MlRunTaskProps.maxConcurrency',
    'MlRunTaskProps.nodes',
    'MlRunTaskProps.programRetries',
    'MlRunTaskProps.retries',
    'NeuronInstanceTypeAttributes.neuronCoresPerChip',
    'NeuronServiceProps.tasksPerInstance',
    'PartitionOptions.firstReservedPort',
    'RootVolume.iops',
    'RootVolume.throughput',
    'TaskDefinitionNeuronDevicesProps.neuronCores',
  ];

  /** Numbers that need not be whole. */
  const FRACTIONS = /maxPrice|networkBandwidthGbps|totalLocalStorageGB/;

  test('every duration and size of a prop has one', () => {
    expect(ofType('Duration', 'Size').filter((key) => !has(key))).toEqual([]);
  });

  test('every number of a prop has one', () => {
    expect(ofType('number').filter((key) => !has(key))).toEqual(expect.arrayContaining(CHECKED_BY_RULES));
    expect(ofType('number').filter((key) => !has(key) && !CHECKED_BY_RULES.includes(key))).toEqual([]);
  });

  test.each(ofType('number').filter(has))('%s refuses what is below, and fractions', (key) => {
    expect(limitOf(key, -2, '`it`')[0]?.message).toMatch(/^`it` must be .*, got: -2\.$/);
    if (!FRACTIONS.test(key)) expect(limitOf(key, 7.5, '`it`')[0]?.message).toMatch(/^`it` must be a whole number.*, got: 7\.5\.$/);
  });

  test.each(ofType('Duration').filter((key) => has(key)))('%s says that it does not convert', (key) => {
    expect(limitOf(key, Duration.millis(90_500), '`it`')[0]?.message).toMatch(/^`it` must be a whole number of (seconds|minutes), got: /);
  });

  test.each(ofType('Size').filter((key) => has(key)))('%s says that it does not convert', (key) => {
    expect(limitOf(key, Size.kibibytes(1500), '`it`')[0]?.message).toMatch(/^`it` must be a whole number of (MiB|GiB), got: 1500 KiB\.$/);
  });

  test.each<[string, unknown, string]>([
    ['JobObjectCreatedOptions.retryAttempts', 186, 'a whole number from 0 to 185, got: 186.'],
    ['JobObjectCreatedOptions.maxEventAge', Duration.hours(25), 'from 60 to 86400 seconds, got: 90000.'],
    ['JobObjectCreatedOptions.maxEventAge', Duration.seconds(59), 'from 60 to 86400 seconds, got: 59.'],
    ['JobScheduleOptions.flexibleWindow', Duration.days(2), 'from 1 to 1440 minutes, got: 2880.'],
    ['JobScheduleOptions.retryAttempts', Token.asNumber({ Ref: 'X' }), 'known at synth, got: a token.'],
    ['JobStepOptions.resultPath', 'job', 'a path that begins with $, for example $.job, got: job.'],
    ['ecs.ContainerDefinitionOptions.memoryLimitMiB', 5, 'a whole number, 6 or more, got: 5.'],
    ['ecs.HealthCheck.command', [], 'from 1 to 1000 items, got: 0.'],
    ['ecs.HealthCheck.interval', Duration.seconds(Token.asNumber({ Ref: 'X' })), 'known at synth, got: a token.'],
    ['ecs.PortMapping.containerPort', 65_536, 'a whole number from 0 to 65535, got: 65536.'],
    ['ecs.PortMapping.name', 'My Port', 'up to 64 lower-case letters, numbers, underscores and hyphens, got: My Port.'],
    ['AcceleratedTaskOptions.family', 'my family/1', 'up to 255 letters, numbers, underscores and hyphens, got: my family/1.'],
    ['AcceleratedTaskOptions.securityGroups', [1, 2, 3, 4, 5, 6], 'from 1 to 5 items, got: 6.'],
    ['AcceleratedServiceProps.placementStrategies', [1, 2, 3, 4, 5, 6], 'at most 5 items, got: 6.'],
    ['Ec2CapacityOptions.instanceWarmup', Duration.seconds(10_001), 'from 0 to 10000 seconds, got: 10001.'],
    ['Ec2CapacityOptions.userDataCommands', Token.asList({ Ref: 'X' }), 'known at synth, got: a token.'],
    ['SpotPurchaseOptions.maxPrice', 0.001, 'more than 0.001, got: 0.001.'],
    ['AcceleratedInstanceTypeAttributes.memory', Size.mebibytes(Token.asNumber({ Ref: 'X' })), 'known at synth, got: a token.'],
    ['CapacityAttributes.capacityProviderName', 'aws-pool', 'the name of a capacity provider'],
  ])('%s can not be %p', (key, value, message) => {
    expect(limitOf(key, value, '`it`')[0]?.message).toMatch(/^`it` must (be|have) /);
    expect(limitOf(key, value, '`it`')[0]?.message).toContain(message);
  });

  test('a service with a pool of its own names the prop that was given', () => {
    const props = { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container: { image: ecs.ContainerImage.fromRegistry('my-model') } };
    expect(() => new library.NeuronService(stack, 'NoTasks', { ...props, tasksPerInstance: 0 })).toThrow(
      'Stack/NoTasks/Capacity: `tasksPerInstance` must divide',
    );
  });

  test('the names of variables have one, and the message says where they stand', () => {
    const container = { image: ecs.ContainerImage.fromRegistry('my-model'), environment: { '': 'x' } };
    expect(() => new library.NeuronService(stack, 'Variables', { capacity: neuron, container })).toThrow(
      'Stack/Variables: A name in `environment` of `container` must be the name of a variable, without =, got: an empty string. [cdk-ecs-ml:prop-form]',
    );
  });
});

test('a check takes little time', () => {
  const props = { capacity: neuron, container: { image: ecs.ContainerImage.fromRegistry('my-model'), environment: { A: 'b' } } };
  const before = process.hrtime.bigint();
  for (let turn = 0; turn < 1000; turn++) checkCall('NeuronService', 'new', [stack, 'Id', props]);
  // A service takes tens of milliseconds to synthesize.
  expect(Number(process.hrtime.bigint() - before) / 1e6 / 1000).toBeLessThan(2);
});
