import { GivenParameter, namedParameter } from './refused-parameter-rules';
import { Finding, known, Rule } from './rule';

const MANAGED_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html';

const managedRefuses = new Rule({
  id: 'managed-refuses',
  level: 'error',
  says: 'A task definition for Managed Instances must not have parameters that Managed Instances refuse.',
  source: MANAGED_TASKS,
});

const managedDisputes = new Rule({
  id: 'managed-disputes',
  level: 'warning',
  says: 'A task definition for Managed Instances should not have Docker labels or volumes with a path on the host, because the public pages disagree about whether Managed Instances accept them.',
  source: MANAGED_TASKS,
});

const managedNetworkMode = new Rule({
  id: 'managed-network-mode',
  level: 'error',
  says: 'Tasks on Managed Instances must be in awsvpc or host network mode.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-networking.html',
});

const managedNetworkModeUnsaid = new Rule({
  id: 'managed-network-mode-unsaid',
  level: 'warning',
  says: 'A task definition for Managed Instances should set its network mode, because the public pages disagree about whether it must.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-networking.html',
});

const managedPlacement = new Rule({
  id: 'managed-placement',
  level: 'error',
  says: 'Placement constraints on Managed Instances can only use attributes that Managed Instances have, and placement strategies must be left out.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html',
});

const ATTRIBUTES = ['ecs.subnet-id', 'ecs.availability-zone', 'ecs.instance-type', 'ecs.cpu-architecture'];

/** Checks parameters that Managed Instances refuse. */
export function checkRefused(given: GivenParameter[]): Finding[] {
  return given.flatMap((parameter) =>
    managedRefuses.when(
      true,
      () =>
        `${namedParameter(parameter)} must be left out, because Managed Instances refuse it. ` +
        (parameter.prop === 'sharedMemorySize'
          ? 'Use `sharedMemorySize` of the service instead, which mounts a tmpfs.'
          : 'If you need it, use a pool of EC2 hosts.'),
    ),
  );
}

/** Checks parameters that public pages disagree about. */
export function checkDisputed(given: GivenParameter[]): Finding[] {
  return given.flatMap((parameter) =>
    managedDisputes.when(
      true,
      () =>
        `Managed Instances may refuse ${namedParameter(parameter)}. The public pages disagree about it. ` +
        'Try it in your account and acknowledge this warning, or leave it out.',
    ),
  );
}

/** Checks the network mode of tasks. */
export function checkManagedNetworkMode(networkMode?: string): Finding[] {
  return [
    ...managedNetworkMode.when(
      known(networkMode) && !['awsvpc', 'host'].includes(networkMode),
      () => `\`networkMode\` must be awsvpc or host on Managed Instances, got: ${networkMode}.`,
    ),
    ...managedNetworkModeUnsaid.when(
      networkMode === undefined,
      () =>
        '`networkMode` is not given. One public page says that Managed Instances require it, another that the default is awsvpc. Use awsvpc.',
    ),
  ];
}

/** Checks the expressions of placement constraints. */
export function checkManagedPlacement(expressions: (string | undefined)[]): Finding[] {
  const used = expressions.flatMap((expression) => (known(expression) ? (expression.match(/attribute:[\w.-]+/g) ?? []) : []));
  const strange = [...new Set(used.map((attribute) => attribute.slice('attribute:'.length)))].filter((name) => !ATTRIBUTES.includes(name));
  return managedPlacement.when(
    strange.length > 0,
    () => `\`placementConstraints\` on Managed Instances can only use ${ATTRIBUTES.join(', ')}, got: ${strange.join(', ')}.`,
  );
}

/** Checks that a service leaves placement to ECS. */
export function checkPlacementStrategies(given: boolean): Finding[] {
  return managedPlacement.when(
    given,
    () => '`placementStrategies` must be left out on Managed Instances, where ECS places tasks by itself. They are for pools of EC2 hosts.',
  );
}
