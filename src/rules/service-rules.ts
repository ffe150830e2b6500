import { Finding, known, Rule } from './rule';
import { givenProps, quoted } from './text';

const SERVICE_PARAMETERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html';

const oneLogTarget = new Rule({
  id: 'one-log-target',
  level: 'error',
  says: 'The destination of logs must be given once: by the container, by a log group, or by the retention of a new log group.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html',
});

const securityGroupsNeedAwsVpc = new Rule({
  id: 'security-groups-need-awsvpc',
  level: 'error',
  says: 'Tasks can only have their own security groups in awsvpc network mode.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
});

/** The maximum number of tasks of a service that is accepted, the largest base of a capacity provider strategy. */
export const MAX_TASKS = 100_000;

const desiredCountWhole = new Rule({
  id: 'desired-count',
  level: 'error',
  says: 'The number of tasks that a service runs, or may scale to, must be a whole number from 0 to 100,000.',
  source: SERVICE_PARAMETERS,
});

const mainContainerEssential = new Rule({
  id: 'main-container-essential',
  level: 'error',
  says: 'The main container must be essential, so that its task ends with it and releases its slice.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html',
});

const capacityOrShortForm = new Rule({
  id: 'capacity-or-short-form',
  level: 'error',
  says: 'A service must have either a capacity, or the props to create its own, but not both.',
  source: SERVICE_PARAMETERS,
});

/** The props of a task that are checked. */
export interface TaskFacts {
  readonly logging: boolean;
  readonly logGroup: boolean;
  readonly logRetention: boolean;
  readonly securityGroups: boolean;
  readonly networkMode: string;
  readonly essential?: boolean;
}

/** Checks the props of a task against each other. */
export function checkTaskProps(facts: TaskFacts): Finding[] {
  const given = [
    facts.logging && '`logging` of `container`',
    facts.logGroup && '`logGroup`',
    facts.logRetention && '`logRetention`',
  ].filter(Boolean);
  return [
    ...oneLogTarget.when(given.length > 1, () => `Give only one of ${given.join(' and ')}, because the others would have no effect.`),
    ...securityGroupsNeedAwsVpc.when(
      facts.securityGroups && facts.networkMode !== 'awsvpc',
      () =>
        `\`securityGroups\` need \`networkMode\` awsvpc, got: ${facts.networkMode}. In this mode tasks use the security group of their hosts. ` +
        'Leave `securityGroups` out and use `connections`.',
    ),
    ...mainContainerEssential.when(
      facts.essential === false,
      () =>
        '`essential` of `container` must not be false, because a task whose main container has ended would keep its slice. Leave it out.',
    ),
  ];
}

/** Checks the number of tasks of a service, or a limit of its auto scaling. `prop` says which one. */
export function checkTaskCount(prop: string, count?: number): Finding[] {
  return desiredCountWhole.when(
    known(count) && !(Number.isInteger(count) && count >= 0 && count <= MAX_TASKS),
    () =>
      `\`${prop}\` must be a whole number of tasks from 0 to ${MAX_TASKS}, got: ${count}. ` +
      'The default quota of Amazon ECS is 5000 tasks for each service.',
  );
}

/** Checks that a service has either a capacity or the props in `shortForm` to create its own, of which `required` must be given. */
export function checkWhereItRuns(capacityGiven: boolean, shortForm: Record<string, unknown>, required: string[]): Finding[] {
  const given = givenProps(shortForm);
  const missing = required.filter((prop) => shortForm[prop] === undefined);

  return [
    ...capacityOrShortForm.when(
      capacityGiven && given.length > 0,
      () => `Give \`capacity\` or ${quoted(given)}, not both. Set ${quoted(given)} on the capacity instead.`,
    ),
    ...capacityOrShortForm.when(
      !capacityGiven && missing.length > 0,
      () => `Give \`capacity\`, or ${quoted(required)} to create one for the service. Missing: ${quoted(missing)}.`,
    ),
  ];
}
