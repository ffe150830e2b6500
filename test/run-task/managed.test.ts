import { aws_ecs as ecs, CfnOutput, Duration, Size } from 'aws-cdk-lib';
import { container, EXECUTION } from './support';
import { JobOverrides, MlRunTask, MlRunTaskProps, NeuronInstanceType, NeuronManagedCapacity } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { execute, Execution } from '../support/asl';
import { judgeRequest } from '../support/ecs-api';
import { cliOptions } from '../support/shell';
import { deployed, stateMachineOf } from '../support/state-machine';

const TASK = 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0';

/** A job on Managed Instances. */
function onManaged(props: Partial<MlRunTaskProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const instanceTypes = [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8_XLARGE];
  const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes });
  const job = new MlRunTask(stack, 'Infer', { capacity, container, timeout: Duration.hours(1), ...props });
  return { stack, job };
}

function execution(input: unknown, props?: Partial<MlRunTaskProps>): Promise<Execution> {
  const result = { TaskArn: TASK, StopCode: 'EssentialContainerExited', Containers: [{ Name: 'main', ExitCode: 0 }] };
  return execute(stateMachineOf(synth(onManaged(props).stack), 'Infer'), input, () => ({ result, after: 60 }));
}

function printed(overrides: JobOverrides, props?: Partial<MlRunTaskProps>): Record<string, unknown> {
  const { stack, job } = onManaged(props);
  new CfnOutput(stack, 'Command', { value: job.runTaskCommandWith(overrides) });
  const { region, enableEcsManagedTags, ...options } = cliOptions(
    deployed(synth(stack).findOutputs('Command').Command.Value) as string,
  ).options;
  expect(region).toBe('us-east-1');
  return { ...options, enableECSManagedTags: enableEcsManagedTags };
}

test('the state machine runs the task by the capacity provider, and the task definition keeps it to the instance types', async () => {
  const { stack } = onManaged();
  const template = synth(stack);
  expect(warnings(stack)).toEqual([]);
  const constraint = { Type: 'memberOf', Expression: 'attribute:ecs.instance-type in [inf2.xlarge, inf2.8xlarge]' };
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    PlacementConstraints: [constraint],
    RequiresCompatibilities: ['MANAGED_INSTANCES'],
  });

  const { status, calls } = await execution({});
  expect(status).toBe('SUCCEEDED');
  expect(calls).toHaveLength(1);
  expect(calls[0].args).toEqual({
    Cluster: expect.stringContaining('ManagedCluster') as string,
    TaskDefinition: expect.stringContaining('InferTaskDefinition') as string,
    CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^ManagedCapacityProvider/) as string, Weight: 1 }],
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: [expect.stringMatching(/^VpcPrivateSubnet1/), expect.stringMatching(/^VpcPrivateSubnet2/)] as string[],
        SecurityGroups: [expect.stringMatching(/^InferSecurityGroup/) as string],
        AssignPublicIp: 'DISABLED',
      },
    },
    Overrides: { ContainerOverrides: [{ Name: 'main', Environment: [EXECUTION] }] },
    EnableECSManagedTags: true,
    PropagateTags: 'TASK_DEFINITION',
    Group: expect.stringMatching(/^job:StackInfer/) as string,
  });
});

test('host mode has no network configuration', async () => {
  const { calls } = await execution({}, { networkMode: ecs.NetworkMode.HOST });
  expect(calls[0].args).not.toHaveProperty('NetworkConfiguration');
});

test('the command for a shell says the same', () => {
  const request = printed({ command: ['python', 'other.py'] });
  expect(judgeRequest('RunTaskRequest', request)).toEqual([]);
  expect(request).toEqual({
    cluster: expect.stringMatching(/^ManagedCluster/) as string,
    taskDefinition: expect.stringMatching(/^InferTaskDefinition/) as string,
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: expect.stringMatching(/^ManagedCapacityProvider/) as string, weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: expect.objectContaining({ assignPublicIp: 'DISABLED' }) as object },
    overrides: { containerOverrides: [{ name: 'main', command: ['python', 'other.py'] }] },
    enableECSManagedTags: true,
    propagateTags: 'TASK_DEFINITION',
  });
});

describe('memory of a run', () => {
  const memory = Size.gibibytes(8);

  test('is what the container reserves', async () => {
    expect((await execution({ memory: 8192 })).calls[0].args.Overrides).toEqual({
      ContainerOverrides: [{ Name: 'main', MemoryReservation: 8192, Environment: [EXECUTION] }],
    });
    expect(printed({ memory }).overrides).toEqual({ containerOverrides: [{ name: 'main', memoryReservation: 8192 }] });
  });

  test('is the limit of a container that has one', async () => {
    const props = { container: { ...container, memoryLimitMiB: 4096 } };
    expect((await execution({ memory: 8192 }, props)).calls[0].args.Overrides).toEqual({
      ContainerOverrides: [{ Name: 'main', Memory: 8192, Environment: [EXECUTION] }],
    });
  });

  test("is the task's, where the task has memory", async () => {
    const props = { taskMemory: Size.gibibytes(4) };
    expect((await execution({ memory: 8192 }, props)).calls[0].args.Overrides).toEqual({
      Memory: '8192',
      ContainerOverrides: [{ Name: 'main', Environment: [EXECUTION] }],
    });
    expect(printed({ memory }, props).overrides).toEqual({ memory: '8192', containerOverrides: [{ name: 'main' }] });
  });

  test('is at most what the largest host has', async () => {
    const { stack, job } = onManaged();
    const whole = NeuronInstanceType.INF2_8_XLARGE.registeredMemory.toMebibytes();
    expect(() => job.startExecutionCommandWith({ memory: Size.mebibytes(whole + 1) })).toThrow(
      `\`memory\` must be at most ${whole} MiB, the memory of inf2.8xlarge, got: ${whole + 1}.`,
    );
    // The default /dev/shm takes a quarter of the smallest type.
    const most = whole - Math.floor(NeuronInstanceType.INF2_XLARGE.registeredMemory.toMebibytes() / 4);
    job.startExecutionCommandWith({ memory: Size.mebibytes(most + 1) });
    expect(() => synth(stack)).toThrow(
      `\`memory\` must be at most ${most} MiB, which is what /dev/shm, tmpfs mounts and the other containers`,
    );
    expect((await execution({ memory: most })).status).toBe('SUCCEEDED');
    expect((await execution({ memory: most + 1 })).cause).toContain(
      `\`memory\` must be a whole number from 6 to ${most}, got: ${most + 1}.`,
    );
  });
});

test('a run cannot override cpu units', async () => {
  const { job } = onManaged({ taskCpu: 2048 });
  expect(() => job.runTaskCommandWith({ cpu: 4096 })).toThrow(
    "`cpu` can't be overridden on Managed Instances, got: 4096. The task definition sets the cpu units, which may keep other tasks off the host of a task. " +
      'Leave it out. [cdk-ecs-ml:job-overrides]',
  );
  expect((await execution({ cpu: 4096 })).cause).toContain('The input has fields that this job does not accept: cpu. It accepts');
});
