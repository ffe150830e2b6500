import { capacities, pool, service, taskDefinition } from './support';
import { divide, Share, shareText } from '../../scripts/demo/strategy';

function shares(...of: [base: number, weight: number][]): Share[] {
  return of.map(([base, weight]) => ({ providerName: 'A', base, weight }));
}

test.each<[string, number, Share[], number[]]>([
  ['bases first', 6, shares([4, 0], [0, 1]), [4, 2]],
  ['fewer than the base', 3, shares([4, 0], [0, 1]), [3, 0]],
  ['bases in order', 5, shares([4, 1], [4, 1]), [4, 1]],
  ['the others by weight', 10, shares([2, 3], [0, 1]), [8, 2]],
  ['what weights leave over goes where most is left', 5, shares([0, 1], [0, 3]), [1, 4]],
  ['the first of equals', 3, shares([0, 1], [0, 1]), [2, 1]],
  ['no weight', 5, shares([2, 0], [1, 0]), [2, 1]],
])('%s', (_, tasks, of, expected) => {
  expect(divide(tasks, of)).toEqual(expected);
});

test.each<[Share[], (string | undefined)[]]>([
  [shares([0, 1]), [undefined]],
  [shares([4, 0], [0, 1]), ['the first 4', 'all of the others']],
  [shares([1, 1], [0, 3]), ['the first, then 1 in 4 of the others', '3 in 4 of the others']],
  [shares([0, 1], [0, 0]), ['all', 'none']],
])('shares in words: %j', (of, expected) => {
  expect(of.map((share) => shareText(share, of))).toEqual(expected);
});

test('a service on two pools: both are drawn with their share', () => {
  const strategy = [
    { CapacityProvider: { Ref: 'SpotProvider' }, Base: 2, Weight: 1 },
    { CapacityProvider: { Ref: 'MainProvider' }, Weight: 1 },
  ];
  const Resources = {
    ...pool('inf2.xlarge', 0, 3, 'Spot', { InstanceMarketOptions: { MarketType: 'spot' } }),
    ...pool('inf2.xlarge', 0, 3, 'Main'),
    Task: taskDefinition([4096]),
    Chat: service('Chat', undefined, 4, { CapacityProviderStrategy: strategy }),
  };
  expect(capacities({ Pool: { Resources } })).toBe(
    `
  Capacity Spot: 0 to 3 instances of inf2.xlarge, 1 slice on each host
    host     4 vCPU, 1 chip x 2 NeuronCores
    bought   Spot
    slice    4096 cpu units, 2 NeuronCores
    service  Chat, 4 tasks, 3 here: the first 2, then 1 in 2 of the others
    in use   3 of 3 slices when all tasks run; the drawing fills one host at a time

  3 hosts, each with 1 Chat
  ┌────────┐
  │ Chat   │
  │ chip 0 │
  │ [■■]   │
  └────────┘

  Capacity Main: 0 to 3 instances of inf2.xlarge, 1 slice on each host
    host     4 vCPU, 1 chip x 2 NeuronCores
    bought   On-Demand
    slice    4096 cpu units, 2 NeuronCores
    service  Chat, 4 tasks, 1 here: 1 in 2 of the others
    in use   1 of 3 slices when all tasks run; the drawing fills one host at a time

  1 host with 1 Chat
  ┌────────┐
  │ Chat   │
  │ chip 0 │
  │ [■■]   │
  └────────┘`.slice(1),
  );
});
