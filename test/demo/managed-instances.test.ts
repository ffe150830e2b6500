import { capacities, TemplateResources, service, taskDefinition } from './support';

const ALL = { ResourceRequirements: [{ Type: 'NeuronDevice', Value: 'ALL' }] };
const TASK = taskDefinition([0], {}, ALL);
const MANAGED = { Ref: 'Managed' };

/** A capacity provider for Managed Instances as a template has it. */
function managed(AllowedInstanceTypes: string[] | undefined, CapacityOptionType?: string): TemplateResources {
  const InstanceLaunchTemplate = { CapacityOptionType, InstanceRequirements: { AllowedInstanceTypes } };
  return {
    Managed: {
      Type: 'AWS::ECS::CapacityProvider',
      Properties: { ManagedInstancesProvider: { InstanceLaunchTemplate } },
      Metadata: { 'aws:cdk:path': 'App/Managed/CapacityProvider/CapacityProvider' },
    },
  };
}

function report(resources: TemplateResources): string {
  return capacities({ App: { Resources: resources } });
}

test('a task has all Neuron devices of a host of its own', () => {
  const Resources = {
    ...managed(['inf2.24xlarge'], 'SPOT'),
    Task: TASK,
    Chat: service('Chat', MANAGED, 2),
    Code: service('Code', MANAGED),
  };
  expect(report(Resources)).toBe(
    `
  Capacity Managed: Managed Instances of inf2.24xlarge
    host     96 vCPU, 6 chips x 2 NeuronCores
    bought   Spot
    service  Chat, 2 tasks
    service  Code, 1 task
    in use   3 hosts when all tasks run, one for each task

  2 hosts, each with 1 Chat
  ┌───────────────────────────────┐
  │ Chat                          │
  │ chips 0-5                     │
  │ [■■] [■■] [■■] [■■] [■■] [■■] │
  └───────────────────────────────┘

  1 host with 1 Code
  ┌───────────────────────────────┐
  │ Code                          │
  │ chips 0-5                     │
  │ [■■] [■■] [■■] [■■] [■■] [■■] │
  └───────────────────────────────┘`.slice(1),
  );
});

test('instance types with the same chips are drawn as one', () => {
  const text = report({ ...managed(['inf2.xlarge', 'inf2.8xlarge']), Task: TASK, Chat: service('Chat', MANAGED) });
  expect(text).toContain('Managed Instances of inf2.xlarge or inf2.8xlarge\n    host     4 or 32 vCPU, 1 chip x 2 NeuronCores');
  expect(text).toContain('  1 host with 1 Chat\n');
});

test('instance types with different chips are told in words', () => {
  const Resources = { ...managed(['inf2.8xlarge', 'inf2.24xlarge', 'inf2.48xlarge']), Task: TASK, Chat: service('Chat', MANAGED, 2) };
  expect(report(Resources)).toBe(
    `
  Capacity Managed: Managed Instances of inf2.8xlarge, inf2.24xlarge or inf2.48xlarge
    service  Chat, 2 tasks
    not drawn: each task has its own host, and ECS chooses its type: inf2.8xlarge with 1 chip,
    inf2.24xlarge with 6 chips or inf2.48xlarge with 12 chips`.slice(1),
  );
});

test.each([
  [['inf2.*'], 'Managed Instances of inf2.*', 'the demo knows no accelerators of this instance type'],
  [
    ['inf2.xlarge', 'm7i.large'],
    'Managed Instances of inf2.xlarge or m7i.large',
    'the demo knows no accelerators of one of these instance types',
  ],
  [undefined, 'Managed Instances of types that ECS chooses by their attributes', 'the demo knows no accelerators of this instance type'],
])('instance types %j', (types, title, reason) => {
  const text = report({ ...managed(types), Task: TASK, Chat: service('Chat', MANAGED) });
  expect(text).toBe(`  Capacity Managed: ${title}\n    service  Chat, 1 task\n    not drawn: ${reason}`);
});

test('devices that are mapped by path, and cpu units that leave no room for a second task', () => {
  const devices = { LinuxParameters: { Devices: [{ HostPath: '/dev/neuron0' }] } };
  const Resources = { ...managed(['inf2.xlarge']), Chat: service('Chat', MANAGED, 2) };
  expect(report({ ...Resources, Task: taskDefinition([2049], {}, devices) })).toContain('  2 hosts, each with 1 Chat\n');
  expect(report({ ...Resources, Task: taskDefinition([2048], {}, devices) })).toContain(
    '    not drawn: tasks of Chat do not take a whole host, and ECS chooses which tasks share one',
  );
});

test('a reservation', () => {
  expect(report(managed(['trn1.2xlarge'], 'RESERVED'))).toBe(
    `
  Capacity Managed: Managed Instances of trn1.2xlarge
    bought   capacity reservation
    nothing runs on it`.slice(1),
  );
});

test('more instance types than a line takes', () => {
  const types = ['inf2.xlarge', 'inf2.8xlarge', 'inf2.24xlarge', 'inf2.48xlarge', 'trn1.2xlarge', 'trn1.32xlarge'];
  expect(report(managed(types)).split('\n').slice(0, 2)).toEqual([
    '  Capacity Managed: Managed Instances of inf2.xlarge, inf2.8xlarge, inf2.24xlarge, inf2.48xlarge,',
    '    trn1.2xlarge or trn1.32xlarge',
  ]);
});
