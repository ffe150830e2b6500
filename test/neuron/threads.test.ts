import { aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3, aws_ssm as ssm, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import {
  GaudiCapacity,
  GaudiMachineImage,
  GaudiService,
  INeuronCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronRuntime,
  NeuronService,
  NeuronServiceProps,
  TaskDefinitionNeuronDevices,
  TaskDefinitionSlice,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const { INF1_6_XLARGE, INF1_XLARGE, INF2_48_XLARGE, INF2_XLARGE, TRN1_32_XLARGE } = NeuronInstanceType;
const NAME = 'OMP_NUM_THREADS';

/** The values of the variable in the main container of each task definition. */
function threads(stack: Stack, ...accepted: string[]): unknown[] {
  const tasks = Object.values(synth(stack, ...accepted).findResources('AWS::ECS::TaskDefinition'));
  return tasks.map(({ Properties }) => {
    const set = (Properties.ContainerDefinitions[0].Environment ?? []).filter((one: { Name: string }) => one.Name === NAME);
    expect(set.length).toBeLessThan(2);
    return set[0]?.Value;
  });
}

function on(capacityOf: (stack: Stack, vpc: ec2.IVpc) => INeuronCapacity, props: Partial<NeuronServiceProps> = {}): Stack {
  const { stack, vpc } = newStackWithVpc();
  new NeuronService(stack, 'Service', { capacity: capacityOf(stack, vpc), container, ...props });
  return stack;
}

const pool =
  (props: Partial<NeuronCapacityProps> = {}) =>
  (stack: Stack, vpc: ec2.IVpc) =>
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, ...props });
const twelve = pool({ tasksPerInstance: 12 });

describe('a service in a slice has as many OpenMP threads as its slice has vCPUs', () => {
  test.each([
    [INF2_48_XLARGE, 12, '16'],
    [INF2_48_XLARGE, 2, '96'],
    [INF2_48_XLARGE, 24, '8'],
    [TRN1_32_XLARGE, 16, '8'],
    [INF1_XLARGE, 4, '1'],
    [INF1_6_XLARGE, 4, '6'],
    [INF1_6_XLARGE, 16, '1'],
  ])('%s with %d tasks: %s', (instanceType, tasksPerInstance, expected) => {
    expect(threads(on(pool({ instanceType, tasksPerInstance })))).toEqual([expected]);
  });

  test('in partitions', () => {
    const capacityOf = (index: number) => (stack: Stack, vpc: ec2.IVpc) => pool({ partitions: [8, 4] })(stack, vpc).partition(index);
    expect([0, 1].flatMap((index) => threads(on(capacityOf(index))))).toEqual(['128', '64']);
  });

  test('in a partition with the Neuron 1.x runtime daemon', () => {
    const props = { instanceType: INF1_6_XLARGE, partitions: [2, 2], neuronRuntime: NeuronRuntime.NEURON_RTD };
    const capacityOf = (stack: Stack, vpc: ec2.IVpc) => pool(props)(stack, vpc).partition(0);
    expect(threads(on(capacityOf))).toEqual(['12']);
  });

  test('on a strategy', () => {
    const { stack, vpc } = newStackWithVpc();
    const first = new NeuronCapacity(stack, 'First', { vpc, instanceType: INF2_48_XLARGE, tasksPerInstance: 6 });
    const { cluster } = first;
    const second = new NeuronCapacity(stack, 'Second', { cluster, instanceType: INF2_48_XLARGE, tasksPerInstance: 6 });
    const capacity = new NeuronCapacityStrategy(stack, 'Both', { pools: [{ capacity: first }, { capacity: second }] });
    new NeuronService(stack, 'Service', { capacity, container });
    expect(threads(stack)).toEqual(['32']);
  });

  test('in an imported pool', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'ml', vpc });
    const attributes = { cluster, capacityProviderName: 'pool', instanceType: INF2_48_XLARGE, tasksPerInstance: 12, securityGroups: [] };
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', attributes);
    new NeuronService(stack, 'Service', { capacity, container });
    expect(threads(stack)).toEqual(['16']);
  });

  test('and so has a job', () => {
    const { stack, vpc } = newStackWithVpc();
    new MlRunTask(stack, 'Job', { capacity: twelve(stack, vpc), timeout: Duration.hours(1), container: { image: container.image } });
    expect(threads(stack)).toEqual(['16']);
  });

  test('and so has a task definition with the mixins, in any order', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = twelve(stack, vpc);
    const devices = () => new TaskDefinitionNeuronDevices({ instanceType: INF2_48_XLARGE, neuronCores: 2 });
    [
      [devices(), new TaskDefinitionSlice({ capacity })],
      [new TaskDefinitionSlice({ capacity }), devices()],
    ].forEach((mixins, index) => {
      const containerDefinitions = [{ name: 'model', image: 'model', logConfiguration: { logDriver: 'json-file' } }];
      new ecs.CfnTaskDefinition(stack, `Task${index}`, { requiresCompatibilities: ['EC2'], containerDefinitions }).with(...mixins);
    });
    expect(threads(stack, 'AwsSolutions-ECS7')).toEqual(['16', '16']);
  });

  test('whatever its sidecars take', () => {
    const { stack, vpc } = newStackWithVpc();
    const service = new NeuronService(stack, 'Service', { capacity: twelve(stack, vpc), container });
    service.taskDefinition.addContainer('Proxy', {
      image: container.image,
      cpu: 256,
      memoryReservationMiB: 64,
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'proxy' }),
    });
    const [{ Properties }] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
    const names = Properties.ContainerDefinitions.map((one: { Environment?: { Name: string; Value: string }[] }) =>
      (one.Environment ?? []).filter(({ Name }) => Name === NAME).map(({ Value }) => Value),
    );
    expect(names).toEqual([['16'], []]);
  });
});

describe('a user decides', () => {
  const withContainer = (more: (stack: Stack) => Partial<ecs.ContainerDefinitionOptions>) => {
    const { stack, vpc } = newStackWithVpc();
    new NeuronService(stack, 'Service', { capacity: twelve(stack, vpc), container: { ...container, ...more(stack) } });
    return stack;
  };

  test('by a variable', () => {
    const stack = withContainer(() => ({ environment: { [NAME]: '3' } }));
    expect(threads(stack)).toEqual(['3']);
    expect(warnings(stack)).toEqual([]);
  });

  test('by a variable whose value is a token', () => {
    const stack = withContainer((scope) => ({ environment: { [NAME]: new CfnParameter(scope, 'Threads').valueAsString } }));
    expect(threads(stack)).toEqual([{ Ref: 'Threads' }]);
  });

  test('by a secret', () => {
    const stack = withContainer((scope) => ({
      secrets: {
        [NAME]: ecs.Secret.fromSsmParameter(
          ssm.StringParameter.fromSecureStringParameterAttributes(scope, 'P', { parameterName: 'threads' }),
        ),
      },
    }));
    expect(threads(stack)).toEqual([undefined]);
  });

  test('by an environment file, which may set it', () => {
    const stack = withContainer((scope) => ({
      environmentFiles: [ecs.EnvironmentFile.fromBucket(s3.Bucket.fromBucketName(scope, 'Bucket', 'files'), 'model.env')],
    }));
    expect(threads(stack)).toEqual([undefined]);
  });

  test('by a variable whose name is a token, which may be it', () => {
    const { stack, vpc } = newStackWithVpc();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    const containerDefinitions = [
      { name: 'model', image: 'model', environment: [{ name, value: '3' }], logConfiguration: { logDriver: 'json-file' } },
    ];
    new ecs.CfnTaskDefinition(stack, 'Task', { requiresCompatibilities: ['EC2'], containerDefinitions }).with(
      new TaskDefinitionNeuronDevices({ instanceType: INF2_48_XLARGE, neuronCores: 2 }),
      new TaskDefinitionSlice({ capacity: twelve(stack, vpc) }),
    );
    expect(threads(stack, 'AwsSolutions-ECS7')).toEqual([undefined]);
  });

  test('by the overrides of a run', () => {
    const { stack, vpc } = newStackWithVpc();
    const job = new MlRunTask(stack, 'Job', {
      capacity: twelve(stack, vpc),
      timeout: Duration.hours(1),
      container: { image: container.image },
    });
    job.runOnDeploy({ overrides: { environment: { [NAME]: '3' } } });
    expect(JSON.stringify(synth(stack).findResources('Custom::MlRunTask'))).toContain(NAME);
  });
});

describe('a task that has its host to itself decides by itself', () => {
  test('on a whole host', () => {
    expect(threads(on(pool()))).toEqual([undefined]);
    expect(threads(on(pool({ instanceType: INF2_XLARGE })))).toEqual([undefined]);
  });

  test('in a partition of all chips', () => {
    expect(threads(on((stack, vpc) => pool({ partitions: [12] })(stack, vpc).partition(0)))).toEqual([undefined]);
  });

  test('on Managed Instances, where a task without cpu units has no limit', () => {
    expect(threads(on((stack, vpc) => new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] })))).toEqual([undefined]);
  });

  test('with Gaudi chips, whose guide says nothing about it', () => {
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
    const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    const capacity = new GaudiCapacity(stack, 'Pool', { vpc, machineImage, partitions: [4, 4] });
    new GaudiService(stack, 'Service', { capacity: capacity.partition(0), container });
    expect(threads(stack)).toEqual([undefined]);
  });
});

describe('on Managed Instances, the cpu units of a task limit it', () => {
  const managed = (stack: Stack, vpc: ec2.IVpc) => new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] });

  test.each([
    [2048, '2'],
    [3500, '3'],
    [512, '1'],
  ])('%d cpu units: %s', (taskCpu, expected) => {
    expect(threads(on(managed, { taskCpu }))).toEqual([expected]);
  });

  test('unless they are a token, or the container sets the variable', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = managed(stack, vpc);
    const taskCpu = new CfnParameter(stack, 'Cpu', { type: 'Number' }).valueAsNumber;
    new NeuronService(stack, 'Token', { capacity, container, taskCpu });
    new NeuronService(stack, 'Own', { capacity, container: { ...container, environment: { [NAME]: '4' } }, taskCpu: 2048 });
    expect(threads(stack)).toEqual([undefined, '4']);
  });
});
