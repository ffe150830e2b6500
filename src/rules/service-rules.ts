import { Finding, known, Rule } from './rule';

const SERVICE_PARAMETERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html';

const oneLogTarget = new Rule({
  id: 'one-log-target',
  level: 'error',
  says: 'Where logs go is given once: by the container, by a log group, or by the retention of a new one.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html',
});

const securityGroupsNeedAwsVpc = new Rule({
  id: 'security-groups-need-awsvpc',
  level: 'error',
  says: 'Tasks have security groups of their own in awsvpc network mode only.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
});

const desiredCountWhole = new Rule({
  id: 'desired-count',
  level: 'error',
  says: 'The desired count is a whole number of tasks, 0 or more.',
  source: SERVICE_PARAMETERS,
});

const mainContainerEssential = new Rule({
  id: 'main-container-essential',
  level: 'error',
  says: 'The main container is essential: its task ends with it, and gives its slice back.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html',
});

const capacityOrShortForm = new Rule({
  id: 'capacity-or-short-form',
  level: 'error',
  says: 'A service is given a capacity, or what to make one of its own from, and not both.',
  source: SERVICE_PARAMETERS,
});

/** What is checked of a task's own props. */
export interface TaskFacts {
  readonly logging: boolean;
  readonly logGroup: boolean;
  readonly logRetention: boolean;
  readonly securityGroups: boolean;
  readonly networkMode: string;
  readonly essential?: boolean;
}

/** Checks the props of a task that exclude each other. */
export function checkTaskProps(facts: TaskFacts): Finding[] {
  const given = [
    facts.logging && '`logging` of `container`',
    facts.logGroup && '`logGroup`',
    facts.logRetention && '`logRetention`',
  ].filter(Boolean);
  return [
    ...oneLogTarget.when(given.length > 1, () => `Give only one of ${given.join(' and ')}: the others would have no effect.`),
    ...securityGroupsNeedAwsVpc.when(
      facts.securityGroups && facts.networkMode !== 'awsvpc',
      () =>
        `\`securityGroups\` are for \`networkMode\` awsvpc, got: ${facts.networkMode}. In this mode tasks have the security group of their hosts: ` +
        'leave them out, and use `connections`.',
    ),
    ...mainContainerEssential.when(
      facts.essential === false,
      () => '`essential` of `container` must not be false: a task whose main container has ended would keep its slice. Leave it out.',
    ),
  ];
}

/** Checks the desired count of a service. */
export function checkDesiredCount(desiredCount?: number): Finding[] {
  return desiredCountWhole.when(
    known(desiredCount) && !(Number.isInteger(desiredCount) && desiredCount! >= 0),
    () => `\`desiredCount\` must be a whole number of tasks, 0 or more, got: ${desiredCount}.`,
  );
}

/** Checks that a service is told in one way where it runs. `shortForm` holds what a capacity of its own would be made from. */
export function checkWhereItRuns(capacityGiven: boolean, shortForm: Record<string, unknown>, required: string[]): Finding[] {
  const given = Object.keys(shortForm).filter((prop) => shortForm[prop] !== undefined);
  const missing = required.filter((prop) => shortForm[prop] === undefined);
  const names = (props: string[]) => props.map((prop) => `\`${prop}\``).join(' and ');
  return [
    ...capacityOrShortForm.when(
      capacityGiven && given.length > 0,
      () => `Give \`capacity\` or ${names(given)}, not both: the capacity that you made decides. Move ${names(given)} there.`,
    ),
    ...capacityOrShortForm.when(
      !capacityGiven && missing.length > 0,
      () => `Give \`capacity\`, or ${names(required)} for one of the service's own. Missing: ${names(missing)}.`,
    ),
  ];
}
