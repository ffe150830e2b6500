import { Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';
import { givenProps, quoted } from './text';

const FARGATE_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html';

const fargateSizes = new Rule({
  id: 'fargate-sizes',
  level: 'error',
  says: 'The cpu, memory and ephemeral storage of a task must be a combination that Fargate supports.',
  source: FARGATE_TASKS,
});

const fargateTask = new Rule({
  id: 'fargate-task',
  level: 'error',
  says: 'A task on Fargate must be in awsvpc network mode. It cannot set the size of /dev/shm, and its capacity sets its cpu and memory.',
  source: FARGATE_TASKS,
});

/** The memory in MiB that Fargate offers for each number of cpu units. */
const SIZES: Record<number, readonly [from: number, to: number, step: number]> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

/** The size of a task on Fargate. */
interface FargateSize {
  readonly cpu: number;
  readonly memory: Size;
  readonly ephemeralStorage?: Size;
}

/** Checks that the default memory can be computed. */
export function checkFargateMemoryGiven(cpu: number, memory?: Size): Finding[] {
  return fargateSizes.when(
    !known(cpu) && memory === undefined,
    () => '`memory` must be given if `cpu` is only known at deployment, because the default memory is 2 MiB for each cpu unit.',
  );
}

/** Checks the size of tasks on Fargate. */
export function checkFargateSize({ cpu, memory, ephemeralStorage }: FargateSize): Finding[] {
  const memoryMiB = memory.isUnresolved() ? undefined : memory.toMebibytes();
  const disk = ephemeralStorage?.isUnresolved() ? undefined : ephemeralStorage?.toGibibytes();
  const sizes = known(cpu) ? SIZES[cpu] : undefined;
  return [
    ...fargateSizes.when(known(cpu) && !sizes, () => `\`cpu\` must be one of ${Object.keys(SIZES).join(', ')} on Fargate, got: ${cpu}.`),
    ...fargateSizes.when(sizes !== undefined && known(memoryMiB) && !holds(sizes, memoryMiB), () => {
      const [from, to, step] = sizes ?? [];
      return `\`memory\` for ${cpu} cpu units must be from ${from} to ${to} MiB in steps of ${step} on Fargate, got: ${memoryMiB}.`;
    }),
    ...fargateSizes.when(
      known(disk) && !(disk >= 21 && disk <= 200),
      () => `\`ephemeralStorage\` must be from 21 to 200 GiB, got: ${disk}. Leave it out to get 20 GiB.`,
    ),
  ];
}

function holds([from, to, step]: readonly [number, number, number], memory: number): boolean {
  // The memory of the smallest tasks doubles: 512, 1024, 2048.
  return memory >= from && memory <= to && memory % step === 0 && memory !== 1536;
}

/** Checks that a task does not use what Fargate does not offer. */
export function checkFargateTask(facts: { networkMode?: string; sharedMemorySize?: Size; taskCpu?: number; taskMemory?: Size }): Finding[] {
  const sizes = givenProps({ taskCpu: facts.taskCpu, taskMemory: facts.taskMemory });
  return [
    ...fargateTask.when(
      facts.networkMode !== undefined && facts.networkMode !== 'awsvpc',
      () => `\`networkMode\` must be awsvpc on Fargate, got: ${facts.networkMode}. Leave it out.`,
    ),
    ...fargateTask.when(
      facts.sharedMemorySize !== undefined,
      () => "`sharedMemorySize` can't be set on Fargate, where /dev/shm always has 64 MiB. Leave it out, or use a pool of EC2 hosts.",
    ),
    ...fargateTask.when(
      sizes.length > 0,
      () => `${quoted(sizes)} must be left out on Fargate. Use \`cpu\` and \`memory\` of the \`FargateCapacity\` instead.`,
    ),
  ];
}
