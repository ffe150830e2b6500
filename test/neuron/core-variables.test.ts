import { aws_ec2 as ec2, aws_s3 as s3, aws_scheduler as scheduler, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';
import {
  FargateCapacity,
  GaudiCapacity,
  GaudiMachineImage,
  ICapacity,
  INeuronCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { container, newStackWithVpc as newStack, synth } from '../support';
import { stateMachineOf } from '../support/state-machine';

const { INF2_48_XLARGE, INF2_XLARGE, TRN1_32_XLARGE } = NeuronInstanceType;
const NAMES = ['NEURON_RT_NUM_CORES', 'NEURON_RT_VISIBLE_CORES', 'NEURON_VISIBLE_DEVICES'];

const newStackInRegion = () => newStack({ env: { region: 'us-east-1', account: '111111111111' } });
const slice = (stack: Stack, vpc: ec2.IVpc) =>
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, tasksPerInstance: 12 });
const wholeHost = (stack: Stack, vpc: ec2.IVpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE });
const partition = (stack: Stack, vpc: ec2.IVpc) =>
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, partitions: [8, 4] }).partition(1);
const managed = (stack: Stack, vpc: ec2.IVpc) => new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] });

function service(capacityOf: (stack: Stack, vpc: ec2.IVpc) => INeuronCapacity, environment: Record<string, string>) {
  const { stack, vpc } = newStackInRegion();
  const made = new NeuronService(stack, 'Service', { capacity: capacityOf(stack, vpc), container: { ...container, environment } });
  return { stack, made };
}

function environmentOf(stack: Stack): Record<string, unknown> {
  const [{ Properties }] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
  const list: { Name: string; Value: unknown }[] = Properties.ContainerDefinitions[0].Environment ?? [];
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

describe.each(NAMES)('%s of a container', (name) => {
  test('is an error in a shared slice, which names the ways that work', () => {
    expect(() => service(slice, { [name]: '1' })).toThrow(
      new RegExp(`container main must not set ${name}: .*2 free NeuronCores.*\`tasksPerInstance\` 1, or a partition: \`partitions\``),
    );
  });

  test.each([
    ['a whole host', wholeHost],
    ['a partition', partition],
    ['Managed Instances', managed],
  ])("is the user's to set on %s, and the library sets no core count then", (_, capacityOf) => {
    const { OMP_NUM_THREADS, ...cores } = environmentOf(service(capacityOf, { [name]: '1' }).stack);
    expect(cores).toEqual({ [name]: '1' });
  });
});

test('without any of them, a whole host has its core count', () => {
  expect(environmentOf(service(wholeHost, {}).stack)).toEqual({ NEURON_RT_NUM_CORES: '24' });
});

test.each([
  ['NEURON_RT_NUM_CORES', '25', /must be a whole number from 1 to 24/],
  ['NEURON_RT_NUM_CORES', '0', /must be a whole number from 1 to 24/],
  ['NEURON_RT_NUM_CORES', 'all', /must be a whole number from 1 to 24/],
  ['NEURON_RT_VISIBLE_CORES', '0-24', /has 24 cores|have 24 cores, 0 to 23/],
  ['NEURON_RT_VISIBLE_CORES', '3-1', /have 24 cores/],
  ['NEURON_RT_VISIBLE_CORES', 'all', /have 24 cores/],
])('%s=%s on a whole host is an error', (name, value, message) => {
  expect(() => service(wholeHost, { [name]: value })).toThrow(message);
});

test.each(['0-23', '0,2,4-7', '5'])('NEURON_RT_VISIBLE_CORES=%s on a whole host is fine', (value) => {
  expect(() => service(wholeHost, { NEURON_RT_VISIBLE_CORES: value })).not.toThrow();
});

test('ids count from the first device of a partition', () => {
  expect(() => service(partition, { NEURON_RT_VISIBLE_CORES: '0-7' })).not.toThrow();
  expect(() => service(partition, { NEURON_RT_VISIBLE_CORES: '16-23' })).toThrow(/have 8 cores, 0 to 7/);
});

test('values that are not known at synth pass', () => {
  const { stack, vpc } = newStackInRegion();
  const value = new CfnParameter(stack, 'Cores').valueAsString;
  const environment = { NEURON_RT_NUM_CORES: value, NEURON_RT_VISIBLE_CORES: value };
  new NeuronService(stack, 'Service', { capacity: wholeHost(stack, vpc), container: { ...container, environment } });
  expect(environmentOf(stack).NEURON_RT_NUM_CORES).toEqual({ Ref: 'Cores' });
});

function job(capacityOf: (stack: Stack, vpc: ec2.IVpc) => ICapacity, props: object = {}) {
  const { stack, vpc } = newStackInRegion();
  const capacity = capacityOf(stack, vpc);
  return { stack, job: new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1), ...props }) };
}

/** What the state machine of a job says about an input. */
async function problems(made: MlRunTask, input: unknown): Promise<string[]> {
  const definition = stateMachineOf(Template.fromStack(Stack.of(made)), 'JobStateMachine') as {
    States: Record<string, { Output: { problems: string } }>;
  };
  const expression = definition.States['Validate input'].Output.problems.replace(/^\{%|%\}$/g, '');
  const found: string[] | undefined = await jsonata(expression).evaluate({}, { states: { input } });
  return [...(found ?? [])];
}

const gaudi = (stack: Stack, vpc: ec2.IVpc) => {
  const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
  return new GaudiCapacity(stack, 'Gaudi', { vpc, machineImage });
};
const fargate = (stack: Stack, vpc: ec2.IVpc) => new FargateCapacity(stack, 'Cpu', { vpc });
const efa = (stack: Stack, vpc: ec2.IVpc) =>
  new NeuronCapacity(stack, 'Pool', {
    vpc,
    instanceType: TRN1_32_XLARGE,
    efa: true,
    vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
  });

describe.each<[string, (stack: Stack, vpc: ec2.IVpc) => ICapacity, string, object?]>([
  ['the cores of a slice', slice, 'NEURON_RT_NUM_CORES'],
  ['the named cores of a slice', slice, 'NEURON_RT_VISIBLE_CORES'],
  ['the chips of a Gaudi host', gaudi, 'HABANA_VISIBLE_DEVICES'],
  ['the old hook', managed, 'AWS_NEURON_VISIBLE_DEVICES'],
  ['the provider of EFA', efa, 'FI_PROVIDER'],
  ['the rank of a node', efa, 'NODE_RANK', { nodes: 2 }],
  ['the port of nodes', fargate, 'MASTER_PORT', { nodes: 2 }],
])('%s', (_, capacityOf, name, props) => {
  const overrides = { environment: { EPOCHS: '3', [name]: '1' } };
  const message = new RegExp(`\`environment\` of the overrides must not set ${name}: .* \\[cdk-ecs-ml:owned-variable\\]`);

  test('cannot be overridden by any start', () => {
    const { stack, job: made } = job(capacityOf, props);
    expect(() => made.schedule('S', { schedule: scheduler.ScheduleExpression.rate(Duration.hours(1)), overrides })).toThrow(message);
    expect(() => made.onObjectCreated('O', new s3.Bucket(stack, 'B'), { overrides })).toThrow(message);
    expect(() => made.step(stack, 'Step', { overrides })).toThrow(message);
    expect(() => made.runOnDeploy({ overrides })).toThrow(message);
    expect(() => made.runTaskCommandWith(overrides)).toThrow(message);
    expect(() => made.startExecutionCommandWith(overrides)).toThrow(message);
  });

  test('cannot be set by the input of an execution', async () => {
    const { job: made } = job(capacityOf, props);
    expect(await problems(made, overrides)).toEqual([expect.stringContaining(`without`)]);
    expect(await problems(made, { environment: { EPOCHS: '3' } })).toEqual([]);
  });
});

test.each([
  ['a whole host', wholeHost],
  ['a partition', partition],
])('on %s, runs can name cores', async (_, capacityOf) => {
  const { job: made } = job(capacityOf);
  const overrides = { environment: { NEURON_RT_NUM_CORES: '1' } };
  expect(() => made.startExecutionCommandWith(overrides)).not.toThrow();
  expect(await problems(made, overrides)).toEqual([]);
});

test('the container of a job with nodes must not set what nodes set', () => {
  const environment = { MASTER_PORT: '1234' };
  expect(() => job(fargate, { nodes: 2, container: { ...container, environment } })).toThrow(
    /`environment` of the container must not set MASTER_PORT: `nodes`/,
  );
  expect(() => job(fargate, { container: { ...container, environment } })).not.toThrow();
});

test('a run for an object cannot override the variables that name the object', () => {
  const { stack, job: made } = job(fargate);
  const overrides = { environment: { INPUT_KEY: 'a' } };
  expect(() => made.onObjectCreated('O', new s3.Bucket(stack, 'B'), { overrides })).toThrow(/must not set INPUT_KEY: `onObjectCreated`/);
});
