import { aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { asOnThePage, differences, explained, inContainer } from './compare';
import { NeuronCapacity, NeuronInstanceType, NeuronRuntime, NeuronService, TaskDefinitionNeuronRtd } from '../../src';
import { newStack, newStackWithVpc, synth, warnings } from '../support';

const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/execution';
const PORTS = [
  { hostPort: 8500, protocol: 'tcp', containerPort: 8500 },
  { hostPort: 8501, protocol: 'tcp', containerPort: 8501 },
  { hostPort: 0, protocol: 'tcp', containerPort: 80 },
];
const COMMAND = 'tensorflow_model_server_neuron --port=8500 --rest_api_port=8501 --model_name=bert --model_base_path=/bert';

/** The whole task definition of the page on Inf1 as it was. */
const PAGE = {
  family: 'ecs-neuron',
  executionRoleArn: EXECUTION_ROLE,
  containerDefinitions: [
    {
      entryPoint: ['sh', '-c'],
      portMappings: PORTS,
      command: [COMMAND],
      cpu: 0,
      dependsOn: [{ containerName: 'neuron-rtd', condition: 'START' }],
      environment: [{ name: 'NEURON_RTD_ADDRESS', value: 'unix:/sock/neuron-rtd.sock' }],
      mountPoints: [{ containerPath: '/sock', sourceVolume: 'sock' }],
      memoryReservation: 1000,
      image: 'bert-server',
      essential: true,
      name: 'bert',
    },
    {
      entryPoint: ['sh', '-c'],
      portMappings: [],
      command: ['neuron-rtd -g unix:/sock/neuron-rtd.sock'],
      cpu: 0,
      environment: [{ name: 'AWS_NEURON_VISIBLE_DEVICES', value: 'ALL' }],
      mountPoints: [{ containerPath: '/sock', sourceVolume: 'sock' }],
      memoryReservation: 1000,
      image: '790709498068.dkr.ecr.us-east-1.amazonaws.com/neuron-rtd:latest',
      essential: true,
      linuxParameters: { capabilities: { add: ['SYS_ADMIN', 'IPC_LOCK'] } },
      name: 'neuron-rtd',
    },
  ],
  volumes: [{ name: 'sock', host: { sourcePath: '/tmp/sock' } }],
};

const mixin = new TaskDefinitionNeuronRtd({ instanceType: NeuronInstanceType.INF1_XLARGE });
/** As on the page, where no container has logging. */
const NO_LOGGING = 'AwsSolutions-ECS7';

const bert: ecs.ContainerDefinitionOptions = {
  containerName: 'bert',
  image: ecs.ContainerImage.fromRegistry('bert-server'),
  entryPoint: ['sh', '-c'],
  command: [COMMAND],
  portMappings: PORTS.map(({ hostPort, containerPort }) => ({ hostPort, containerPort })),
  memoryReservationMiB: 1000,
};

function taskOf(stack: Stack, ...accepted: string[]) {
  return asOnThePage(Object.values(synth(stack, ...accepted).findResources('AWS::ECS::TaskDefinition'))[0].Properties);
}

test('the mixin makes the page of a task definition with the model server alone, and nothing else', () => {
  const stack = newStack();
  const [{ dependsOn, environment, mountPoints, ...model }] = PAGE.containerDefinitions;
  new ecs.CfnTaskDefinition(stack, 'Task', { family: PAGE.family, executionRoleArn: EXECUTION_ROLE, containerDefinitions: [model] }).with(
    mixin,
  );
  expect(differences(PAGE, taskOf(stack, NO_LOGGING))).toEqual({});
});

test('the same with an L2, whose container comes later', () => {
  const stack = newStack();
  const executionRole = iam.Role.fromRoleArn(stack, 'Execution', EXECUTION_ROLE);
  const task = new ecs.Ec2TaskDefinition(stack, 'Task', { family: PAGE.family, executionRole }).with(mixin) as ecs.Ec2TaskDefinition;
  task.addContainer('Bert', { ...bert, cpu: 0 });
  const addedByL2 = { networkMode: 'said', requiresCompatibilities: 'said', taskRoleArn: 'a role of its own' };
  expect(explained(differences(PAGE, taskOf(stack, NO_LOGGING)), addedByL2)).toEqual(Object.keys(addedByL2).sort());
});

describe('a service on a pool with the daemon', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', {
    vpc,
    instanceType: NeuronInstanceType.INF1_XLARGE,
    neuronRuntime: NeuronRuntime.NEURON_RTD,
  });
  new NeuronService(stack, 'Service', {
    capacity,
    family: PAGE.family,
    networkMode: ecs.NetworkMode.BRIDGE,
    executionRole: iam.Role.fromRoleArn(stack, 'Execution', EXECUTION_ROLE),
    container: { ...bert, healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8501/v1/models/bert'] } },
  });
  const ours = taskOf(stack);
  const logs = { 'logConfiguration.logDriver': 'logs are kept', 'logConfiguration.options': 'logs are kept' };

  test('has the page, with what each service of ours has', () => {
    const reasons = {
      networkMode: 'said, and not left to the default',
      requiresCompatibilities: 'said, where the page lets ECS find out',
      taskRoleArn: 'a role of its own, for grants',
      placementConstraints: 'in the task definition, where the page has them in its call of run-task',
      ...inContainer({
        ...logs,
        cpu: 'the page asks for none, and ECS places a second task on the same chips; ours is the whole host, so that it counts',
        healthCheck: 'so that a task counts as healthy only when it answers',
        'linuxParameters.sharedMemorySize': "a quarter of the memory, where Docker's 64 MiB kill data loaders",
        'linuxParameters.initProcessEnabled': 'ends a program that does not handle the signal to stop',
        stopTimeout: 'time to finish requests',
      }),
      ...inContainer(logs, 1),
    };
    expect(explained(differences(PAGE, ours), reasons)).toEqual(Object.keys(reasons).sort());
  });

  test('takes the whole host, which the page names in upper case and ECS in lower case', () => {
    expect(ours).toMatchObject({
      containerDefinitions: [{ cpu: 4096 }, { cpu: 0 }],
      placementConstraints: [
        { type: 'memberOf', expression: 'attribute:ecs.os-type == linux' },
        { type: 'memberOf', expression: 'attribute:ecs.instance-type == inf1.xlarge' },
      ],
    });
  });

  test('says once when it is right, and no more', () => {
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /^`neuronRuntime` NEURON_RTD is only for .* built on Neuron before 1.16 .* pin an older image with `machineImage`.*cdk-ecs-ml:neuron-rtd-legacy/,
      ),
    ]);
  });
});
