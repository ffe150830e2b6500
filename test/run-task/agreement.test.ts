import { aws_ec2 as ec2, aws_ecs as ecs, CfnOutput, Duration, Size, Stack } from 'aws-cdk-lib';
import { container } from './support';
import {
  Ec2Capacity,
  FargateCapacity,
  ICapacity,
  JobOverrides,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
} from '../../src';
import { inputOf } from '../../src/run-task/job-input';
import { newStackWithVpc, synth } from '../support';
import { execute } from '../support/asl';
import { cliOptions } from '../support/shell';
import { deployed, stateMachineOf } from '../support/state-machine';

const instanceType = NeuronInstanceType.INF2_8_XLARGE;

const CAPACITIES: Record<string, (stack: Stack, vpc: ec2.IVpc) => ICapacity> = {
  'a Neuron pool': (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType, tasksPerInstance: 2, maxInstances: 9 }),
  'an EC2 pool': (stack, vpc) => new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.4xlarge') }),
  'Managed Instances': (stack, vpc) => new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType] }),
  Fargate: (stack, vpc) => new FargateCapacity(stack, 'Fargate', { vpc }),
  'a strategy': (stack, vpc) => {
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const pools = ['First', 'Second'].map((id) => ({
      capacity: new NeuronCapacity(stack, id, { cluster, instanceType, maxInstances: 9 }),
      weight: 1,
    }));
    return new NeuronCapacityStrategy(stack, 'Both', { pools });
  },
};

const OVERRIDES: Record<string, JobOverrides> = {
  nothing: {},
  command: { command: ['python', 'a,b.py', "it's"] },
  environment: { environment: { EPOCHS: '3', EMPTY: '' } },
  cpu: { cpu: 2048, memory: Size.gibibytes(4) },
  memory: { memory: Size.gibibytes(4) },
};

function makeJob(capacityOf: (stack: Stack, vpc: ec2.IVpc) => ICapacity, limited: boolean) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = capacityOf(stack, vpc);
  const size = limited ? { memoryLimitMiB: 2048 } : {};
  const job = new MlRunTask(stack, 'Train', {
    capacity,
    container: { memoryReservationMiB: 1024, ...container, ...size },
    timeout: Duration.hours(1),
  });
  return { stack, job };
}

/** The arguments in the format of the API: names begin with a small letter, and the variable of the execution is left out. */
function asApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => (one as { Name?: string }).Name !== 'JOB_EXECUTION_ARN').map(asApi);
  if (typeof value !== 'object' || value === null) return value;
  const named = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    named.map(([key, inner]) => [
      key === 'EnableECSManagedTags' ? 'enableECSManagedTags' : key[0].toLowerCase() + key.slice(1),
      asApi(inner),
    ]),
  );
}

function withoutEmpty(request: Record<string, unknown>): Record<string, unknown> {
  const {
    overrides,
    cluster,
    group: _group,
    ...rest
  } = request as { cluster: string; group?: string; overrides?: { containerOverrides: Record<string, unknown>[] } };
  const [main] = overrides?.containerOverrides ?? [{}];
  const { environment, ...others } = main as { environment?: unknown[] };
  return {
    ...rest,
    cluster: cluster.replace('.Arn', ''),
    overrides: { ...overrides, containerOverrides: [{ name: 'main', ...others, ...(environment?.length ? { environment } : {}) }] },
  };
}

const CASES = Object.keys(CAPACITIES).flatMap((where) =>
  Object.keys(OVERRIDES).flatMap((what) => [false, true].map((limited): [string, string, boolean] => [where, what, limited])),
);

test.each(CASES)(
  'on %s, with %s overridden, memory limited: %s, the command says what the state machine does',
  async (where, what, limited) => {
    const overrides = OVERRIDES[what];
    const { stack, job } = makeJob(CAPACITIES[where], limited);
    const definition = () => stateMachineOf(synth(stack), 'Train');
    let command: string;
    try {
      command = job.runTaskCommandWith(overrides);
    } catch (error) {
      // What the command refuses, the state machine refuses.
      expect(`${error as string}`).toContain("`cpu` can't be overridden");
      expect(await execute(definition(), inputOf(overrides), () => ({ result: {} }))).toMatchObject({
        status: 'FAILED',
        error: 'MlRunTask.BadInput',
      });
      return;
    }
    new CfnOutput(stack, 'Command', { value: command });
    const template = synth(stack);
    const { region, enableEcsManagedTags, count, ...options } = cliOptions(
      deployed(template.findOutputs('Command').Command.Value) as string,
    ).options;
    const { calls } = await execute(stateMachineOf(template, 'Train'), inputOf(overrides), () => ({ result: {} }));
    expect({ region, enableEcsManagedTags, count }).toEqual({ region: 'us-east-1', enableEcsManagedTags: true, count: 1 });
    expect(withoutEmpty({ ...options, enableECSManagedTags: true })).toEqual(withoutEmpty(asApi(calls[0].args) as Record<string, unknown>));
  },
);

test('only Fargate lets a run change its cpu units', () => {
  const changes = Object.entries(CAPACITIES).filter(([, capacityOf]) => {
    try {
      return makeJob(capacityOf, false).job.runTaskCommandWith(OVERRIDES.cpu) !== '';
    } catch {
      return false;
    }
  });
  expect(changes.map(([where]) => where)).toEqual(['Fargate']);
});
