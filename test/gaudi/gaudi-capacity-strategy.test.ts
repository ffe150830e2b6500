import { aws_ec2 as ec2, aws_ecs as ecs, Validations } from 'aws-cdk-lib';
import { GaudiCapacity, GaudiCapacityProps, GaudiCapacityStrategy, GaudiMachineImage, GaudiService, PurchaseOption } from '../../src';
import { newStackWithVpc, synth } from '../support';

const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
const container = { image: ecs.ContainerImage.fromRegistry('gaudi-server') };

function strategy(second: Partial<GaudiCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  const pools = [
    new GaudiCapacity(stack, 'OnDemand', { cluster, machineImage, maxInstances: 2 }),
    new GaudiCapacity(stack, 'Spot', { cluster, machineImage, maxInstances: 3, purchaseOption: PurchaseOption.spot(), ...second }),
  ];
  for (const pool of pools) Validations.of(pool).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'all of 1.21' });
  const capacity = new GaudiCapacityStrategy(stack, 'Strategy', { pools: pools.map((pool) => ({ capacity: pool })) });
  return { stack, capacity };
}

test('tasks fill the first pool, and further tasks go to the other', () => {
  const { stack, capacity } = strategy();
  new GaudiService(stack, 'Bert', { capacity, container, desiredCount: 3 });
  const ref = (id: string) => ({ Ref: expect.stringMatching(`^${id}CapacityProvider`) });
  const [service] = Object.values(synth(stack).findResources('AWS::ECS::Service'));
  expect(service.Properties.CapacityProviderStrategy).toEqual([
    { CapacityProvider: ref('OnDemand'), Base: 2, Weight: 0 },
    { CapacityProvider: ref('Spot'), Weight: 1 },
  ]);
});

test('it is what its pools are', () => {
  const { capacity } = strategy();
  expect(capacity.instanceType.name).toBe('dl1.24xlarge');
  expect(capacity).toMatchObject({ maxInstances: 5, tasksPerInstance: 1, interruptible: true, defaultNetworkMode: 'host' });
});

test('pools that differ fail', () => {
  expect(() => strategy({ efa: true, vpcSubnets: { availabilityZones: ['dummy1a'] } })).toThrow(/must have the same `efa`/);
  expect(() => strategy({ partitions: [4, 4] })).toThrow(/is divided into partitions/);
});

test('it has no partitions of its own', () => {
  expect(() => strategy().capacity.partition(0)).toThrow(/partition-exists/);
});
