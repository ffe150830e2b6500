/**
 * A strategy that uses reserved hosts before Spot hosts, and a pool in a Capacity Block.
 *
 * On an account: 25 minutes, and two inf2.8xlarge at 1.97 USD an hour, which your reservation already costs, so about 2 USD (us-east-1,
 * 2026-07). Needs a Capacity Reservation of two inf2.8xlarge, whose ID `CAPACITY_RESERVATION_ID` gives, and a quota of 64 vCPUs of "Running
 * On-Demand Inf instances". Nothing runs in the Capacity Block, which begins later.
 */
import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import {
  CapacityReservationPreference,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronService,
  PurchaseOption,
} from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'NeuronBuying');

const vpc = makeVpc(stack);
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
const capacityReservationId = process.env.CAPACITY_RESERVATION_ID ?? 'cr-0123456789abcdef0';

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

const embed = new NeuronService(stack, 'Embed', { capacity, desiredCount: 2, container: webServer() });

new Proof(app, stack).isSteady(embed, 2).rolls(embed, 2);
