import { Duration } from 'aws-cdk-lib';
import { ArrayFacts, checkArray } from './job-array-rules';
import { NodeHosts } from '../capacity/task-planner';
import { range } from '../rules/range';
import { Finding, known, Rule } from '../rules/rule';

const RUN_TASK = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html';

/** The maximum number of Map iterations that Step Functions runs concurrently. */
const MAX_NODES = 40;

/** The maximum duration of a standard execution in Step Functions. */
const MAX_TIMEOUT = Duration.days(365);

const jobTimeout = new Rule({
  id: 'job-timeout',
  level: 'error',
  says: 'The time limits of a job must be from 1 minute to 365 days.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
});

const jobRetries = new Rule({
  id: 'job-retries',
  level: 'error',
  says: 'The retry counts of a job must be whole numbers, 0 or more.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html',
});

const jobNodes = new Rule({
  id: 'job-nodes',
  level: 'error',
  says: 'A job must have either independent tasks or from 2 to 40 nodes that run together.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html',
});

const nodesEfa = new Rule({
  id: 'job-nodes-efa',
  level: 'warning',
  says: 'Accelerated nodes of a job should communicate over Elastic Fabric Adapter.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html',
});

const resumable = new Rule({
  id: 'spot-job-resumable',
  level: 'warning',
  says: 'A job on Spot hosts should resume after an interruption, because ECS does not restart tasks that `RunTask` started.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-spot.html',
});

const jobCapacity = new Rule({
  id: 'job-capacity',
  level: 'error',
  says: 'A job must have either a capacity or a VPC for a small capacity of its own, not both.',
  source: RUN_TASK,
});

const jobPlacement = new Rule({
  id: 'job-placement',
  level: 'error',
  says: 'A job must leave the placement of its tasks to ECS, except on pools of EC2 hosts.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html',
});

const jobLauncher = new Rule({
  id: 'job-launcher',
  level: 'error',
  says: 'A job with a launcher must have a command that the launcher runs, and no entry point of its own.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
});

/** The props of a job that `checkJob` reads. */
export interface JobToCheck extends ArrayFacts {
  readonly timeout: Duration;
  readonly capacityTimeout?: Duration;
  readonly retries?: number;
  readonly programRetries?: number;
  /** Whether `capacity` is given. */
  readonly capacity: boolean;
  /** Whether `vpc` is given. */
  readonly vpc: boolean;
}

function checkTimeLimit(name: string, limit: Duration | undefined): Finding[] {
  const seconds = limit === undefined || limit.isUnresolved() ? undefined : limit.toSeconds({ integral: false });
  return jobTimeout.when(
    known(seconds) && !(seconds >= 60 && seconds <= MAX_TIMEOUT.toSeconds()),
    () => `\`${name}\` must be from 1 minute to 365 days, got: ${limit?.toHumanString()}.`,
  );
}

/** Checks the props of a job. */
export function checkJob(facts: JobToCheck): Finding[] {
  return [
    ...jobCapacity.when(
      facts.capacity && facts.vpc,
      () => 'Give `capacity` or `vpc`, not both. The capacity already has a VPC, so leave `vpc` out.',
    ),
    ...jobCapacity.when(
      !facts.capacity && !facts.vpc,
      () => 'Give `capacity`, for example a `NeuronCapacity`, or `vpc` to create a small CPU capacity.',
    ),
    ...checkTimeLimit('timeout', facts.timeout),
    ...checkTimeLimit('capacityTimeout', facts.capacityTimeout),
    ...range(jobRetries, 'retries', facts.retries, 0),
    ...range(jobRetries, 'programRetries', facts.programRetries, 0),
    ...checkArray(facts),
    ...jobNodes.when(
      facts.count !== undefined && facts.nodes !== undefined,
      () => 'Give `count` for independent tasks or `nodes` for tasks that run together, not both.',
    ),
    ...jobNodes.when(
      facts.nodes !== undefined && !(Number.isInteger(facts.nodes) && known(facts.nodes) && facts.nodes >= 2 && facts.nodes <= MAX_NODES),
      () =>
        `\`nodes\` must be a whole number from 2 to ${MAX_NODES} that is known at synth, ` +
        `got: ${known(facts.nodes) ? facts.nodes : 'a token'}. Leave it out to run a single task.`,
    ),
  ];
}

/** Checks that a job on capacity that can be interrupted declares whether it can resume. */
export function checkResumable(facts: { interruptible: boolean; resumable?: boolean }): Finding[] {
  return resumable.when(
    facts.interruptible && facts.resumable === undefined,
    () =>
      'The job runs on capacity that can be interrupted, and each attempt starts the program from the beginning. Save checkpoints, ' +
      'load the latest one at startup, and set `resumable: true`. If losing progress is acceptable, set `resumable: false`.',
  );
}

/** Checks that a job gives placement strategies only where they count. */
export function checkJobPlacement(given: boolean, supported: boolean): Finding[] {
  return jobPlacement.when(
    given && !supported,
    () =>
      '`placementStrategies` must be left out on Fargate and on Managed Instances, where ECS places tasks by itself. They are for pools of EC2 hosts.',
  );
}

/** Checks that a launcher has something to run, and that nothing else starts the program. */
export function checkLauncher(launcher: boolean, { command, entryPoint }: { command?: string[]; entryPoint?: string[] }): Finding[] {
  return [
    ...jobLauncher.when(
      launcher && entryPoint !== undefined,
      () =>
        '`entryPoint` of the container must be left out with `launcher`, which is the entry point. Give the script and its arguments as `command`.',
    ),
    ...jobLauncher.when(
      launcher && (command === undefined || command.length === 0),
      () =>
        "`command` of the container must be given with `launcher`: the script and its arguments, for example ['train.py', '--epochs', '3'].",
    ),
  ];
}

/** Warns when accelerated nodes would communicate over TCP. */
export function checkNodesEfa(nodes: number | undefined, hosts: NodeHosts | undefined): Finding[] {
  const { efaInterfaces = 0, typeWithEfa } = hosts ?? {};
  const fix = typeWithEfa
    ? `${typeWithEfa} supports EFA: create the pool with \`efa: true\`.`
    : 'Use a pool with `efa: true` and an instance type that supports EFA.';
  return nodesEfa.when(
    nodes !== undefined && hosts !== undefined && efaInterfaces === 0,
    () =>
      `The hosts of the ${nodes} \`nodes\` have no EFA, so their chips exchange data over TCP at a fraction of the speed. ${fix} ` +
      'If TCP is acceptable, acknowledge this warning.',
  );
}
