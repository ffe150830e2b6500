import { Finding, known, Rule } from './rule';

const MANAGED_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html';

const managedRefuses = new Rule({
  id: 'managed-refuses',
  level: 'error',
  says: 'A task definition for Managed Instances has none of the parameters that these refuse.',
  source: MANAGED_TASKS,
});

const managedDisputes = new Rule({
  id: 'managed-disputes',
  level: 'warning',
  says: 'The public pages disagree about whether Managed Instances take Docker labels, and volumes with a path on the host.',
  source: MANAGED_TASKS,
});

const managedNetworkMode = new Rule({
  id: 'managed-network-mode',
  level: 'error',
  says: 'Tasks on Managed Instances are in awsvpc or host network mode.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-networking.html',
});

const managedNetworkModeUnsaid = new Rule({
  id: 'managed-network-mode-unsaid',
  level: 'warning',
  says: 'A task definition for Managed Instances says its network mode. The public pages disagree about whether it has to.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-networking.html',
});

const managedPlacement = new Rule({
  id: 'managed-placement',
  level: 'error',
  says: 'Tasks are placed on Managed Instances by the attributes that these have, and by no strategy: ECS places them itself.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html',
});

const ATTRIBUTES = ['ecs.subnet-id', 'ecs.availability-zone', 'ecs.instance-type', 'ecs.cpu-architecture'];

/** A parameter that is given, and the container that has it; the task itself where there is none. */
export interface GivenParameter {
  readonly prop: string;
  readonly container?: string;
}

/** Checks parameters that Managed Instances refuse. */
export function checkRefused(given: GivenParameter[]): Finding[] {
  return given.flatMap(({ prop, container }) =>
    managedRefuses.when(
      true,
      () =>
        `\`${prop}\` of ${container === undefined ? 'the task' : `container ${container}`} must be left out: Managed Instances refuse it. ` +
        (prop === 'sharedMemorySize'
          ? 'Use `sharedMemorySize` of the service instead, which mounts a tmpfs.'
          : 'Else use a pool of EC2 hosts.'),
    ),
  );
}

/** Checks parameters that the pages disagree about. */
export function checkDisputed(given: GivenParameter[]): Finding[] {
  return given.flatMap(({ prop, container }) =>
    managedDisputes.when(
      true,
      () =>
        `\`${prop}\` of ${container === undefined ? 'the task' : `container ${container}`} may be refused by Managed Instances: the pages disagree. ` +
        'Try it in your account and acknowledge this, or leave it out.',
    ),
  );
}

/** Checks a network mode. */
export function checkManagedNetworkMode(networkMode?: string): Finding[] {
  return [
    ...managedNetworkMode.when(
      known(networkMode) && !['awsvpc', 'host'].includes(networkMode!),
      () => `\`networkMode\` must be awsvpc or host on Managed Instances, got: ${networkMode}.`,
    ),
    ...managedNetworkModeUnsaid.when(
      networkMode === undefined,
      () =>
        '`networkMode` is not given: one public page says that it must be on Managed Instances, another that it is awsvpc then. Give awsvpc.',
    ),
  ];
}

/** Checks what tasks are placed by. */
export function checkManagedPlacement(expressions: (string | undefined)[]): Finding[] {
  const used = expressions.filter((expression) => known(expression)).flatMap((expression) => expression!.match(/attribute:[\w.-]+/g) ?? []);
  const strange = [...new Set(used.map((attribute) => attribute.slice('attribute:'.length)))].filter((name) => !ATTRIBUTES.includes(name));
  return managedPlacement.when(
    strange.length > 0,
    () => `\`placementConstraints\` on Managed Instances know ${ATTRIBUTES.join(', ')}, got: ${strange.join(', ')}.`,
  );
}

/** Checks that ECS is left to place the tasks of a service. */
export function checkPlacementStrategies(given: boolean): Finding[] {
  return managedPlacement.when(
    given,
    () => '`placementStrategies` must be left out on Managed Instances: ECS places tasks itself. They are for pools of EC2 hosts.',
  );
}
