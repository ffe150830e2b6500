import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_stepfunctions as sfn,
  CfnParameter,
  Duration,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { container, makeJob } from './support';
import {
  Ec2Capacity,
  FargateCapacity,
  FargateCapacityProps,
  JobOverrides,
  MlRunTask,
  MlRunTaskProps,
  NeuronCapacity,
  NeuronInstanceType,
  PurchaseOption,
} from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { stateMachineOf } from '../support/state-machine';

const nightly = scheduler.ScheduleExpression.rate(Duration.days(1));

const NAG_OF_BUCKETS = ['AwsSolutions-IAM5', 'AwsSolutions-S1', 'AwsSolutions-S10'];

function onPool(props: Partial<MlRunTaskProps> = {}, pool: object = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_2_XLARGE, ...pool });
  return { stack, capacity, job: new MlRunTask(stack, 'Train', { capacity, container, timeout: Duration.hours(6), ...props }) };
}

function onFargate(props: Partial<FargateCapacityProps>) {
  const { stack, vpc } = newStackWithVpc();
  return { stack, capacity: new FargateCapacity(stack, 'Cpu', { vpc: props.cluster ? undefined : vpc, ...props }) };
}

describe('a job with a VPC alone', () => {
  const { stack, job } = makeJob();
  const template = synth(stack);

  test('has a task definition of a vCPU and 2 GiB on Fargate', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: '1024',
      Memory: '2048',
      ContainerDefinitions: [Match.objectLike({ Name: 'main', Command: ['python', 'train.py'], StopTimeout: 120 })],
    });
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    expect(warnings(stack)).toEqual([]);
  });

  test('keeps the revisions of its task definition for the runs that began with them', () => {
    template.hasResource('AWS::ECS::TaskDefinition', { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' });
  });

  test('starts after the capacity providers are there', () => {
    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    template.hasResource('AWS::StepFunctions::StateMachine', { DependsOn: Match.arrayWith([association]) });
  });

  test('has logs for a month, a security group, and roles', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    expect(job.connections.securityGroups).toHaveLength(1);
    expect(stack.resolve((job.grantPrincipal as iam.IRole).roleArn)).toEqual(stack.resolve(job.taskDefinition.taskRole.roleArn));
  });
});

test('takes a slice of its pool, with its devices, like a service', () => {
  const { stack } = onPool();
  synth(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    RequiresCompatibilities: ['EC2'],
    ContainerDefinitions: [
      Match.objectLike({
        Cpu: 8192,
        Environment: [{ Name: 'NEURON_RT_NUM_CORES', Value: '2' }],
        LinuxParameters: Match.objectLike({ Devices: [Match.objectLike({ HostPath: '/dev/neuron0' })] }),
      }),
    ],
  });
  expect(warnings(stack)).toEqual([]);
});

test('access to a bucket is the task’s', () => {
  const { stack, job } = makeJob();
  new s3.Bucket(stack, 'Data').grantReadWrite(job);
  synth(stack, ...NAG_OF_BUCKETS).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^TrainTaskDefinitionTaskRole') }],
    PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*', 's3:PutObject']) })] },
  });
});

test('logs, roles, security groups and family are those that are given', () => {
  const { stack, vpc } = newStackWithVpc();
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');
  const job = new MlRunTask(stack, 'Train', {
    vpc,
    container,
    timeout: Duration.hours(1),
    taskRole: role('Task'),
    executionRole: role('Execution'),
    securityGroups: [securityGroup],
    logGroup: new logs.LogGroup(stack, 'Logs'),
    family: 'nightly-training',
  });
  const template = synth(stack);
  expect(job.connections.securityGroups).toEqual([securityGroup]);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    Family: 'nightly-training',
    TaskRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Task'), 'Arn'] },
    ExecutionRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Execution'), 'Arn'] },
  });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.resourceCountIs('AWS::Logs::LogGroup', 3);
});

test('logging of its own has no link to a log group', () => {
  const logging = ecs.LogDrivers.syslog({ address: 'tcp://logs.internal:514' });
  const { stack } = onPool({ container: { ...container, logging } });
  expect(JSON.stringify(stateMachineOf(synth(stack)))).not.toContain('logsV2');
});

describe('ECS Exec', () => {
  test('opens channels to the tasks', () => {
    const { stack } = makeJob({ enableExecuteCommand: true });
    const template = synth(stack);
    expect(JSON.stringify(stateMachineOf(template))).toContain('"EnableExecuteCommand":true');
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainTaskDefinitionTaskRole') }],
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['ssmmessages:OpenDataChannel']) })] },
    });
  });

  test('writes its log as the cluster says', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', {
      vpc,
      executeCommandConfiguration: {
        kmsKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: { cloudWatchLogGroup: new logs.LogGroup(stack, 'Exec') },
      },
    });
    const capacity = new FargateCapacity(stack, 'Cpu', { cluster });
    new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1), enableExecuteCommand: true });
    const policies = JSON.stringify(synth(stack, 'AwsSolutions-IAM5').findResources('AWS::IAM::Policy'));
    expect(policies).toContain('kms:Decrypt');
    expect(policies).toMatch(
      /logs:DescribeLogStreams","logs:PutLogEvents"\],"Effect":"Allow","Resource":\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["Exec/,
    );
  });
});

describe('what cannot work is an error', () => {
  test.each<[Partial<MlRunTaskProps>, string]>([
    [{ timeout: Duration.seconds(59) }, '`timeout` must be from 1 minute to 365 days, got: 59 seconds. [cdk-ecs-ml:job-timeout]'],
    [{ timeout: Duration.days(366) }, '`timeout` must be from 1 minute to 365 days, got: 366 days. [cdk-ecs-ml:job-timeout]'],
    [{ retries: -1 }, '`retries` must be a whole number, 0 or more, got: -1. [cdk-ecs-ml:job-retries]'],
    [{ programRetries: 1.5 }, '`programRetries` must be a whole number, 0 or more, got: 1.5. [cdk-ecs-ml:job-retries]'],
    [{ count: 0 }, '`count` must be a whole number from 1 to 10000, got: 0. [cdk-ecs-ml:job-count]'],
    [{ count: 10_001 }, '`count` must be a whole number from 1 to 10000, got: 10001. [cdk-ecs-ml:job-count]'],
    [
      { vpc: undefined },
      'Give `capacity`, for example a `NeuronCapacity`, or `vpc` to create a small CPU capacity. [cdk-ecs-ml:job-capacity]',
    ],
    [
      { networkMode: ecs.NetworkMode.BRIDGE },
      '`networkMode` must be awsvpc on Fargate, got: bridge. Leave it out. [cdk-ecs-ml:fargate-task]',
    ],
    [{ sharedMemorySize: Size.gibibytes(1) }, "`sharedMemorySize` can't be set on Fargate, where /dev/shm always has 64 MiB."],
    [
      { taskCpu: 1024, taskMemory: Size.gibibytes(2) },
      '`taskCpu` and `taskMemory` must be left out on Fargate. Use `cpu` and `memory` of the `FargateCapacity` instead. [cdk-ecs-ml:fargate-task]',
    ],
    [{ container: { ...container, essential: false } }, '`essential` of `container` must not be false'],
  ])('%j', (props, message) => {
    expect(() => makeJob(props)).toThrow(`Stack/Train: ${message}`);
  });

  test.each<Partial<MlRunTaskProps>>([{ timeout: Duration.minutes(1) }, { timeout: Duration.days(365) }, { count: 10 }, { retries: 0 }])(
    'but %j is fine',
    (props) => {
      expect(() => makeJob(props)).not.toThrow();
    },
  );

  test('a capacity and a VPC', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new FargateCapacity(stack, 'Cpu', { vpc });
    expect(() => new MlRunTask(stack, 'Train', { capacity, vpc, container, timeout: Duration.hours(1) })).toThrow(
      'Stack/Train: Give `capacity` or `vpc`, not both. The capacity already has a VPC, so leave `vpc` out. [cdk-ecs-ml:job-capacity]',
    );
  });

  test.each<[JobOverrides, string]>([
    [
      { cpu: 1024 },
      "`cpu` can't be overridden on a pool, got: 1024. The slice sets the cpu units, because ECS counts accelerators by them. Leave it out.",
    ],
    [{ memory: Size.gibibytes(64) }, '`memory` must be at most'],
    [{ count: 41 }, '`count` must be at most 40, got: 41. For more, set `count` or `maxConcurrency` of the job to more than 40.'],
    [{ command: [] }, '`command` must not be empty. To run the command of the task definition, leave it out.'],
  ])('overriding %j on a pool', (overrides, message) => {
    expect(() => onPool().job.runTaskCommandWith(overrides)).toThrow(`Stack/Train: ${message}`);
  });

  test('overriding more than ECS takes', () => {
    const { job } = makeJob();
    const environment = (length: number) => ({ environment: { BIG: 'x'.repeat(length) } });
    expect(() => job.runTaskCommandWith(environment(8192 - 26))).not.toThrow();
    expect(() => job.runTaskCommandWith(environment(8193 - 26))).toThrow(
      'Stack/Train: `command` and `environment` must have at most 8192 characters in total, got: 8193. Store the data in Amazon S3 and pass its location.',
    );
  });

  test('overriding cpu by half a unit on Fargate', () => {
    expect(() => makeJob().job.runTaskCommandWith({ cpu: 0.5 })).toThrow('`cpu` must be a whole number, 1 or more, got: 0.5.');
  });

  test.each<[JobOverrides, string]>([
    [{ cpu: 300, memory: Size.gibibytes(64) }, '`cpu` must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 on Fargate, got: 300.'],
    [{ cpu: 4096 }, '`memory` for 4096 cpu units must be from 8192 to 30720 MiB in steps of 1024 on Fargate, got: 2048.'],
    [{ memory: Size.gibibytes(9) }, '`memory` for 1024 cpu units must be from 2048 to 8192 MiB in steps of 1024 on Fargate, got: 9216.'],
  ])('overriding %j to a size that Fargate does not have', (overrides, message) => {
    const { stack, job } = makeJob();
    expect(() => job.schedule('Nightly', { schedule: nightly, overrides })).toThrow(`Stack/Train: ${message} [cdk-ecs-ml:fargate-sizes]`);
    expect(() => job.runOnDeploy({ overrides })).toThrow(message);
    expect(() => job.step(stack, 'Step', { overrides })).toThrow(message);
    expect(() => job.startExecutionCommandWith({ cpu: 2048, memory: Size.gibibytes(16) })).not.toThrow();
  });

  test('overriding less than the containers of the task reserve', () => {
    const synthWith = (overrides: JobOverrides) => () => {
      const { stack, job } = makeJob({ container: { ...container, cpu: 512, memoryReservationMiB: 2048 } });
      job.runTaskCommandWith(overrides);
      synth(stack);
    };
    expect(synthWith({ cpu: 512, memory: Size.gibibytes(1) })).toThrow(
      '[Stack/Train] `memory` must be at least the 2048 MiB that the containers of the task reserve, got: 1024. [cdk-ecs-ml:job-overrides]',
    );
    expect(synthWith({ cpu: 256, memory: Size.gibibytes(2) })).toThrow(
      '[Stack/Train] `cpu` must be at least the 512 cpu units that the containers of the task reserve, got: 256. [cdk-ecs-ml:job-overrides]',
    );
    expect(synthWith({ cpu: 512, memory: Size.gibibytes(2) })).not.toThrow();
  });

  test('overriding cpu on a pool without slices', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new Ec2Capacity(stack, 'Cpu', { vpc, instanceType: new ec2.InstanceType('c7i.large') });
    const props = { capacity, container: { ...container, memoryLimitMiB: 512 }, timeout: Duration.minutes(30) };
    const job = new MlRunTask(stack, 'Train', props);
    expect(() => job.runTaskCommandWith({ cpu: 1024 })).toThrow(
      "Stack/Train: `cpu` can't be overridden on a pool, got: 1024. The containers of the task definition set the cpu units. Leave it out.",
    );
    expect(() => job.runTaskCommandWith({ memory: Size.gibibytes(1) })).not.toThrow();
  });

  test('overriding memory that /dev/shm and other containers of the slice take', () => {
    const { stack, job } = onPool({ sharedMemorySize: Size.gibibytes(2) });
    const { slice } = job.capacity as NeuronCapacity;
    const most = slice.memory.toMebibytes() - 2048;
    const overrides = (mebibytes: number) => ({ schedule: nightly, overrides: { memory: Size.mebibytes(mebibytes) } });
    job.schedule('Fits', overrides(most - 100));
    job.schedule('DoesNotFit', overrides(most - 99));
    job.taskDefinition.addContainer('Proxy', { ...container, memoryLimitMiB: 100 });
    expect(() => synth(stack)).toThrow(
      `[Stack/Train] \`memory\` must be at most ${most - 100} MiB, which is what /dev/shm, tmpfs mounts and the other containers of the task leave of ` +
        `the memory, got: ${most - 99}. Ask for less, or lower \`sharedMemorySize\` of the job. [cdk-ecs-ml:job-overrides]`,
    );
    const definition = stack.resolve((job.stateMachine.node.defaultChild as sfn.CfnStateMachine).definitionString) as object;
    expect(JSON.stringify(definition)).toContain(`a whole number from 6 to ${most - 100}`);
  });

  test('more tasks than the pool has slices', () => {
    const { stack } = onPool({ count: 3 });
    synth(stack);
    expect(warnings(stack).join()).toContain(
      'The pool has 2 slices (`maxInstances` 2 x `tasksPerInstance` 1), but its services and jobs may ask for 3: Stack/Train (3).',
    );
  });
});

describe('capacity that may be taken away', () => {
  const spot = { purchaseOption: PurchaseOption.spot() };

  test('warns unless the job says what a loss means', () => {
    const { stack } = onPool({}, spot);
    synth(stack);
    expect(warnings(stack).join()).toContain('set `resumable: true`');
  });

  test.each([true, false])('resumable %s says it', (resumable) => {
    const { stack } = onPool({ resumable }, spot);
    synth(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('Fargate Spot too', () => {
    const { stack, capacity } = onFargate({ spot: true });
    new MlRunTask(stack, 'Train', { capacity, container, timeout: Duration.hours(1) });
    expect(JSON.stringify(stateMachineOf(synth(stack)))).toContain('"CapacityProvider":"FARGATE_SPOT"');
    expect(warnings(stack).join()).toContain('cdk-ecs-ml:spot-job-resumable');
  });
});

describe('FargateCapacity', () => {
  test.each<[Partial<FargateCapacityProps>, string]>([
    [{ cpu: 1000 }, '`cpu` must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 on Fargate, got: 1000.'],
    [
      { cpu: 1024, memory: Size.gibibytes(1) },
      '`memory` for 1024 cpu units must be from 2048 to 8192 MiB in steps of 1024 on Fargate, got: 1024.',
    ],
    [{ cpu: 256, memory: Size.mebibytes(1536) }, '`memory` for 256 cpu units must be'],
    [
      { cpu: 8192, memory: Size.gibibytes(17) },
      '`memory` for 8192 cpu units must be from 16384 to 61440 MiB in steps of 4096 on Fargate, got: 17408.',
    ],
    [{ ephemeralStorage: Size.gibibytes(20) }, '`ephemeralStorage` must be from 21 to 200 GiB, got: 20. Leave it out to get 20 GiB.'],
    [{ ephemeralStorage: Size.gibibytes(201) }, '`ephemeralStorage` must be from 21 to 200 GiB, got: 201.'],
    [{ vpc: undefined }, 'Give `vpc` to create a cluster, or `cluster` to join an existing one.'],
  ])('%j is an error', (props, message) => {
    expect(() => onFargate(props)).toThrow(message);
  });

  test('cpu that is only known at deployment needs memory', () => {
    const cpu = new CfnParameter(new Stack(), 'Cpu', { type: 'Number' }).valueAsNumber;
    expect(() => onFargate({ cpu })).toThrow(
      'Stack/Cpu: `memory` must be given if `cpu` is only known at deployment, because the default memory is 2 MiB for each cpu unit. [cdk-ecs-ml:fargate-sizes]',
    );
    expect(() => onFargate({ cpu, memory: Size.gibibytes(2) })).not.toThrow();
  });

  test.each<Partial<FargateCapacityProps>>([
    { cpu: 256, memory: Size.mebibytes(512) },
    { cpu: 4096, memory: Size.gibibytes(30) },
    { cpu: 16384, memory: Size.gibibytes(120), ephemeralStorage: Size.gibibytes(200) },
    ...[256, 512, 1024, 2048, 4096, 8192, 16384].map((cpu) => ({ cpu })),
  ])('%j is fine', (props) => {
    const { stack, capacity } = onFargate(props);
    new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) });
    synth(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: `${capacity.cpu}`,
      Memory: `${capacity.memory.toMebibytes()}`,
      EphemeralStorage: props.ephemeralStorage ? { SizeInGiB: props.ephemeralStorage.toGibibytes() } : Match.absent(),
    });
  });

  test('joins a cluster, and gives it the Fargate capacity providers', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    new FargateCapacity(stack, 'Cpu', { cluster });
    synth(stack).hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  });

  test('joins an imported cluster, which has them', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'ml', vpc, securityGroups: [] });
    const capacity = new FargateCapacity(stack, 'Cpu', { cluster });
    new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) });
    synth(stack).resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });
});

test('an imported pool runs jobs', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'ml', vpc, securityGroups: [], hasEc2Capacity: true });
  const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
    cluster,
    capacityProviderName: 'trainium',
    instanceType: NeuronInstanceType.TRN1_2_XLARGE,
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
  });
  new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) });
  expect(JSON.stringify(stateMachineOf(synth(stack)))).toContain('"CapacityProvider":"trainium"');
});

test('numbers that only the deployment knows are fine', () => {
  const { stack, vpc } = newStackWithVpc();
  const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
  const job = new MlRunTask(stack, 'Job', {
    vpc,
    container,
    timeout: Duration.seconds(number('Timeout')),
    retries: number('Retries'),
    programRetries: number('ProgramRetries'),
    count: number('Count'),
  });
  job.runOnDeploy();
  const template = synth(stack);
  const [{ Properties }] = Object.entries(template.findResources('AWS::StepFunctions::StateMachine'))
    .filter(([id]) => id.startsWith('JobStateMachine'))
    .map(([, resource]) => resource as { Properties: { DefinitionString: object } });
  const text = JSON.stringify(Properties.DefinitionString);
  for (const name of ['Retries', 'ProgramRetries', 'Count']) expect(text).toContain(`{"Ref":"${name}"}`);
  expect(JSON.stringify(template.findResources('AWS::Events::Rule'))).toContain('{"Ref":"Timeout"}');
});
