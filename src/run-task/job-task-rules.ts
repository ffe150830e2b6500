import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Finding, Rule } from '../rules/rule';

const TASK_DEFINITION = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html';

const jobTask = new Rule({
  id: 'job-task',
  level: 'error',
  says: 'A job must have either a container or a task definition, and what belongs to a task definition only with a container.',
  source: TASK_DEFINITION,
});

const jobTaskCompatible = new Rule({
  id: 'job-task-compatible',
  level: 'error',
  says: 'The task definition of a job must be compatible with its capacity.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html',
});

const jobTaskImported = new Rule({
  id: 'job-task-imported',
  level: 'error',
  says: 'The import of a task definition must say what its job needs to know.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html',
});

/** The props of a job that `checkJobTask` reads. */
export interface JobTaskToCheck {
  /** Whether `container` is given. */
  readonly container: boolean;
  /** Whether `taskDefinition` is given. */
  readonly taskDefinition: boolean;
}

/** The props that say how a job makes its task definition. */
const OF_NEW_TASK_DEFINITIONS = [
  ...[
    'executionRole',
    'family',
    'launcher',
    'logGroup',
    'logRetention',
    'networkMode',
    'sharedMemorySize',
    'taskCpu',
    'taskMemory',
    'taskRole',
  ],
];

/** Checks that a job has one task, and that its props belong to it. */
export function checkJobTask(props: JobTaskToCheck & { containerName?: string }): Finding[] {
  const { container, taskDefinition, containerName } = props;
  const given: Record<string, unknown> = { ...props };
  const others = OF_NEW_TASK_DEFINITIONS.filter((name) => given[name] !== undefined);
  return [
    ...jobTask.when(container === taskDefinition, () =>
      container
        ? 'Give `container` or `taskDefinition`, not both. The task definition already has containers.'
        : 'Give `container`, the main container, or `taskDefinition`, a task definition of your own.',
    ),
    ...jobTask.when(
      taskDefinition && others.length > 0,
      () => `\`${others[0]}\` can't be combined with \`taskDefinition\`. Set it in the task definition, or give \`container\` instead.`,
    ),
    ...jobTask.when(
      !taskDefinition && containerName !== undefined,
      () => '`containerName` belongs to `taskDefinition`. With `container`, set `containerName` of the container.',
    ),
  ];
}

/** Checks that tasks of a task definition can run on a capacity. */
export function checkJobTaskCompatible(taskDefinition: ecs.ITaskDefinition, compatibility: ecs.Compatibility): Finding[] {
  const { isEc2Compatible, isFargateCompatible, isManagedInstancesCompatible } = taskDefinition;
  const [name, fits] =
    compatibility === ecs.Compatibility.FARGATE
      ? ['FARGATE', isFargateCompatible]
      : compatibility === ecs.Compatibility.MANAGED_INSTANCES
        ? ['MANAGED_INSTANCES', isManagedInstancesCompatible]
        : ['EC2', isEc2Compatible];
  return jobTaskCompatible.when(
    !fits,
    () =>
      `\`taskDefinition\` must be compatible with ${name}, because the capacity of the job runs tasks there. Create it with \`compatibility: ecs.Compatibility.${name}\`.`,
  );
}

/** Checks that a task definition has a main container. */
export function checkJobContainer(found: boolean, containerName: string | undefined): Finding[] {
  return jobTask.when(!found, () =>
    containerName === undefined
      ? '`taskDefinition` must have an essential container. Add it before you create the job.'
      : `\`taskDefinition\` must have the container of \`containerName\`, got: ${containerName}. Add it before you create the job.`,
  );
}

/** Checks that an imported task definition says what the job needs. */
export function checkImported(facts: { containerName?: string; networkMode?: ecs.NetworkMode; taskRole: boolean }): Finding[] {
  const attributes = 'Import it with `ecs.TaskDefinition.fromTaskDefinitionAttributes()` and';
  return [
    ...jobTaskImported.when(
      facts.containerName === undefined,
      () => '`containerName` must be given with an imported `taskDefinition`: the name of the container that does the work.',
    ),
    ...jobTaskImported.when(
      facts.networkMode === undefined,
      () => `The imported \`taskDefinition\` must say its network mode. ${attributes} \`networkMode\`.`,
    ),
    ...jobTaskImported.when(
      !facts.taskRole,
      () => `The imported \`taskDefinition\` must say its task role, which the state machine passes to ECS. ${attributes} \`taskRole\`.`,
    ),
  ];
}

/** Checks that a job does not give out what only the app that registered its task definition has. */
export function checkInApp(isInApp: boolean, member: string): Finding[] {
  return jobTaskImported.when(
    !isInApp,
    () => `\`${member}\` is not available, because the task definition of the job is imported. Use the app that registers it.`,
  );
}

/** Checks that a run does not override a size that is not known. */
export function checkImportedSize(overrides: { cpu?: number; memory?: unknown }, sizeKnown: boolean): Finding[] {
  const [name] = Object.entries({ cpu: overrides.cpu, memory: overrides.memory }).find(([, value]) => value !== undefined) ?? [];
  return jobTaskImported.when(
    !sizeKnown && name !== undefined,
    () => `\`${name}\` can't be overridden, because the size of the imported task definition is not known. Leave it out.`,
  );
}
