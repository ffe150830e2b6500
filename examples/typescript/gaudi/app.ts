import { App, aws_ec2 as ec2, aws_ecs as ecs, Duration, Stack, Validations } from 'aws-cdk-lib';
import { GaudiMachineImage, GaudiService } from 'cdk-ecs-ml';

// A Deep Learning AMI for Habana on Ubuntu. Hosts install the ECS agent and make `habana` the default Docker runtime.
const machineImage = GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));

const stack = new Stack(new App(), 'Gaudi', { env: { region: 'us-east-1' } });

const bert = new GaudiService(stack, 'Bert', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  machineImage,
  rootDeviceName: '/dev/sda1',
  startup: Duration.minutes(20),
  container: {
    image: ecs.ContainerImage.fromRegistry('vault.habana.ai/gaudi-docker/1.21.0/ubuntu22.04/habanalabs/pytorch-installer-2.6.0:latest'),
    command: ['python3', '-m', 'http.server', '8080'],
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'hl-smi && curl -f http://localhost:8080/'] },
  },
});

// dl1 has first-generation Gaudi: driver, runtime and container must be of a release that supports it.
Validations.of(bert).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'image and container are of release 1.21' });
