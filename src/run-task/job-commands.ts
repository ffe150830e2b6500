import { Aws, aws_ecs as ecs, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { isKnown, providerOf } from './job-array-strategy';
import { inputOf } from './job-input';
import { JobOverrides } from './job-overrides';
import { JobSetup, memoryOverride, placementConstraintsOf, placementStrategiesOf } from './job-setup';
import { json, word } from './shell';
import { known } from '../rules/rule';

/**
 * The `aws ecs run-task` command that runs the tasks of a job, ready to paste into a shell. Independent tasks of which there are several get
 * their index from a loop.
 */
export function runTaskCommand(scope: Construct, job: JobSetup, overrides: JobOverrides): string {
  const count = overrides.count ?? job.count;
  const { capacityProviderStrategies: strategy } = job.capacity;
  if (job.nodes !== undefined || count === 1) return oneCommand(scope, job, { overrides, strategy, count });
  if (!divides(job, count)) {
    return loop(`$(seq 0 $((${Tokenization.stringifyNumber(count)} - 1)))`, commandOfTask(scope, job, overrides, count, strategy));
  }
  const indexes = Array.from({ length: count }, (_, index) => index);
  return strategy
    .map((one, number) => ({ one, mine: indexes.filter((index) => providerOf(index, strategy) === number) }))
    .filter(({ mine }) => mine.length > 0)
    .map(({ one, mine }) =>
      loop(mine.join(' '), commandOfTask(scope, job, overrides, count, [{ capacityProvider: one.capacityProvider, weight: 1 }])),
    )
    .join('; ');
}

const INDEX = 'JOB_ARRAY_INDEX';

function loop(indexes: string, command: string): string {
  return `for ${INDEX} in ${indexes}; do ${command}; done`;
}

/** Whether the tasks divide over several providers, and how is known at synth. */
function divides({ capacity: { capacityProviderStrategies } }: JobSetup, count: number): boolean {
  return known(count) && capacityProviderStrategies.length > 1 && capacityProviderStrategies.every(isKnown);
}

/** The command for the task whose index is in the variable of the loop. */
function commandOfTask(
  scope: Construct,
  job: JobSetup,
  overrides: JobOverrides,
  count: number,
  strategy: ecs.CapacityProviderStrategy[],
): string {
  const environment = { ...overrides.environment, [INDEX]: `\${${INDEX}}`, JOB_ARRAY_SIZE: Tokenization.stringifyNumber(count) };
  return oneCommand(scope, job, { overrides: { ...overrides, environment }, strategy, count: 1 });
}

interface RunTaskCall {
  readonly overrides: JobOverrides;
  readonly strategy: ecs.CapacityProviderStrategy[];
  readonly count: number;
}

function oneCommand(scope: Construct, job: JobSetup, { overrides, strategy, count }: RunTaskCall): string {
  const { capacity, task, network } = job;
  const constraints = placementConstraintsOf(job);
  const strategies = placementStrategiesOf(job);
  const awsvpcConfiguration = network.awsVpc;
  const overridden = taskOverrides(job, overrides);
  return [
    'aws ecs run-task',
    `--region ${Aws.REGION}`,
    `--cluster ${word(capacity.cluster.clusterName)}`,
    `--task-definition ${word(task.taskDefinitionArn)}`,
    `--count ${Tokenization.stringifyNumber(count)}`,
    `--capacity-provider-strategy ${json(scope, strategy)}`,
    constraints.length > 0 && `--placement-constraints ${json(scope, constraints)}`,
    strategies.length > 0 && `--placement-strategy ${json(scope, strategies)}`,
    awsvpcConfiguration && `--network-configuration ${json(scope, { awsvpcConfiguration })}`,
    overridden && `--overrides ${json(scope, overridden, INDEX)}`,
    job.enableExecuteCommand && '--enable-execute-command',
    '--enable-ecs-managed-tags',
    '--propagate-tags TASK_DEFINITION',
  ]
    .filter(Boolean)
    .join(' ');
}

/** The `aws stepfunctions start-execution` command that starts a job, ready to paste into a shell. */
export function startExecutionCommand(scope: Construct, stateMachineArn: string, overrides: JobOverrides): string {
  return [
    'aws stepfunctions start-execution',
    `--region ${Aws.REGION}`,
    `--state-machine-arn ${word(stateMachineArn)}`,
    `--input ${json(scope, inputOf(overrides))}`,
  ].join(' ');
}

/** Overrides in the format of the ECS API. Undefined if there are none. */
function taskOverrides(job: JobSetup, { command, environment, cpu, memory }: JobOverrides): Record<string, unknown> | undefined {
  if ([command, environment, cpu, memory].every((value) => value === undefined)) return undefined;
  const memoryOf = memoryOverride(job);
  const memoryMiB = memory?.toMebibytes();
  return {
    cpu: cpu === undefined ? undefined : Tokenization.stringifyNumber(cpu),
    memory: memoryMiB === undefined || memoryOf !== 'task' ? undefined : Tokenization.stringifyNumber(memoryMiB),
    containerOverrides: [
      {
        name: job.task.containerName,
        command,
        environment: environment && Object.entries(environment).map(([name, value]) => ({ name, value })),
        memory: memoryOf === 'Memory' ? memoryMiB : undefined,
        memoryReservation: memoryOf === 'MemoryReservation' ? memoryMiB : undefined,
      },
    ],
  };
}
