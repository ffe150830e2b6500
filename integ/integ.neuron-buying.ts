import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import {
  CapacityReservationPreference,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronService,
  PurchaseOption,
} from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'NeuronBuying');

// Leaves out the custom resource for the default security group, because its code would be in the snapshot.
const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
const capacityReservationId = 'cr-0123456789abcdef0';

new NeuronCapacity(stack, 'Block', {
  cluster,
  vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
  instanceType: NeuronInstanceType.TRN1_32_XLARGE,
  maxInstances: 2,
  purchaseOption: PurchaseOption.capacityBlock({
    capacityReservationId,
    startsAt: new Date('2027-03-01T11:30:00Z'),
    endsAt: new Date('2027-03-08T11:30:00Z'),
  }),
});

const instanceType = NeuronInstanceType.INF2_8_XLARGE;
const reserved = new NeuronCapacity(stack, 'Reserved', {
  cluster,
  instanceType,
  maxInstances: 4,
  purchaseOption: PurchaseOption.capacityReservation(capacityReservationId, { preference: CapacityReservationPreference.FIRST }),
});
const spot = new NeuronCapacity(stack, 'Spot', { cluster, instanceType, maxInstances: 8, purchaseOption: PurchaseOption.spot() });
const capacity = new NeuronCapacityStrategy(stack, 'ReservedFirst', { pools: [{ capacity: reserved }, { capacity: spot }] });

new NeuronService(stack, 'Embed', {
  capacity,
  desiredCount: 6,
  container: {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04'),
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
  },
});

new IntegTest(app, 'Integ', { testCases: [stack] });
