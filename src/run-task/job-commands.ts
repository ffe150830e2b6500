import { Aws, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inputOf } from './job-input';
import { JobOverrides } from './job-overrides';
import { JobSetup, memoryOverride, placementConstraintsOf, placementStrategiesOf } from './job-setup';
import { json, word } from './shell';

/** The `aws ecs run-task` command that runs the tasks of a job, ready to paste into a shell. */
export function runTaskCommand(scope: Construct, job: JobSetup, overrides: JobOverrides): string {
  const { capacity, task, network } = job;
  const constraints = placementConstraintsOf(job);
  const strategies = placementStrategiesOf(job);
  const awsvpcConfiguration = network.awsVpc;
  const overridden = taskOverrides(job, overrides);
  return [
    'aws ecs run-task',
    `--region ${Aws.REGION}`,
    `--cluster ${word(capacity.cluster.clusterName)}`,
    `--task-definition ${word(task.taskDefinition.taskDefinitionArn)}`,
    `--count ${Tokenization.stringifyNumber(overrides.count ?? job.count)}`,
    `--capacity-provider-strategy ${json(scope, capacity.capacityProviderStrategies)}`,
    constraints.length > 0 && `--placement-constraints ${json(scope, constraints)}`,
    strategies.length > 0 && `--placement-strategy ${json(scope, strategies)}`,
    awsvpcConfiguration && `--network-configuration ${json(scope, { awsvpcConfiguration })}`,
    overridden && `--overrides ${json(scope, overridden)}`,
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
        name: job.task.container.containerName,
        command,
        environment: environment && Object.entries(environment).map(([name, value]) => ({ name, value })),
        memory: memoryOf === 'Memory' ? memoryMiB : undefined,
        memoryReservation: memoryOf === 'MemoryReservation' ? memoryMiB : undefined,
      },
    ],
  };
}
