import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { container, newStackWithVpc, synth } from '.';
import { EcsVpcEndpoints, NeuronCapacity, NeuronInstanceType, NeuronService, PurchaseOption } from '../../src';

function shortForm(): { stack: Stack; service: NeuronService } {
  const { stack, vpc } = newStackWithVpc();
  return { stack, service: new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container }) };
}

/** A stack with a property of a resource set to something else. */
function broken(resource: (service: NeuronService) => unknown, property: string, value: unknown): Stack {
  const { stack, service } = shortForm();
  (resource(service) as CfnResource).addPropertyOverride(property, value);
  return stack;
}

const taskDefinition = (made: NeuronService) => made.taskDefinition.node.defaultChild;
const service = (made: NeuronService) => made.service.node.defaultChild;
const provider = (made: NeuronService) => (made.capacity as NeuronCapacity).capacityProvider.node.defaultChild;
const cluster = (made: NeuronService) => made.cluster.node.defaultChild;

describe('good stacks pass', () => {
  test('the short form', () => {
    synth(shortForm().stack);
  });

  test('the long form: two services on Spot hosts, with sessions and ECS Exec', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Inf2', {
      vpc,
      instanceType: NeuronInstanceType.INF2_48XLARGE,
      tasksPerInstance: 12,
      maxInstances: 4,
      purchaseOption: PurchaseOption.spot(),
      ssmSessionPermissions: true,
    });
    new NeuronService(stack, 'Embed', { capacity, desiredCount: 18, container, enableExecuteCommand: true });
    new NeuronService(stack, 'Rerank', { capacity, desiredCount: 6, container });
    synth(stack);
  });

  test('a pool in isolated subnets with endpoints', () => {
    const { stack } = newStackWithVpc();
    const vpc = new ec2.Vpc(stack, 'Isolated', { subnetConfiguration: [{ name: 'In', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      instanceType: NeuronInstanceType.TRN1_2XLARGE,
    });
    synth(stack);
  });

  test('task definitions with volumes and a proxy, whose properties CloudFormation names differently', () => {
    const { stack } = newStackWithVpc();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [
        { name: 'main', image: 'image', memory: 512, logConfiguration: { logDriver: 'awslogs', options: { tag: 'x' } } },
      ],
      cpu: '1024',
      memory: '2048',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['EC2'],
      volumes: [
        {
          name: 'efs',
          efsVolumeConfiguration: { filesystemId: 'fs-12345678', authorizationConfig: { iam: 'ENABLED' }, transitEncryption: 'ENABLED' },
        },
      ],
      proxyConfiguration: { containerName: 'main', type: 'APPMESH', proxyConfigurationProperties: [{ name: 'AppPorts', value: '80' }] },
    });
    synth(stack);
  });
});

test('the schema engine of CloudFormation refuses a wrong enum', () => {
  expect(() => synth(broken(taskDefinition, 'NetworkMode', 'nope'))).toThrow(/nope/);
});
