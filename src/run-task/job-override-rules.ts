import { Size } from 'aws-cdk-lib';
import { checkRunCount } from './job-array-rules';
import { OverrideLimits } from '../capacity/task-planner';
import { checkOwnedVariables, OwnedVariables } from '../rules/owned-rules';
import { Finding, known, Rule } from '../rules/rule';

const TASK_OVERRIDE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html';

/** The maximum length of the overrides of a `RunTask` call, in characters. */
const MAX_OVERRIDES = 8192;

const jobOverrides = new Rule({
  id: 'job-overrides',
  level: 'error',
  says: 'The overrides of a run must stay within the limits of ECS and must not change the slice of a task.',
  source: TASK_OVERRIDE,
});

/** The overrides of a run, and where it runs. */
export interface OverridesFacts {
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly cpu?: number;
  readonly memory?: Size;
  readonly count?: number;
  /** The maximum number of tasks of a run. */
  readonly mostTasks: number;
  /** The limits of the capacity. Undefined if a run can change the size of its tasks. */
  readonly limits?: OverrideLimits;
  /** The variables that only the library may set. */
  readonly owned?: OwnedVariables;
  /** The number of tasks that always run together, if any. */
  readonly nodes?: number;
}

/** Checks the overrides of a run. */
export function checkOverrides(facts: OverridesFacts): Finding[] {
  const { cpu, memory, limits, command, environment } = facts;
  const size = JSON.stringify({ command, environment }).length;
  const memoryMiB = memory && !memory.isUnresolved() ? memory.toMebibytes() : undefined;
  return [
    ...checkRunCount(facts.count, facts.mostTasks, facts.nodes),
    ...checkOwnedVariables('the overrides', Object.keys(environment ?? {}), facts.owned ?? {}),
    ...(limits ? checkLimits(limits, cpu, memoryMiB) : []),
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

function checkLimits({ where, memory, of, why }: OverrideLimits, cpu?: number, memoryMiB?: number): Finding[] {
  const most = memory?.toMebibytes();
  return [
    ...jobOverrides.when(cpu !== undefined, () => `\`cpu\` can't be overridden ${where}, got: ${cpu}. ${why} Leave it out.`),
    ...jobOverrides.when(
      known(memoryMiB) && known(most) && memoryMiB > most,
      () => `\`memory\` must be at most ${most} MiB, the memory of ${of}, got: ${memoryMiB}.`,
    ),
  ];
}

/** The memory that a run can give its task or its main container, in MiB. */
export interface MemoryRange {
  readonly least: number;
  /** Undefined if it is not known. */
  readonly most?: number;
}

/** Checks the memory that a run asks for against its containers, which can be added until synth. */
export function checkRunMemory(memory: Size | undefined, { least, most }: MemoryRange): Finding[] {
  const memoryMiB = memory && !memory.isUnresolved() ? memory.toMebibytes() : undefined;
  return [
    ...jobOverrides.when(
      known(memoryMiB) && memoryMiB < least,
      () => `\`memory\` must be at least the ${least} MiB that the containers of the task reserve, got: ${memoryMiB}.`,
    ),
    ...jobOverrides.when(
      known(memoryMiB) && most !== undefined && memoryMiB > most,
      () =>
        `\`memory\` must be at most ${most} MiB, which is what /dev/shm, tmpfs mounts and the other containers of the task leave of the memory, ` +
        `got: ${memoryMiB}. Ask for less, or lower \`sharedMemorySize\` of the job.`,
    ),
  ];
}

/** Checks that the cpu units that a run asks for are enough for the containers of its task. */
export function checkRunCpu(cpu: number | undefined, least: number): Finding[] {
  return jobOverrides.when(
    known(cpu) && cpu < least,
    () => `\`cpu\` must be at least the ${least} cpu units that the containers of the task reserve, got: ${cpu}.`,
  );
}
