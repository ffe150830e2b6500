import { capacities, pool, TemplateResources } from './support';

/** What the report says of how a pool is bought, or of its network. */
function fact(label: string, resources: TemplateResources): string | undefined {
  return capacities({ Pool: { Resources: resources } })
    .split('\n')
    .find((line) => line.startsWith(`    ${label}`))
    ?.slice(13);
}

function bought(template: object, scheduled: TemplateResources = {}): string | undefined {
  return fact('bought', { ...pool('trn1.32xlarge', 0, 0, '', template), ...scheduled });
}

function target(CapacityReservationTarget: object): object {
  return { CapacityReservationSpecification: { CapacityReservationTarget } };
}

function scheduledAction(StartTime: string, size: number): TemplateResources[string] {
  return {
    Type: 'AWS::AutoScaling::ScheduledAction',
    Properties: { AutoScalingGroupName: { Ref: 'Hosts' }, StartTime, MinSize: size, MaxSize: size },
  };
}

test('On-Demand is not worth a line where there is nothing else', () => {
  expect(bought({})).toBe(undefined);
});

const id = { CapacityReservationId: 'cr-0123456789abcdef0' };
const group = { CapacityReservationResourceGroupArn: 'arn:aws:resource-groups:us-east-1:111122223333:group/training' };

test.each([
  ['Spot', { InstanceMarketOptions: { MarketType: 'spot' } }],
  ['capacity reservation cr-0123456789abcdef0', target(id)],
  ['capacity reservation in group training', target(group)],
  [
    'capacity reservation in group training, and On-Demand when it is full',
    {
      CapacityReservationSpecification: { CapacityReservationPreference: 'capacity-reservations-first', CapacityReservationTarget: group },
    },
  ],
  ['Capacity Block cr-0123456789abcdef0', { InstanceMarketOptions: { MarketType: 'capacity-block' }, ...target(id) }],
  ['interruptible-capacity-reservation', { InstanceMarketOptions: { MarketType: 'interruptible-capacity-reservation' } }],
])('%s', (says, template) => {
  expect(bought(template)).toBe(says);
});

test('a Capacity Block with the hosts that scheduled actions give it', () => {
  const template = { InstanceMarketOptions: { MarketType: 'capacity-block' }, ...target(id) };
  const Begins = scheduledAction('2027-03-01T11:30:00Z', 2);
  const Ends = scheduledAction('2027-03-08T10:50:00Z', 0);
  const block = 'Capacity Block cr-0123456789abcdef0: hosts';
  expect(bought(template, { Begins, Ends })).toBe(`${block} 2027-03-01 11:30 to 2027-03-08 10:50 UTC`);
  expect(bought(template, { Begins })).toBe(`${block} from 2027-03-01 11:30 UTC`);
  expect(bought(template, { Ends })).toBe(`${block} until 2027-03-08 10:50 UTC`);
  const Resources = { ...pool('trn1.32xlarge', 0, 0, '', template), Begins, Ends };
  expect(capacities({ Pool: { Resources } })).toContain('Capacity Inf2: 0 to 2 instances of trn1.32xlarge\n');
});

test('a reservation that the Auto Scaling group names', () => {
  const resources = pool('trn1.32xlarge', 0, 1);
  const Hosts = { ...resources.Hosts, Properties: { ...resources.Hosts.Properties, ...target({ CapacityReservationIds: ['cr-1'] }) } };
  expect(fact('bought', { ...resources, Hosts })).toBe('capacity reservation cr-1');
});

test('EFA interfaces and the placement group', () => {
  const NetworkInterfaces = ['interface', 'efa-only', 'efa', 'efa-only'].map((InterfaceType) => ({ InterfaceType }));
  const Group = { Type: 'AWS::EC2::PlacementGroup', Properties: { Strategy: 'cluster' } };
  const resources = (template: object) => ({ ...pool('trn1.32xlarge', 0, 1, '', template), Group });
  expect(fact('network', resources({ NetworkInterfaces, Placement: { GroupName: { Ref: 'Group' } } }))).toBe(
    '3 EFA interfaces, cluster placement group',
  );
  expect(fact('network', resources({ NetworkInterfaces: [{ InterfaceType: 'efa' }] }))).toBe('1 EFA interface');
  expect(fact('network', resources({ Placement: { GroupName: 'theirs' } }))).toBe('existing placement group');
  expect(fact('network', resources({ NetworkInterfaces: [{}] }))).toBe(undefined);
});
