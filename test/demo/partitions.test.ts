import { capacities, pool, PROVIDER, TemplateResources, service, taskDefinition } from './support';

/** A task with these chips of its own, and a host port for each. */
function fixed(chips: number[], environment: Record<string, string> = {}): TemplateResources[string] {
  return taskDefinition([1024], environment, {
    LinuxParameters: { Devices: chips.map((chip) => ({ HostPath: `/dev/neuron${chip}`, ContainerPath: `/dev/neuron${chip}` })) },
    PortMappings: [
      { ContainerPort: 8080, HostPort: 0, Protocol: 'tcp' },
      ...chips.map((chip) => ({ ContainerPort: 29200 + chip, HostPort: 29200 + chip, Protocol: 'udp' })),
    ],
  });
}

/** A pool with a service for each of these tasks. */
function report(instanceType: string, max: number, tasks: Record<string, { task: TemplateResources[string]; count?: number }>): string {
  const Resources = Object.entries(tasks).reduce<TemplateResources>(
    (all, [name, { task, count = 1 }]) => ({
      ...all,
      [`${name}Task`]: task,
      [name]: service(name, PROVIDER, count, { TaskDefinition: { Ref: `${name}Task` } }),
    }),
    pool(instanceType, 0, max),
  );
  return capacities({ Pool: { Resources } });
}

test('hosts divided unequally: one task a host for each partition, free chips between', () => {
  expect(report('inf2.24xlarge', 3, { Large: { task: fixed([2, 3, 4]), count: 2 }, Small: { task: fixed([0]) } })).toBe(
    `
  Capacity Inf2: 0 to 3 instances of inf2.24xlarge, in partitions
    host     96 vCPU, 6 chips x 2 NeuronCores
    service  Large, 2 tasks: chips 2-4, reserved by host ports 29202-29204
    service  Small, 1 task: chip 0, reserved by host port 29200
    in use   7 of 18 chips when all tasks run; the drawing fills one host at a time

  1 host with 1 Large, 1 Small, 2 free
  ┌────────┬────────┬────────────────┬────────┐
  │ Small  │ free   │ Large          │ free   │
  │ chip 0 │ chip 1 │ chips 2-4      │ chip 5 │
  │ [■■]   │ [□□]   │ [■■] [■■] [■■] │ [□□]   │
  └────────┴────────┴────────────────┴────────┘

  1 host with 1 Large, 3 free
  ┌────────┬────────┬────────────────┬────────┐
  │ free   │ free   │ Large          │ free   │
  │ chip 0 │ chip 1 │ chips 2-4      │ chip 5 │
  │ [□□]   │ [□□]   │ [■■] [■■] [■■] │ [□□]   │
  └────────┴────────┴────────────────┴────────┘`.slice(1),
  );
});

test('two services of one partition are on different hosts, and one waits where there is none', () => {
  const text = report('inf2.24xlarge', 1, { A: { task: fixed([0, 1]) }, B: { task: fixed([0, 1]) } });
  expect(text).toContain('in use   2 of 6 chips');
  expect(text).toContain('  1 host with 1 A, 1 free\n');
  expect(text).toContain('  1 task of B must wait: the capacity has no free partition with these chips');
});

test('a task with the devices of the whole host is one of a partition too', () => {
  const text = report('inf2.24xlarge', 2, { Part: { task: taskDefinition([1024]) }, Half: { task: fixed([0, 1, 2]) } });
  expect(text).toContain('not drawn: Half has some, but not all, of the chips 0-5 of another workload');
});

test.each([
  ['chips apart', { A: { task: fixed([0, 2]) } }, 'A has chips 0, 2, which are not adjacent chips of a host'],
  ['chips that there are not', { A: { task: fixed([6]) } }, 'A has chips 6, which are not adjacent chips of a host'],
  [
    'chips of another',
    { A: { task: fixed([0, 1]) }, B: { task: fixed([1, 2]) } },
    'B has some, but not all, of the chips 0-1 of another workload',
  ],
  [
    'any chips beside fixed ones',
    { A: { task: fixed([0]) }, B: { task: taskDefinition([1024], { NEURON_RT_NUM_CORES: '2' }) } },
    'B may take any chips, but others have fixed chips',
  ],
])('what would give a false picture: %s', (_, tasks, reason) => {
  expect(report('inf2.24xlarge', 1, tasks)).toContain(`    not drawn: ${reason}`);
});

test('partitions that do not fit beside each other are below each other, equally wide', () => {
  const chips = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
  const text = report('trn2.48xlarge', 1, { A: { task: fixed(chips(0, 12)) }, B: { task: fixed(chips(12, 4)) } });
  const drawn = text.slice(text.indexOf('┌')).split('\n');
  expect(new Set(drawn.map((line) => line.trim().length)).size).toBe(1);
  expect(drawn[3].length).toBeLessThanOrEqual(100);
  expect(text).toContain('│ chips 12-15');
});
