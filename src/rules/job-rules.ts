import { Duration, Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const RUN_TASK = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html';
const TASK_OVERRIDE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html';

/** The maximum number of tasks in one `RunTask` call. */
export const MAX_COUNT = 10;

/** The maximum number of Map iterations that Step Functions runs concurrently. */
const MAX_NODES = 40;

/** The maximum length of the overrides of a `RunTask` call, in characters. */
const MAX_OVERRIDES = 8192;

/** The maximum duration of a standard execution in Step Functions. */
const MAX_TIMEOUT = Duration.days(365);

/** The maximum time that CloudFormation waits for a custom resource. */
export const MAX_DEPLOY_WAIT = Duration.hours(1);

const jobTimeout = new Rule({
  id: 'job-timeout',
  level: 'error',
  says: 'The time limit of a job must be from 1 minute to 365 days.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
});

const jobRetries = new Rule({
  id: 'job-retries',
  level: 'error',
  says: 'The retry counts of a job must be whole numbers, 0 or more.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html',
});

const jobCount = new Rule({
  id: 'job-count',
  level: 'error',
  says: 'A run of a job must have from 1 to 10 tasks.',
  source: RUN_TASK,
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

const jobOverrides = new Rule({
  id: 'job-overrides',
  level: 'error',
  says: 'The overrides of a run must stay within the limits of ECS and must not change the slice of a task.',
  source: TASK_OVERRIDE,
});

const resumable = new Rule({
  id: 'spot-job-resumable',
  level: 'warning',
  says: 'A job on Spot hosts should resume after an interruption, because ECS does not restart tasks that `RunTask` started.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-spot.html',
});

const deployWait = new Rule({
  id: 'job-deploy-wait',
  level: 'error',
  says: 'A deployment can wait for a job for at most 1 hour.',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html',
});

const deployOnce = new Rule({
  id: 'job-deploy-once',
  level: 'error',
  says: 'A job can call `runOnDeploy()` only once.',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html',
});

const stepResultPath = new Rule({
  id: 'job-step-result-path',
  level: 'error',
  says: 'The result path of a step applies to JSONPath only.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html',
});

const jobCapacity = new Rule({
  id: 'job-capacity',
  level: 'error',
  says: 'A job must have either a capacity or a VPC for a small capacity of its own, not both.',
  source: RUN_TASK,
});

/** The props of a job that `checkJob` reads. */
export interface JobToCheck {
  readonly timeout: Duration;
  readonly retries?: number;
  readonly programRetries?: number;
  readonly count?: number;
  readonly nodes?: number;
  /** Whether `capacity` is given. */
  readonly capacity: boolean;
  /** Whether `vpc` is given. */
  readonly vpc: boolean;
}

/** Checks the props of a job. */
export function checkJob(facts: JobToCheck): Finding[] {
  const { timeout } = facts;
  const seconds = timeout.isUnresolved() ? undefined : timeout.toSeconds({ integral: false });
  return [
    ...jobCapacity.when(
      facts.capacity && facts.vpc,
      () => 'Give `capacity` or `vpc`, not both. The capacity already has a VPC, so leave `vpc` out.',
    ),
    ...jobCapacity.when(
      !facts.capacity && !facts.vpc,
      () => 'Give `capacity`, for example a `NeuronCapacity`, or `vpc` to create a small CPU capacity.',
    ),
    ...jobTimeout.when(
      known(seconds) && !(seconds! >= 60 && seconds! <= MAX_TIMEOUT.toSeconds()),
      () => `\`timeout\` must be from 1 minute to 365 days, got: ${timeout.toHumanString()}.`,
    ),
    ...whole(jobRetries, 'retries', facts.retries),
    ...whole(jobRetries, 'programRetries', facts.programRetries),
    ...checkCount(facts.count),
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

/** The hosts of accelerated nodes. */
export interface NodeHosts {
  /** The number of EFA interfaces of each host. */
  readonly efaInterfaces: number;
  /** The name of their instance type, if it supports EFA. */
  readonly typeWithEfa?: string;
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

/** The resources that a run can use on a host. */
export interface OverridesRoom {
  /** The place, as messages name it. */
  readonly where: string;
  readonly memory: Size;
  /** The owner of the memory, as messages name it. */
  readonly of: string;
  /** Why a run can't override cpu units. */
  readonly why: string;
}

/** The overrides of a run, and where it runs. */
export interface OverridesFacts {
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly cpu?: number;
  readonly memory?: Size;
  readonly count?: number;
  /** The limit of a host; undefined where each task defines its own size. */
  readonly room?: OverridesRoom;
  /** The number of tasks that always run together, if any. */
  readonly nodes?: number;
}

/** Checks the overrides of a run. */
export function checkOverrides(facts: OverridesFacts): Finding[] {
  const { cpu, memory, room, command, environment } = facts;
  const size = JSON.stringify({ command, environment }).length;
  const memoryMiB = memory && !memory.isUnresolved() ? memory.toMebibytes() : undefined;
  return [
    ...checkCount(facts.count),
    ...jobCount.when(
      facts.nodes !== undefined && facts.count !== undefined,
      () => `\`count\` can't be overridden for a job with \`nodes\`: its ${facts.nodes} tasks always run together. Leave \`count\` out.`,
    ),
    ...jobOverrides.when(
      room !== undefined && cpu !== undefined,
      () => `\`cpu\` can't be overridden ${room!.where}, got: ${cpu}. ${room!.why} Leave it out.`,
    ),
    ...jobOverrides.when(
      known(cpu) && !(Number.isInteger(cpu) && cpu! > 0),
      () => `\`cpu\` must be a whole number of cpu units, 1 or more, got: ${cpu}.`,
    ),
    ...jobOverrides.when(
      known(memoryMiB) && room !== undefined && memoryMiB! > room.memory.toMebibytes(),
      () => `\`memory\` must be at most ${room!.memory.toMebibytes()} MiB, the memory of ${room!.of}, got: ${memoryMiB}.`,
    ),
    ...jobOverrides.when(
      size > MAX_OVERRIDES,
      () =>
        `\`command\` and \`environment\` must have at most ${MAX_OVERRIDES} characters in total, got: ${size}. ` +
        'Store the data in Amazon S3 and pass its location.',
    ),
    ...jobOverrides.when(
      command?.length === 0,
      () => '`command` must not be empty. To run the command of the task definition, leave it out.',
    ),
  ];
}

/** Checks that a deployment can wait for a job. */
export function checkDeployWait(timeout: Duration, waits: boolean | undefined): Finding[] {
  const long = !timeout.isUnresolved() && timeout.toSeconds() > MAX_DEPLOY_WAIT.toSeconds();
  return deployWait.when(
    waits !== false && long,
    () =>
      `The \`timeout\` of the job is ${timeout.toHumanString()}, but CloudFormation waits for at most 1 hour. ` +
      'Set `waitForEnd: false` to start the job without waiting for it, or reduce `timeout` to at most Duration.hours(1).',
  );
}

/** Checks that a job doesn't run on deploy already. */
export function checkDeployOnce(runsOnDeploy: boolean): Finding[] {
  return deployOnce.when(
    runsOnDeploy,
    () =>
      'This job already runs on deploy. Call `runOnDeploy()` once per job: combine everything that should start a run in one `key`, ' +
      'or create another `MlRunTask` for the other run.',
  );
}

/** Checks the options of a step that runs a job. */
export function checkStep(facts: { jsonata: boolean; resultPath?: string }): Finding[] {
  return stepResultPath.when(
    facts.jsonata && facts.resultPath !== undefined,
    () =>
      `\`resultPath\` applies to \`queryLanguage\` JSONPath only, got: ${facts.resultPath} with JSONata. ` +
      'Leave it out and assign the result to a variable.',
  );
}

function checkCount(count?: number): Finding[] {
  return jobCount.when(
    known(count) && !(Number.isInteger(count) && count! >= 1 && count! <= MAX_COUNT),
    () => `\`count\` must be a whole number from 1 to ${MAX_COUNT}, got: ${count}.`,
  );
}

function whole(rule: Rule, prop: string, value?: number): Finding[] {
  return rule.when(
    known(value) && !(Number.isInteger(value) && value! >= 0),
    () => `\`${prop}\` must be a whole number, 0 or more, got: ${value}.`,
  );
}
