import { Finding, Rule } from './rule';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const RESOURCE_REQUIREMENT = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ResourceRequirement.html';

const devicesOneWay = new Rule({
  id: 'devices-one-way',
  level: 'error',
  says: 'A task definition gets its devices in one way: ECS hands them out, or they are mapped by path.',
  source: ECS_NEURON,
});

const deviceOneContainer = new Rule({
  id: 'devices-one-container',
  level: 'error',
  says: 'One container of a task gets the devices that ECS hands out, and it gets all of them.',
  source: RESOURCE_REQUIREMENT,
});

const managedDevicesOnly = new Rule({
  id: 'managed-devices-compatibility',
  level: 'error',
  says: 'ECS hands out devices on Managed Instances only, so the task definition is for these and for nothing else.',
  source: ECS_NEURON,
});

const managedDevicesUnsaid = new Rule({
  id: 'managed-devices-unsaid',
  level: 'warning',
  says: 'A task definition with devices that ECS hands out says that it is for Managed Instances, so that ECS checks it.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html',
});

/** Checks that a container does not get its devices both ways. */
export function checkOneWay(facts: { container: string; mapped: boolean; requested: boolean }): Finding[] {
  return devicesOneWay.when(
    facts.mapped && facts.requested,
    () =>
      `Container ${facts.container} gets Neuron devices in two ways: \`resourceRequirements\` ask ECS for them, and \`linuxParameters\` map them. ` +
      'Use one for the whole task definition.',
  );
}

/** What is checked of a task whose devices ECS hands out. */
export interface ManagedDeviceFacts {
  readonly container: string;
  /** Containers that ask for devices themselves, and how many. */
  readonly requests: { readonly container: string; readonly value: string }[];
  readonly containersThatMap: string[];
  readonly compatibilities?: string[];
}

/** Checks a task definition whose devices ECS hands out. */
export function checkManagedDevices({ container, requests, containersThatMap, compatibilities }: ManagedDeviceFacts): Finding[] {
  const others = requests.filter((request) => request.container !== container);
  const some = requests.find(({ value }) => value !== 'ALL');
  const fits = compatibilities?.length === 1 && compatibilities[0] === 'MANAGED_INSTANCES';
  return [
    ...containersThatMap.flatMap((name) =>
      devicesOneWay.when(
        true,
        () =>
          `Container ${name} maps Neuron devices in \`linuxParameters\`, while ECS hands them out to ${container} by \`resourceRequirements\`. ` +
          'Use one way for the whole task definition.',
      ),
    ),
    ...deviceOneContainer.when(
      others.length > 0,
      () =>
        `At most one container can ask for NeuronDevice in \`resourceRequirements\`, got: ${[container, others[0].container].join(', ')}.`,
    ),
    ...deviceOneContainer.when(
      some !== undefined,
      () => `NeuronDevice in \`resourceRequirements\` of container ${some!.container} must be ALL, got: ${some!.value}.`,
    ),
    ...managedDevicesOnly.when(
      compatibilities !== undefined && !fits,
      () =>
        '`requiresCompatibilities` must be MANAGED_INSTANCES alone for devices that ECS hands out, got: ' +
        `${compatibilities!.join(', ') || 'none'}. On EC2 map them with \`TaskDefinitionNeuronDevices\`.`,
    ),
    ...managedDevicesUnsaid.when(
      compatibilities === undefined,
      () => '`requiresCompatibilities` is not given: ECS finds out at deployment whether the task definition fits. Give MANAGED_INSTANCES.',
    ),
  ];
}
