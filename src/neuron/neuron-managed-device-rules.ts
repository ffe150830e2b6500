import { Finding, Rule } from '../rules/rule';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const RESOURCE_REQUIREMENT = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ResourceRequirement.html';

const devicesOneWay = new Rule({
  id: 'devices-one-way',
  level: 'error',
  says: 'A task definition must get its devices in one way only: either ECS allocates them, or they are mapped by path.',
  source: ECS_NEURON,
});

const deviceOneContainer = new Rule({
  id: 'devices-one-container',
  level: 'error',
  says: 'Exactly one container of a task can get the devices that ECS allocates, and it must get all of them.',
  source: RESOURCE_REQUIREMENT,
});

const managedDevicesOnly = new Rule({
  id: 'managed-devices-compatibility',
  level: 'error',
  says: 'A task definition whose devices ECS allocates must be compatible with Managed Instances only, because ECS allocates devices nowhere else.',
  source: ECS_NEURON,
});

const managedDevicesUnsaid = new Rule({
  id: 'managed-devices-unsaid',
  level: 'warning',
  says: 'A task definition whose devices ECS allocates should require compatibility with Managed Instances, so that ECS validates it.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html',
});

const manualNeedsOneType = new Rule({
  id: 'manual-devices-one-type',
  level: 'error',
  says: 'Managed Instances must have exactly one instance type if devices are mapped by path, because device paths fit one type.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

/** Checks that a container does not get its devices in both ways. */
export function checkOneWay(facts: { container: string; mapped: boolean; requested: boolean }): Finding[] {
  return devicesOneWay.when(
    facts.mapped && facts.requested,
    () =>
      `Container ${facts.container} gets Neuron devices in two ways: \`resourceRequirements\` request them from ECS, and \`linuxParameters\` map them. ` +
      'Use one way for the whole task definition.',
  );
}

/** The facts about a task whose devices ECS allocates that are checked. */
export interface ManagedDeviceFacts {
  readonly container: string;
  /** The containers that request devices themselves, and how many each requests. */
  readonly requests: { readonly container: string; readonly value: string }[];
  readonly containersThatMap: string[];
  readonly compatibilities?: string[];
}

/** Checks a task definition whose devices ECS allocates. */
export function checkManagedDevices({ container, requests, containersThatMap, compatibilities }: ManagedDeviceFacts): Finding[] {
  const others = requests.filter((request) => request.container !== container);
  const some = requests.find(({ value }) => value !== 'ALL');
  const fits = compatibilities?.length === 1 && compatibilities[0] === 'MANAGED_INSTANCES';
  return [
    ...containersThatMap.flatMap((name) =>
      devicesOneWay.when(
        true,
        () =>
          `Container ${name} maps Neuron devices in \`linuxParameters\`, but \`resourceRequirements\` give all of them to ${container}. ` +
          'Use one way for the whole task definition.',
      ),
    ),
    ...deviceOneContainer.when(
      others.length > 0,
      () =>
        `At most one container can request NeuronDevice in \`resourceRequirements\`, got: ${[container, others[0].container].join(', ')}.`,
    ),
    ...deviceOneContainer.when(
      some !== undefined,
      () => `NeuronDevice in \`resourceRequirements\` of container ${some?.container} must be ALL, got: ${some?.value}.`,
    ),
    ...managedDevicesOnly.when(
      compatibilities !== undefined && !fits,
      () =>
        '`requiresCompatibilities` must be MANAGED_INSTANCES alone if ECS allocates the devices, got: ' +
        `${compatibilities?.join(', ') || 'none'}. On EC2, map them with \`TaskDefinitionNeuronDevices\`.`,
    ),
    ...managedDevicesUnsaid.when(
      compatibilities === undefined,
      () =>
        '`requiresCompatibilities` is not given, so ECS only finds out at deployment whether the task definition fits. Use MANAGED_INSTANCES.',
    ),
  ];
}

/** Checks that devices mapped by path fit every host. */
export function checkManualTypes(types: { readonly name: string }[]): Finding[] {
  return manualNeedsOneType.when(
    types.length > 1,
    () =>
      '`deviceAllocation` MANUAL maps the device paths of one instance type, so `instanceTypes` must have exactly one, ' +
      `got: ${types.map(({ name }) => name).join(', ')}. Use one type, or MANAGED.`,
  );
}
