import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService, PurchaseOption } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'NeuronCapacityBlock');
const vpc = new ec2.Vpc(stack, 'Vpc');

// Two hosts for a week, bought in advance. No host runs before the block begins, or after EC2 takes the hosts back.
const capacity = new NeuronCapacity(stack, 'Trn1', {
  vpc,
  vpcSubnets: { subnets: [vpc.privateSubnets[0]] }, // in the zone of the block
  instanceType: NeuronInstanceType.TRN1_32_XLARGE,
  maxInstances: 2, // as many as the block has
  purchaseOption: PurchaseOption.capacityBlock({
    capacityReservationId: 'cr-0123456789abcdef0',
    startsAt: new Date('2027-03-01T11:30:00Z'),
    endsAt: new Date('2027-03-08T11:30:00Z'),
  }),
});

// Each worker has a whole host: 16 chips, 32 NeuronCores.
new NeuronService(stack, 'Train', {
  capacity,
  desiredCount: 0, // No host runs before the block begins. Deploy with 2 then.
  container: {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-training-neuronx:2.9.0-neuronx-py312-sdk2.30.0-ubuntu24.04'),
    entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--'], // passes the signal to stop on to the program, which the one in the image does not
    command: ['torchrun', '--nproc_per_node', '32', '/opt/ml/code/worker.py'],
    healthCheck: { command: ['CMD-SHELL', 'pgrep torchrun'] },
  },
});
