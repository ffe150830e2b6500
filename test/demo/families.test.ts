import { capacities, pool, PROVIDER, service, taskDefinition } from './support';

test('Gaudi: a task has all chips of a host', () => {
  const Task = taskDefinition([98304], { HABANA_VISIBLE_DEVICES: 'all' });
  expect(capacities({ Pool: { Resources: { ...pool('dl1.24xlarge', 0, 2), Task, Train: service('Train', PROVIDER, 2) } } })).toBe(
    `
  Capacity Inf2: 0 to 2 instances of dl1.24xlarge, 1 slice on each host
    host     96 vCPU, 8 chips
    slice    98304 cpu units, 8 chips
    service  Train, 2 tasks
    in use   2 of 2 slices when all tasks run; the drawing fills one host at a time

  2 hosts, each with 1 Train
  ┌─────────────────────────────────┐
  │ Train                           │
  │ chips 0-7                       │
  │ [■] [■] [■] [■] [■] [■] [■] [■] │
  └─────────────────────────────────┘`.slice(1),
  );
});

test('Gaudi: a task has chips of its own', () => {
  const Resources = {
    ...pool('dl1.24xlarge', 0, 1),
    Task: taskDefinition([24576], { HABANA_VISIBLE_DEVICES: '0,1' }),
    Train: service('Train', PROVIDER),
  };
  expect(capacities({ Pool: { Resources } })).toContain(`
  1 host with 1 Train, 1 free
  ┌───────────┬─────────────────────────┐
  │ Train     │ free                    │
  │ chips 0-1 │ chips 2-7               │
  │ [■] [■]   │ [□] [□] [□] [□] [□] [□] │
  └───────────┴─────────────────────────┘`);
});

test('Elastic Inference: accelerators by network', () => {
  const InferenceAccelerators = ['eia2.medium', 'eia2.medium', 'eia1.xlarge'].map((DeviceType, i) => ({
    DeviceName: `device_${i}`,
    DeviceType,
  }));
  const Task = taskDefinition([1024], {}, { Memory: 2048 }, { InferenceAccelerators });
  expect(capacities({ Pool: { Resources: { ...pool('c5.large', 0, 2), Task, Ssd: service('Ssd', PROVIDER, 2) } } })).toBe(
    `
  Capacity Inf2: 0 to 2 instances of c5.large
    service  Ssd, 2 tasks: 1024 cpu units, 2048 MiB, 2 eia2.medium and 1 eia1.xlarge per task

  2 tasks of Ssd, each with 3 accelerators over the network, on any host
  ┌─────────────┬─────────────┬─────────────┐
  │ Ssd         │ Ssd         │ Ssd         │
  │ eia2.medium │ eia2.medium │ eia1.xlarge │
  │ [■]         │ [■]         │ [■]         │
  └─────────────┴─────────────┴─────────────┘`.slice(1),
  );
});
