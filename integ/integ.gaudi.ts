import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack, Validations } from 'aws-cdk-lib';
import { GaudiCapacity, GaudiMachineImage, GaudiService } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'Gaudi');

const capacity = new GaudiCapacity(stack, 'Dl1', {
  // Leaves out the custom resource for the default security group, because its code would be in the snapshot.
  vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }),
  machineImage: GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.fromSsmParameter('/gaudi/ami')),
  rootDeviceName: '/dev/sda1',
  maxInstances: 3,
});

const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('vault.habana.ai/gaudi-docker/1.21.0/ubuntu22.04/habanalabs/pytorch-installer-2.6.0:latest'),
  command: ['python3', 'serve.py'],
};
// A warning would put the paths of this machine into the snapshot.
Validations.of(capacity).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'everything is of release 1.21' });
new GaudiService(stack, 'Bert', { capacity, desiredCount: 2, container });

new IntegTest(app, 'Integ', { testCases: [stack] });
