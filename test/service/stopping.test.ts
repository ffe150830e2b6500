import { ChildProcess, spawn, spawnSync } from 'child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  FargateCapacity,
  GaudiCapacity,
  GaudiMachineImage,
  GaudiService,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  TaskDefinitionManagedNeuronDevices,
  TaskDefinitionNeuronDevices,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const { INF2_48_XLARGE, INF2_XLARGE } = NeuronInstanceType;
const VLLM = 'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const TORCHSERVE = 'public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const TRAINING = 'public.ecr.aws/neuron/pytorch-training-neuronx:2.9.0-neuronx-py312-sdk2.30.0-ubuntu24.04';
/** What the warning, the README and the docs say. */
const ENTRY_POINT = ['/bin/sh', '-c', 'exec "$@"', '--'];

const env = { account: '111111111111', region: 'us-east-1' };
const gaudiImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));

const CAPACITIES: [string, (stack: Stack, vpc: ec2.IVpc) => ICapacity][] = [
  ['a pool', (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_XLARGE })],
  [
    'a partition',
    (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, partitions: [8, 4] }).partition(0),
  ],
  ['Managed Instances', (stack, vpc) => new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] })],
  ['Gaudi hosts', (stack, vpc) => new GaudiCapacity(stack, 'Gaudi', { vpc, machineImage: gaudiImage })],
  ['Fargate', (stack, vpc) => new FargateCapacity(stack, 'Fargate', { vpc })],
  [
    'hosts without accelerators',
    (stack, vpc) =>
      new Ec2Capacity(stack, 'Ec2', {
        vpc,
        instanceType: new ec2.InstanceType('m5.large'),
        machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
      }),
  ],
];

/** The state machine of a job may run all revisions of its task definition. */
const synthJob = (stack: Stack) => synth(stack, 'AwsSolutions-IAM5');
const containersOf = (stack: Stack): { LinuxParameters?: Record<string, unknown>; StopTimeout?: number; EntryPoint?: string[] }[] =>
  Object.values(synthJob(stack).findResources('AWS::ECS::TaskDefinition')).flatMap(({ Properties }) => Properties.ContainerDefinitions);
const signals = (stack: Stack) => warnings(stack).filter((text) => text.includes('neuron-image-signals'));

function job(
  capacityOf: (stack: Stack, vpc: ec2.IVpc) => ICapacity,
  more: (stack: Stack) => Partial<ecs.ContainerDefinitionOptions> = () => ({}),
) {
  const { stack, vpc } = newStackWithVpc({ env });
  const own = capacityOf(stack, vpc);
  const memoryLimitMiB = own instanceof Ec2Capacity ? 512 : undefined;
  new MlRunTask(stack, 'Job', {
    capacity: own,
    timeout: Duration.hours(1),
    container: { image: container.image, memoryLimitMiB, ...more(stack) },
  });
  return stack;
}

describe.each(CAPACITIES)('the main container on %s', (_, capacityOf) => {
  test('has an init process and two minutes to stop', () => {
    const [main] = containersOf(job(capacityOf));
    expect(main).toMatchObject({ LinuxParameters: { InitProcessEnabled: true }, StopTimeout: 120 });
  });

  test('keeps what it sets', () => {
    const [main] = containersOf(
      job(capacityOf, (scope) => ({
        stopTimeout: Duration.seconds(20),
        linuxParameters: new ecs.LinuxParameters(scope, 'Linux', { initProcessEnabled: false }),
      })),
    );
    expect(main).toMatchObject({ LinuxParameters: { InitProcessEnabled: false }, StopTimeout: 20 });
  });

  test('can have an entry point of its own under the init process', () => {
    const [main] = containersOf(
      job(capacityOf, (scope) => ({
        entryPoint: ENTRY_POINT,
        command: ['python', 'train.py'],
        linuxParameters: new ecs.LinuxParameters(scope, 'Linux', { initProcessEnabled: true }),
      })),
    );
    expect(main).toMatchObject({ LinuxParameters: { InitProcessEnabled: true }, EntryPoint: ENTRY_POINT, Command: ['python', 'train.py'] });
  });
});

describe('the main container of a service', () => {
  test('of each family has both', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    new NeuronService(stack, 'Neuron', { vpc, instanceType: INF2_XLARGE, container });
    const capacity = new GaudiCapacity(stack, 'Hosts', { vpc, machineImage: gaudiImage });
    new GaudiService(stack, 'Gaudi', { capacity, container });
    for (const main of containersOf(stack)) expect(main).toMatchObject({ LinuxParameters: { InitProcessEnabled: true }, StopTimeout: 120 });
  });

  test('keeps other Linux parameters, also those that the family adds', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
    linuxParameters.addCapabilities(ecs.Capability.SYS_PTRACE);
    new NeuronService(stack, 'Service', { vpc, instanceType: INF2_XLARGE, container: { ...container, linuxParameters } });
    expect(containersOf(stack)[0].LinuxParameters).toMatchObject({
      InitProcessEnabled: true,
      Capabilities: { Add: ['SYS_PTRACE'] },
      Devices: [{ HostPath: '/dev/neuron0' }],
    });
  });

  test('is not changed where a mixin prepares a task definition of the user', () => {
    const { stack } = newStackWithVpc({ env });
    const containerDefinitions = [{ name: 'model', image: 'model', memory: 512, logConfiguration: { logDriver: 'json-file' } }];
    new ecs.CfnTaskDefinition(stack, 'Task', { requiresCompatibilities: ['EC2'], containerDefinitions }).with(
      new TaskDefinitionNeuronDevices({ instanceType: INF2_XLARGE }),
    );
    const [main] = containersOf(stack);
    expect(main.LinuxParameters).not.toHaveProperty('InitProcessEnabled');
    expect(main).not.toHaveProperty('StopTimeout');
  });

  test('is the only one that is changed', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const service = new NeuronService(stack, 'Service', { vpc, instanceType: INF2_XLARGE, container });
    const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'proxy' });
    service.taskDefinition.addContainer('Proxy', { image: container.image, memoryReservationMiB: 64, logging });
    expect(containersOf(stack)[1]).not.toHaveProperty('LinuxParameters');
  });
});

describe('a published Neuron image', () => {
  const on = (image: string | undefined, more: Partial<ecs.ContainerDefinitionOptions> = {}) =>
    job(CAPACITIES[0][1], (scope) => ({
      image: ecs.ContainerImage.fromRegistry(image ?? new CfnParameter(scope, 'Image').valueAsString),
      command: ['python'],
      ...more,
    }));

  test.each([VLLM, TORCHSERVE, TRAINING, VLLM.replace('public.ecr.aws/neuron', '111111111111.dkr.ecr.us-east-1.amazonaws.com/mirror')])(
    'is warned about if it keeps its entry point: %s',
    (image) => {
      const stack = on(image);
      synthJob(stack);
      const [repository] = image.split('/').slice(-1);
      expect(signals(stack)).toEqual([
        expect.stringContaining(
          `The entry point in image ${repository} of container main does not pass SIGTERM on, so the program is killed in the middle of its work ` +
            "when ECS stops the task. Set `entryPoint: ['/bin/sh', '-c', 'exec \"$@\"', '--']`, and the whole `command`",
        ),
      ]);
    },
  );

  test.each<[string, string | undefined, Partial<ecs.ContainerDefinitionOptions>]>([
    ['with an entry point of the user', VLLM, { entryPoint: ENTRY_POINT }],
    ['that is not one', 'my-model-server', {}],
    ['whose name is a token', undefined, {}],
  ])('is fine %s', (_, image, more) => {
    const stack = on(image, more);
    synthJob(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('is warned about on Managed Instances, in both ways to get devices, and with the mixins', () => {
    for (const deviceAllocation of [NeuronDeviceAllocation.MANAGED, NeuronDeviceAllocation.MANUAL]) {
      const { stack, vpc } = newStackWithVpc({ env });
      const capacity = new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE], deviceAllocation });
      new NeuronService(stack, 'Service', { capacity, container: { ...container, image: ecs.ContainerImage.fromRegistry(VLLM) } });
      synthJob(stack);
      expect(signals(stack)).toHaveLength(1);
    }
    const { stack } = newStackWithVpc({ env });
    const task = (id: string, compatibility: string, networkMode: string) =>
      new ecs.CfnTaskDefinition(stack, id, {
        requiresCompatibilities: [compatibility],
        networkMode,
        containerDefinitions: [{ name: 'model', image: VLLM, memory: 512, logConfiguration: { logDriver: 'awslogs', options: {} } }],
      });
    task('Ec2', 'EC2', 'bridge').with(new TaskDefinitionNeuronDevices({ instanceType: INF2_XLARGE }));
    task('Mi', 'MANAGED_INSTANCES', 'awsvpc').with(new TaskDefinitionManagedNeuronDevices());
    synth(stack);
    expect(signals(stack)).toHaveLength(2);
  });

  test('can be acknowledged', () => {
    const stack = on(TRAINING);
    Validations.of(stack).acknowledge({ id: 'cdk-ecs-ml:neuron-image-signals', reason: 'the program has nothing to end in order' });
    synthJob(stack);
    expect(warnings(stack)).toEqual([]);
  });
});

describe('a container that ECS stops', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stopping-'));
  const file = (name: string) => path.join(folder, name);
  const running: ChildProcess[] = [];
  const script = (name: string, body: string) => {
    writeFileSync(file(name), `#!/bin/sh\n${body}\n`);
    chmodSync(file(name), 0o755);
    return file(name);
  };
  /** A server that ends its work when it is told to stop, and says with which arguments it ran. */
  const server = script(
    'server',
    `trap 'printf "%s\\n" "$@" > ${file('ended')}; exit 0' TERM; echo up > ${file('up')}; while :; do sleep 0.05; done`,
  );
  /** The entry point of the images: it runs the program as a child, and handles no signal. */
  const wrapper = script('wrapper', '"$@"; exit $?');
  /** Whether this machine can give a command a PID namespace, in which it is the first process as in a container. */
  const NAMESPACE = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const namespaces = process.platform === 'linux' && spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true']).status === 0;

  const until = async (condition: () => boolean, ms: number) => {
    for (const end = Date.now() + ms; Date.now() < end && !condition();) await new Promise((resolve) => setTimeout(resolve, 20));
    return condition();
  };

  /** Runs a command, tells its first process to stop, and returns what the server did. */
  async function stop(command: string[], inNamespace = false): Promise<{ ended: boolean; told?: string[] }> {
    for (const name of ['up', 'ended']) rmSync(file(name), { force: true });
    const [program, ...args] = inNamespace ? [...NAMESPACE, ...command] : command;
    const child = spawn(program, args, { stdio: 'ignore' });
    running.push(child);
    let over = false;
    child.on('exit', () => (over = true));
    expect(await until(() => existsSync(file('up')), 10_000)).toBe(true);
    // A namespace is made by a process outside it, whose only child is the first process of the namespace.
    const first = inNamespace ? Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')) : (child.pid as number);
    process.kill(first, 'SIGTERM');
    const ended = await until(() => over, 1000);
    return { ended, told: existsSync(file('ended')) ? readFileSync(file('ended'), 'utf8').split('\n').slice(0, -1) : undefined };
  }

  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('is told so with our entry point, and its command runs as it is', async () => {
    expect(await stop([...ENTRY_POINT, server, '--model', 'a b', '$HOME'])).toEqual({ ended: true, told: ['--model', 'a b', '$HOME'] });
  });

  test('is not told with the entry point of the images', async () => {
    expect((await stop([wrapper, server])).told).toBeUndefined();
  });

  (namespaces ? test : test.skip)('is told as the first process, too', async () => {
    expect(await stop([...ENTRY_POINT, server, '1'], true)).toEqual({ ended: true, told: ['1'] });
  });

  (namespaces ? test : test.skip)('waits for its stop timeout with the entry point of the images as the first process', async () => {
    expect(await stop([wrapper, server], true)).toEqual({ ended: false, told: undefined });
  });
});
