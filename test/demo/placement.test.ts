import { place } from '../../scripts/demo/placement';

const pool = { minInstances: 0, maxInstances: 4 };

test('full hosts look alike and come once', () => {
  expect(place([{ name: 'A', tasks: 24 }], 12, pool)).toEqual({
    hosts: [{ count: 2, parts: Array.from({ length: 12 }, () => 'A') }],
    waiting: [],
  });
});

test('the next workload fills up the host that the one before began', () => {
  const demands = [
    { name: 'A', tasks: 3 },
    { name: 'B', tasks: 2 },
  ];
  expect(place(demands, 2, pool).hosts).toEqual([
    { count: 1, parts: ['A', 'A'] },
    { count: 1, parts: ['A', 'B'] },
    { count: 1, parts: ['B', undefined] },
  ]);
});

test('tasks wait when the pool has no host left', () => {
  const demands = [
    { name: 'A', tasks: 7 },
    { name: 'B', tasks: 3 },
  ];
  expect(place(demands, 2, pool)).toEqual({
    hosts: [
      { count: 3, parts: ['A', 'A'] },
      { count: 1, parts: ['A', 'B'] },
    ],
    waiting: [{ name: 'B', tasks: 2 }],
  });
});

test('hosts that are kept are there though nothing runs on them', () => {
  expect(place([{ name: 'A', tasks: 1 }], 2, { minInstances: 3, maxInstances: 4 }).hosts).toEqual([
    { count: 1, parts: ['A', undefined] },
    { count: 2, parts: [undefined, undefined] },
  ]);
});

test('no host runs for no task', () => {
  expect(place([{ name: 'A', tasks: 0 }], 2, pool)).toEqual({ hosts: [], waiting: [] });
});
