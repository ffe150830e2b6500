import { aws_ecs as ecs, aws_iam as iam, Size, Stack } from 'aws-cdk-lib';
import { asOnThePage, differences } from './compare';
import { NeuronInstanceType, NeuronManagedCapacity, NeuronService, TaskDefinitionManagedNeuronDevices } from '../../src';
import { newStack, newStackWithVpc, synth } from '../support';

const IMAGE =
  '763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-vllm-inference-neuronx:0.11.0-optimum0.4.5-neuronx-py310-sdk2.26.1-ubuntu22.04';
const COMMAND = [
  ...['--model', 'TinyLlama/TinyLlama-1.1B-Chat-v1.0', '--port', '8080'],
  ...['--tensor-parallel-size', '2', '--allow-non-cached-model'],
];
const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/ecsTaskExecutionRole';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference-task-def.html */
const PAGE = {
  family: 'ecs-neuron',
  requiresCompatibilities: ['MANAGED_INSTANCES'],
  networkMode: 'awsvpc',
  cpu: '8192',
  memory: '16384',
  executionRoleArn: EXECUTION_ROLE,
  containerDefinitions: [
    {
      name: 'neuron-inference',
      image: IMAGE,
      essential: true,
      command: COMMAND,
      portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
      resourceRequirements: [{ type: 'NeuronDevice', value: 'ALL' }],
    },
  ],
};

const taskOf = (stack: Stack) => asOnThePage(Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties);

const container: ecs.ContainerDefinitionOptions = {
  containerName: 'neuron-inference',
  image: ecs.ContainerImage.fromRegistry(IMAGE),
  command: COMMAND,
  portMappings: [{ containerPort: 8080 }],
};

/** The paths that differ, cut to the entries of `reasons`; one without a reason stays whole and fails the test. */
function explained(found: Record<string, unknown>, reasons: Record<string, string>): string[] {
  const cut = (path: string) => Object.keys(reasons).find((reason) => path === reason || path.startsWith(`${reason}.`)) ?? path;
  return [...new Set(Object.keys(found).map(cut))].sort();
}

describe('the example for managed device allocation, field by field', () => {
  test('through NeuronService', () => {
    const { stack, vpc } = newStackWithVpc();
    // 8 vCPU and 16 GiB for a task never fit an inf2.xlarge of 4 vCPU, which the page's --tensor-parallel-size 2 suggests.
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_8_XLARGE] });
    new NeuronService(stack, 'Service', {
      capacity,
      family: 'ecs-neuron',
      taskCpu: 8192,
      taskMemory: Size.mebibytes(16384),
      executionRole: iam.Role.fromRoleArn(stack, 'Execution', EXECUTION_ROLE, { mutable: false }),
      container: { ...container, healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] } },
    });
    const reasons = {
      placementConstraints: 'kept to the types that the capacity may start',
      taskRoleArn: 'a role of its own, for grants',
      'containerDefinitions.0.healthCheck': 'tells when the model is loaded',
      'containerDefinitions.0.linuxParameters': 'an init process, and /dev/shm as a tmpfs, where the 64 MiB by default kill data loaders',
      'containerDefinitions.0.logConfiguration': 'logs are kept',
      'containerDefinitions.0.environment': 'threads for the cpu units of the task, which limit it',
      'containerDefinitions.0.stopTimeout': 'time to finish requests',
    };
    expect(explained(differences(PAGE, taskOf(stack)), reasons)).toEqual(Object.keys(reasons).sort());
  });

  test('its size on an inf2.xlarge is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
    expect(() => new NeuronService(stack, 'Service', { capacity, container, taskCpu: 8192 })).toThrow(
      /`taskCpu` asks for 8192 cpu units, but inf2.xlarge/,
    );
  });

  test('through the mixin on a task definition of one’s own', () => {
    const stack = newStack();
    const taskDefinition = new ecs.TaskDefinition(stack, 'Task', {
      compatibility: ecs.Compatibility.MANAGED_INSTANCES,
      family: 'ecs-neuron',
      cpu: '8192',
      memoryMiB: '16384',
      executionRole: iam.Role.fromRoleArn(stack, 'Execution', EXECUTION_ROLE, { mutable: false }),
    });
    taskDefinition.addContainer('Model', { ...container, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'model' }) });
    taskDefinition.with(new TaskDefinitionManagedNeuronDevices());
    const reasons = {
      taskRoleArn: 'aws-cdk-lib makes one',
      'containerDefinitions.0.logConfiguration': 'given here, for cdk-nag',
    };
    expect(explained(differences(PAGE, taskOf(stack)), reasons)).toEqual(Object.keys(reasons).sort());
  });

  test('as it stands on the page, an L1 without its requirement', () => {
    const stack = newStack();
    const { name, image, essential, command, portMappings } = PAGE.containerDefinitions[0];
    const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'models' } };
    new ecs.CfnTaskDefinition(stack, 'Task', {
      ...PAGE,
      containerDefinitions: [{ name, image, essential, command, portMappings, logConfiguration }],
    }).with(new TaskDefinitionManagedNeuronDevices());
    const reasons = { 'containerDefinitions.0.logConfiguration': 'given here, for cdk-nag' };
    expect(explained(differences(PAGE, taskOf(stack)), reasons)).toEqual(Object.keys(reasons));
  });
});
