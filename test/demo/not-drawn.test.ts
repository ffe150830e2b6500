import { capacities, pool, PROVIDER, TemplateResources, service, taskDefinition } from './support';

/** The report on one stack, as lines. */
function lines(resources: TemplateResources): string[] {
  return capacities({ Pool: { Resources: resources } }).split('\n');
}

test('a pool without accelerators: what runs there, and what it asks for', () => {
  const Task = taskDefinition([768, 256], {}, { MemoryReservation: 512 });
  expect(lines({ ...pool('m5.large', 0, 2), Task, A: service('A', PROVIDER, 3) })).toEqual([
    '  Capacity Inf2: 0 to 2 instances of m5.large',
    '    service  A, 3 tasks: 1024 cpu units and 512 MiB per task',
    '    not drawn: the demo knows no accelerators of this instance type',
  ]);
});

test('Fargate, by strategy and by launch type', () => {
  const Task = taskDefinition([256], {}, {}, { Cpu: '1024', Memory: '2048' });
  const strategy = [
    { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
  ];
  const Spot = service('Spot', undefined, 9, { CapacityProviderStrategy: strategy });
  const Plain = service('Plain', undefined, 1, { CapacityProviderStrategy: undefined, LaunchType: 'FARGATE' });
  expect(lines({ Task, Spot, Plain })).toEqual([
    '  Capacity FARGATE: no accelerators, no hosts of your own',
    '    service  Spot, 9 tasks, 3 here: the first, then 1 in 4 of the others: 1024 cpu units and 2048',
    '             MiB per task',
    '    service  Plain, 1 task: 1024 cpu units and 2048 MiB per task',
    '',
    '  Capacity FARGATE_SPOT: no accelerators, no hosts of your own',
    '    service  Spot, 9 tasks, 6 here: 3 in 4 of the others: 1024 cpu units and 2048 MiB per task',
  ]);
});

test.each([
  [
    'a capacity provider that no stack makes',
    [{ CapacityProvider: { 'Fn::ImportValue': 'Other:Provider' }, Weight: 1 }],
    undefined,
    'elsewhere',
  ],
  ['a capacity provider by a name that no stack gives', [{ CapacityProvider: 'gpus', Weight: 1 }], undefined, 'gpus'],
  ['the launch type EC2', undefined, 'EC2', 'EC2'],
  ['the default of the cluster', undefined, undefined, 'by default'],
])('%s', (_, CapacityProviderStrategy, LaunchType, name) => {
  const A = service('A', undefined, 1, { CapacityProviderStrategy, LaunchType });
  expect(lines({ Task: taskDefinition([0]), A })).toEqual([
    `  Capacity ${name}: not drawn, because the templates do not describe its hosts`,
    '    service  A, 1 task',
  ]);
});

test('a capacity provider by the name that a stack gives', () => {
  const named = pool('inf2.xlarge', 0, 1);
  const Provider = { ...named.Provider, Properties: { ...named.Provider.Properties, Name: 'inf2-pool' } };
  const text = lines({ ...named, Provider, Task: taskDefinition([4096]), A: service('A', 'inf2-pool') });
  expect(text).toContain('  1 host with 1 A');
});

test.each([
  [
    'too many cores',
    taskDefinition([32768], { NEURON_RT_NUM_CORES: '5' }),
    '3 tasks on a host of Inf2 take 5 NeuronCores each, but inf2.24xlarge has 12',
  ],
  ['more tasks than cores', taskDefinition([1024]), '96 tasks fit on a host of Inf2 by cpu units, but inf2.24xlarge has 12 NeuronCores'],
  ['no cpu units', taskDefinition([0]), 'tasks take 0 cpu units, but must all take the same number above 0'],
])('what would give a false picture: %s', (_, Task, reason) => {
  expect(lines({ ...pool('inf2.24xlarge', 0, 1), Task, A: service('A', PROVIDER) })).toContain(`    not drawn: ${reason}`);
});

test('tasks of different sizes', () => {
  const Resources = {
    ...pool('inf2.24xlarge', 0, 1),
    Task: taskDefinition([32768]),
    A: service('A', PROVIDER),
    Other: taskDefinition([16384]),
    B: service('B', PROVIDER, 1, { TaskDefinition: { Ref: 'Other' } }),
  };
  expect(lines(Resources)).toEqual([
    '  Capacity Inf2: 0 to 1 instance of inf2.24xlarge',
    '    service  A, 1 task: 32768 cpu units per task',
    '    service  B, 1 task: 16384 cpu units per task',
    '    not drawn: tasks take 32768 and 16384 cpu units, but must all take the same number above 0',
  ]);
});

test('counts that only a parameter says', () => {
  const parameter = { Ref: 'Parameter' };
  const Task = taskDefinition([4096]);
  expect(lines({ ...pool('inf2.xlarge', 0, parameter), Task, A: service('A', PROVIDER) })).toEqual([
    '  Capacity Inf2: instances of inf2.xlarge',
    '    service  A, 1 task: 4096 cpu units per task',
    '    not drawn: the number of hosts or tasks is set by a parameter',
  ]);
  const B = service('B', PROVIDER, undefined, { DesiredCount: parameter });
  expect(lines({ ...pool('inf2.xlarge', 0, 1), Task, B })).toEqual([
    '  Capacity Inf2: 0 to 1 instance of inf2.xlarge',
    '    service  B, a number of tasks set by a parameter: 4096 cpu units per task',
    '    not drawn: the number of hosts or tasks is set by a parameter',
  ]);
});

test('a line that is too long goes on in the next', () => {
  const name = 'a-service-with-a-long-name/'.repeat(3);
  const Resources = { Task: taskDefinition([256], {}, { Memory: 512 }), A: service(name, 'FARGATE') };
  expect(lines(Resources).slice(1)).toEqual([`    service  ${name}, 1`, '             task: 256 cpu units and 512 MiB per task']);
});
