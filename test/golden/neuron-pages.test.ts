import { aws_ecs as ecs, aws_iam as iam } from 'aws-cdk-lib';
import { asOnThePage, differences, explained, inContainer } from './compare';
import { NeuronInstanceType, NeuronService, NeuronServiceProps } from '../../src';
import { newStackWithVpc, synth } from '../support';

/** The ports of both pages. */
const PORTS = [
  { hostPort: 8500, containerPort: 8500 },
  { hostPort: 8501, containerPort: 8501 },
  { hostPort: 0, containerPort: 80 },
];

/** The role that both pages leave to the reader. */
const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/execution';

/** What every service of ours has and the pages leave out. */
const ADDED = {
  networkMode: 'said, and not left to the default',
  taskRoleArn: 'a role of its own, for grants',
};
const ADDED_TO_CONTAINER = {
  cpu: 'the pages ask for none, and ECS places a second task on the same cores; ours is the whole host, so that it counts',
  environment: 'the share of the NeuronCores',
  'linuxParameters.sharedMemorySize': "a quarter of the memory, where Docker's 64 MiB kill data loaders",
  'logConfiguration.logDriver': 'logs are kept',
  'logConfiguration.options': 'logs are kept',
  'linuxParameters.initProcessEnabled': 'ends a program that does not handle the signal to stop',
  stopTimeout: 'time to finish requests',
};

function taskOf(props: Pick<NeuronServiceProps, 'container' | 'family'>) {
  const { stack, vpc } = newStackWithVpc();
  const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
  linuxParameters.addCapabilities(ecs.Capability.IPC_LOCK);
  new NeuronService(stack, 'Service', {
    vpc,
    instanceType: NeuronInstanceType.INF1_XLARGE,
    networkMode: ecs.NetworkMode.BRIDGE,
    executionRole: iam.Role.fromRoleArn(stack, 'Execution', EXECUTION_ROLE),
    ...props,
    container: { ...props.container, linuxParameters },
  });
  return asOnThePage(Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties);
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference-task-def.html */
test('the example for manually specified devices, field by field', () => {
  const image = '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference-neuron:1.15.4-neuron-py37-ubuntu18.04';
  const arguments_ = (restPort: number) => [
    '/usr/local/bin/entrypoint.sh',
    '--port=8500',
    `--rest_api_port=${restPort}`,
    '--model_name=resnet50_neuron',
    '--model_base_path=s3://amzn-s3-demo-bucket/resnet50_neuron/',
  ];
  const page = {
    family: 'ecs-neuron',
    executionRoleArn: EXECUTION_ROLE,
    requiresCompatibilities: ['EC2'],
    placementConstraints: [
      { type: 'memberOf', expression: 'attribute:ecs.os-type == linux' },
      { type: 'memberOf', expression: 'attribute:ecs.instance-type == inf1.xlarge' },
    ],
    containerDefinitions: [
      {
        entryPoint: arguments_(9000),
        portMappings: PORTS.map((port) => ({ ...port, protocol: 'tcp' })),
        linuxParameters: {
          devices: [{ containerPath: '/dev/neuron0', hostPath: '/dev/neuron0', permissions: ['read', 'write'] }],
          capabilities: { add: ['IPC_LOCK'] },
        },
        cpu: 0,
        memoryReservation: 1000,
        image,
        essential: true,
        name: 'resnet50',
      },
    ],
  };
  const ours = taskOf({
    family: 'ecs-neuron',
    container: {
      containerName: 'resnet50',
      image: ecs.ContainerImage.fromRegistry(image),
      entryPoint: arguments_(8501),
      portMappings: PORTS,
      memoryReservationMiB: 1000,
    },
  });
  const reasons = {
    ...ADDED,
    ...inContainer({ ...ADDED_TO_CONTAINER, 'entryPoint.2': 'the page serves REST on 9000 and maps 8501: an error of the page' }),
  };
  expect(explained(differences(page, ours), reasons)).toEqual(Object.keys(reasons).sort());
});

/** @see https://github.com/awsdocs/amazon-ecs-developer-guide the page on Inf1 as it was, with the sidecar of Neuron 1.x */
test("the model server's container of the page on Inf1, without its sidecar, field by field", () => {
  const command = 'tensorflow_model_server_neuron --port=8500 --rest_api_port=8501 --model_name=bert --model_base_path=/bert';
  const page = {
    family: 'ecs-neuron',
    executionRoleArn: EXECUTION_ROLE,
    containerDefinitions: [
      {
        entryPoint: ['sh', '-c'],
        portMappings: PORTS.map((port) => ({ ...port, protocol: 'tcp' })),
        command: [command],
        cpu: 0,
        dependsOn: [{ containerName: 'neuron-rtd', condition: 'START' }],
        environment: [{ name: 'NEURON_RTD_ADDRESS', value: 'unix:/sock/neuron-rtd.sock' }],
        mountPoints: [{ containerPath: '/sock', sourceVolume: 'sock' }],
        memoryReservation: 1000,
        image: 'bert-server',
        essential: true,
        name: 'bert',
      },
    ],
  };
  const ours = taskOf({
    family: 'ecs-neuron',
    container: {
      containerName: 'bert',
      image: ecs.ContainerImage.fromRegistry('bert-server'),
      entryPoint: ['sh', '-c'],
      command: [command],
      portMappings: PORTS,
      memoryReservationMiB: 1000,
    },
  });
  const reasons = {
    ...ADDED,
    requiresCompatibilities: 'said, where the page lets ECS find out',
    placementConstraints: 'in the task definition, where the page has them in its call of run-task',
    ...inContainer({
      ...ADDED_TO_CONTAINER,
      dependsOn: 'no sidecar',
      mountPoints: 'no sidecar',
      'linuxParameters.devices': 'devices are mapped, where the sidecar had them',
      'linuxParameters.capabilities': 'as on the newer page',
    }),
  };
  expect(explained(differences(page, ours), reasons)).toEqual(Object.keys(reasons).sort());
});
