import { Duration, Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const RUN_TASK = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html';
const TASK_OVERRIDE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html';

/** The most tasks of a call of `RunTask`. */
export const MAX_COUNT = 10;

/** Iterations of a Map state that run at a time. */
const MAX_NODES = 40;

const MAX_OVERRIDES = 8192;

/** A standard execution runs for a year at most. */
const MAX_TIMEOUT = Duration.days(365);

/** A custom resource is waited for this long at most. */
export const MAX_DEPLOY_WAIT = Duration.hours(1);

const jobTimeout = new Rule({
  id: 'job-timeout',
  level: 'error',
  says: 'A job has a time limit of at least a minute, and at most a year.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
});

const jobRetries = new Rule({
  id: 'job-retries',
  level: 'error',
  says: 'The numbers of new attempts are whole, 0 or more.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html',
});

const jobCount = new Rule({
  id: 'job-count',
  level: 'error',
  says: 'A run of a job has from 1 to 10 tasks.',
  source: RUN_TASK,
});

const jobNodes = new Rule({
  id: 'job-nodes',
  level: 'error',
  says: 'A job has tasks that run each for itself, or 2 to 40 nodes that run together.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html',
});

const nodesEfa = new Rule({
  id: 'job-nodes-efa',
  level: 'warning',
  says: 'Accelerated nodes of a job reach each other by Elastic Fabric Adapter.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html',
});

const jobOverrides = new Rule({
  id: 'job-overrides',
  level: 'error',
  says: 'What a run overrides is within the limits of ECS, and leaves the slice of a task as it is.',
  source: TASK_OVERRIDE,
});

const resumable = new Rule({
  id: 'spot-job-resumable',
  level: 'warning',
  says: 'A job on Spot hosts can go on where it was interrupted. ECS moves no task of `RunTask` elsewhere.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-spot.html',
});

const deployWait = new Rule({
  id: 'job-deploy-wait',
  level: 'error',
  says: 'A deployment waits for a job for an hour at most.',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html',
});

const stepResultPath = new Rule({
  id: 'job-step-result-path',
  level: 'error',
  says: 'Where the result of a step goes in the state is said by a path with JSONPath only.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html',
});

const jobCapacity = new Rule({
  id: 'job-capacity',
  level: 'error',
  says: 'A job is given a capacity, or a VPC for a small one of its own, and not both.',
  source: RUN_TASK,
});

/** What is checked of a job's own props. */
export interface JobFacts {
  readonly timeout: Duration;
  readonly retries?: number;
  readonly programRetries?: number;
  readonly count?: number;
  readonly nodes?: number;
  readonly capacity: boolean;
  readonly vpc: boolean;
}

/** Checks the props of a job. */
export function checkJob(facts: JobFacts): Finding[] {
  const { timeout } = facts;
  const seconds = timeout.isUnresolved() ? undefined : timeout.toSeconds({ integral: false });
  return [
    ...jobCapacity.when(
      facts.capacity && facts.vpc,
      () => 'Give `capacity` or `vpc`, not both: the capacity that you made has a VPC. Leave `vpc` out.',
    ),
    ...jobCapacity.when(
      !facts.capacity && !facts.vpc,
      () => 'Give `capacity`, for example a `NeuronCapacity`, or `vpc` alone for a small CPU capacity.',
    ),
    ...jobTimeout.when(
      known(seconds) && !(seconds! >= 60 && seconds! <= MAX_TIMEOUT.toSeconds()),
      () => `\`timeout\` must be from a minute to 365 days, got: ${timeout.toHumanString()}.`,
    ),
    ...whole(jobRetries, 'retries', facts.retries),
    ...whole(jobRetries, 'programRetries', facts.programRetries),
    ...checkCount(facts.count),
    ...jobNodes.when(
      facts.count !== undefined && facts.nodes !== undefined,
      () => 'Give `count`, for tasks that run each for itself, or `nodes`, for tasks that run together, not both.',
    ),
    ...jobNodes.when(
      facts.nodes !== undefined && !(Number.isInteger(facts.nodes) && known(facts.nodes) && facts.nodes >= 2 && facts.nodes <= MAX_NODES),
      () =>
        `\`nodes\` must be a whole number from 2 to ${MAX_NODES}, known at synth, got: ${known(facts.nodes) ? facts.nodes : 'a token'}. Leave it out for one.`,
    ),
  ];
}

/** Checks that a job which may be interrupted is declared to go on. */
export function checkResumable(facts: { interruptible: boolean; resumable?: boolean }): Finding[] {
  return resumable.when(
    facts.interruptible && facts.resumable === undefined,
    () =>
      'The job runs on capacity that may be taken away, and ECS starts it anew from its beginning. Save checkpoints, read them at the start, ' +
      'and declare it: `resumable: true`. If a loss is fine, say `resumable: false`.',
  );
}

/** Hosts of accelerated nodes. */
export interface NodeHosts {
  /** EFA interfaces that each has. */
  readonly efaInterfaces: number;
  /** Name of their instance type, where that one could have EFA. */
  readonly typeWithEfa?: string;
}

/** Checks that accelerated nodes don't talk over TCP unnoticed. */
export function checkNodesEfa(nodes: number | undefined, hosts: NodeHosts | undefined): Finding[] {
  const { efaInterfaces = 0, typeWithEfa } = hosts ?? {};
  return nodesEfa.when(
    nodes !== undefined && hosts !== undefined && efaInterfaces === 0,
    () =>
      `The hosts of the ${nodes} \`nodes\` have no EFA: their chips exchange data over TCP, at a fraction of the speed. ` +
      `${typeWithEfa ? `${typeWithEfa} can have it: make the pool with \`efa: true\`` : 'Take a pool of an instance type that has it, with `efa: true`'}. ` +
      'If TCP is fine, acknowledge this.',
  );
}

/** What a run has room for on hosts. */
export interface OverridesRoom {
  /** For texts. */
  readonly where: string;
  readonly memory: Size;
  /** Whose memory it is. */
  readonly of: string;
  /** Why cpu units aren't a run's to say. */
  readonly why: string;
}

/** What a run overrides, and what it runs on. */
export interface OverridesFacts {
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly cpu?: number;
  readonly memory?: Size;
  readonly count?: number;
  /** Undefined where a task is as large as it says. */
  readonly room?: OverridesRoom;
  /** Tasks that always run together, if they do. */
  readonly nodes?: number;
}

/** Checks what a run overrides. */
export function checkOverrides(facts: OverridesFacts): Finding[] {
  const { cpu, memory, room, command, environment } = facts;
  const size = JSON.stringify({ command, environment }).length;
  const memoryMiB = memory && !memory.isUnresolved() ? memory.toMebibytes() : undefined;
  return [
    ...checkCount(facts.count),
    ...jobCount.when(
      facts.nodes !== undefined && facts.count !== undefined,
      () => `\`count\` can't be overridden beside \`nodes\`: ${facts.nodes} tasks always run together. Leave \`count\` out.`,
    ),
    ...jobOverrides.when(
      room !== undefined && cpu !== undefined,
      () => `\`cpu\` can't be overridden ${room!.where}, got: ${cpu}. ${room!.why} Leave it out.`,
    ),
    ...jobOverrides.when(
      known(cpu) && !(Number.isInteger(cpu) && cpu! > 0),
      () => `\`cpu\` must be a whole number of cpu units, got: ${cpu}.`,
    ),
    ...jobOverrides.when(
      known(memoryMiB) && room !== undefined && memoryMiB! > room.memory.toMebibytes(),
      () => `\`memory\` must be at most the ${room!.memory.toMebibytes()} MiB of ${room!.of}, got: ${memoryMiB}.`,
    ),
    ...jobOverrides.when(
      size > MAX_OVERRIDES,
      () =>
        `\`command\` and \`environment\` take ${size} characters, and ECS takes ${MAX_OVERRIDES}. Put the data in Amazon S3, and pass where it is.`,
    ),
    ...jobOverrides.when(
      command?.length === 0,
      () => '`command` must not be empty: ECS would run the one of the task definition. Leave it out.',
    ),
  ];
}

/** Checks that a deployment can wait for a job. */
export function checkDeployWait(timeout: Duration, waits: boolean | undefined): Finding[] {
  const long = !timeout.isUnresolved() && timeout.toSeconds() > MAX_DEPLOY_WAIT.toSeconds();
  return deployWait.when(
    waits !== false && long,
    () =>
      `The \`timeout\` of the job is ${timeout.toHumanString()}, and CloudFormation waits for 1 hour. Choose: \`waitForEnd: false\` starts the ` +
      'job and lets the deployment go on; or a `timeout` of at most Duration.hours(1).',
  );
}

/** Checks how a job is a step of a state machine. */
export function checkStep(facts: { jsonata: boolean; resultPath?: string }): Finding[] {
  return stepResultPath.when(
    facts.jsonata && facts.resultPath !== undefined,
    () =>
      `\`resultPath\` is for \`queryLanguage\` JSONPath, got: ${facts.resultPath} with JSONata. Leave it out, and assign the result to a variable.`,
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
