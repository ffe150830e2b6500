import { aws_ecs as ecs, aws_secretsmanager as secretsmanager, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { FargateCapacity, MlRunTask, NeuronCapacity, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from '../../src';
import { container, newStackWithVpc, synth } from '../support';

const image = ecs.ContainerImage.fromRegistry('my-model');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'side' });
type Options = Partial<ecs.ContainerDefinitionOptions>;

/** A service on a pool. */
function onPool(options: Options = {}, networkMode = ecs.NetworkMode.AWS_VPC): { stack: Stack; service: NeuronService } {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE });
  return { stack, service: new NeuronService(stack, 'Service', { capacity, networkMode, container: { ...container, ...options } }) };
}

/** A job on Fargate. */
function onFargate(options: (stack: Stack) => Options = () => ({})): { stack: Stack; job: MlRunTask } {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new FargateCapacity(stack, 'Fargate', { vpc });
  const made = { image, ...options(stack) };
  return { stack, job: new MlRunTask(stack, 'Job', { capacity, timeout: Duration.hours(1), container: made }) };
}

describe('awsvpc network mode', () => {
  test.each<[string, Options]>([
    ['hostname', { hostname: 'model' }],
    ['extraHosts', { extraHosts: { registry: '10.0.0.1' } }],
  ])('has no %s', (prop, options) => {
    const message = new RegExp(`\`${prop}\` of container main must be left out in awsvpc network mode.*bridge.*awsvpc-refuses`);
    expect(() => onPool(options)).toThrow(message);
    expect(() => onPool(options, ecs.NetworkMode.BRIDGE)).not.toThrow();
  });

  test('has no links, and no host names of containers that come later', () => {
    const { stack, service } = onPool();
    service.taskDefinition.addContainer('Side', { image, logging, memoryLimitMiB: 64, essential: false, hostname: 'side' });
    const task = service.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    task.addPropertyOverride('ContainerDefinitions.1.Links', ['main']);
    expect(() => synth(stack)).toThrow(/`hostname` of container Side must be left out in awsvpc network mode/);
  });

  test('accepts empty lists', () => {
    expect(() => onPool({ extraHosts: {} })).not.toThrow();
  });
});

describe('Fargate', () => {
  const linux = (change: (parameters: ecs.LinuxParameters) => void) => (stack: Stack) => {
    const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
    change(linuxParameters);
    return { linuxParameters };
  };

  test.each<[string, (stack: Stack) => Options]>([
    ['disableNetworking', () => ({ disableNetworking: true })],
    ['dnsSearchDomains', () => ({ dnsSearchDomains: ['example.com'] })],
    ['dnsServers', () => ({ dnsServers: ['10.0.0.2'] })],
    ['dockerSecurityOptions', () => ({ dockerSecurityOptions: ['no-new-privileges'] })],
    ['privileged', () => ({ privileged: true })],
    ['maxSwap', (stack) => ({ linuxParameters: new ecs.LinuxParameters(stack, 'Linux', { maxSwap: Size.mebibytes(64), swappiness: 60 }) })],
    ['sharedMemorySize', (stack) => ({ linuxParameters: new ecs.LinuxParameters(stack, 'Linux', { sharedMemorySize: 64 }) })],
    ['devices', linux((parameters) => parameters.addDevices({ hostPath: '/dev/fuse' }))],
  ])('refuses %s', (prop, options) => {
    expect(() => onFargate(options)).toThrow(
      new RegExp(`\`${prop}\` of container main must be left out, because Fargate refuses it.*fargate-refuses`),
    );
  });

  test('can only add the capability SYS_PTRACE', () => {
    const adding = (capability: ecs.Capability) => linux((parameters) => parameters.addCapabilities(capability));
    expect(() => onFargate(adding(ecs.Capability.SYS_NICE))).toThrow(
      /`capabilities` of container main can only add SYS_PTRACE on Fargate, got: SYS_NICE/,
    );
    expect(() => onFargate(adding(ecs.Capability.SYS_PTRACE))).not.toThrow();
  });

  test('accepts what is switched off, and a working directory', () => {
    expect(() => onFargate(() => ({ privileged: false, dnsServers: [], workingDirectory: '/app' }))).not.toThrow();
  });

  test('refuses parameters of containers that come later, of volumes and of the task', () => {
    const { stack, job } = onFargate();
    job.taskDefinition.addContainer('Side', { image, logging, dnsServers: ['10.0.0.2'] });
    const task = job.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    task.ipcMode = 'task';
    expect(() => synth(stack)).toThrow(
      /`ipcMode` of the task must be left out, because Fargate refuses it[^]*`dnsServers` of container Side must be left out/,
    );
  });
});

describe('a variable', () => {
  const secrets = (stack: Stack) => ({ TOKEN: ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) });

  test('is set once', () => {
    expect(() => onFargate((stack) => ({ environment: { TOKEN: 'a' }, secrets: secrets(stack) }))).toThrow(
      /Container main has TOKEN in `environment` and in `secrets`.*variable-once/,
    );
  });

  test('is set once on Managed Instances, and in containers that come later', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
    const service = new NeuronService(stack, 'Service', { capacity, container });
    const side = service.taskDefinition.addContainer('Side', { image, logging, memoryLimitMiB: 64, secrets: secrets(stack) });
    side.addEnvironment('TOKEN', 'a');
    expect(() => synth(stack)).toThrow(/Container Side has TOKEN in `environment` and in `secrets`/);
  });

  test('may have another name than a secret', () => {
    expect(() => onFargate((stack) => ({ environment: { OTHER: 'a' }, secrets: secrets(stack) }))).not.toThrow();
  });
});

describe('a ulimit', () => {
  const name = ecs.UlimitName.NOFILE;

  test.each([
    [10, 5],
    [-1, 5],
  ])('of %d and %d is an error', (softLimit, hardLimit) => {
    expect(() => onPool({ ulimits: [{ name, softLimit, hardLimit }] })).toThrow(
      new RegExp(`\`softLimit\` of \`ulimits\` nofile of container main must be at most \`hardLimit\`, got: ${softLimit} and ${hardLimit}`),
    );
  });

  test.each([
    [5, 5],
    [5, -1],
    [-1, -1],
  ])('of %d and %d is right', (softLimit, hardLimit) => {
    expect(() => onPool({ ulimits: [{ name, softLimit, hardLimit }] })).not.toThrow();
  });

  test('that is not known is right', () => {
    const { stack, service } = onPool();
    const hardLimit = new CfnParameter(stack, 'Limit', { type: 'Number' }).valueAsNumber;
    service.container.addUlimits({ name, softLimit: 1024, hardLimit });
    expect(() => synth(stack)).not.toThrow();
  });
});

test.each(['app', ''])('a working directory %p is an error', (workingDirectory) => {
  expect(() => onPool({ workingDirectory })).toThrow(/`workingDirectory` of `container` must be an absolute path, for example \/app/);
});
