import { Finding, Rule } from './rule';

const ECS_AMI = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html';
const ECS_GPU = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html';

const acceleratorImage = new Rule({
  id: 'accelerator-image',
  level: 'error',
  says: 'An `Ec2Capacity` of an instance type with accelerators must have a machine image with their driver. For Neuron and Gaudi chips, use the capacity of the family.',
  source: ECS_AMI,
});

const acceleratorDriver = new Rule({
  id: 'accelerator-driver',
  level: 'warning',
  says: 'The machine image of a pool should have the driver of the accelerators of its instance type.',
  source: ECS_GPU,
});

const uncountedChips = new Rule({
  id: 'uncounted-chips',
  level: 'warning',
  says: 'Neuron and Gaudi chips should be used through the capacity of their family, because on an `Ec2Capacity` ECS does not count them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

/** What an instance type has in addition to its processors. */
interface Accelerator {
  readonly types: RegExp;
  /** The accelerators, for messages. */
  readonly name: string;
  /** The capacity of this library whose tasks are counted by chips. */
  readonly capacity?: string;
  /** Whether the ECS GPU-optimized image has its driver. */
  readonly gpuImage?: boolean;
  /** Whether tasks may be able to use it without a driver in the image. */
  readonly optional?: boolean;
}

/** The first entry that matches applies. */
const ACCELERATORS: Accelerator[] = [
  { types: /^(inf|trn)\d/, name: 'Neuron chips', capacity: 'NeuronCapacity' },
  { types: /^dl1\./, name: 'Gaudi chips', capacity: 'GaudiCapacity' },
  { types: /^g\d+ad\./, name: 'AMD GPUs' },
  { types: /^(g\d+g|p\d+e-gb\d+)\./, name: 'NVIDIA GPUs and Arm processors' },
  { types: /^p2\./, name: 'NVIDIA K80 GPUs' },
  { types: /^(g|gr|p)\d/, name: 'NVIDIA GPUs', gpuImage: true },
  { types: /^dl2q\./, name: 'Qualcomm AI 100 accelerators' },
  { types: /^(f\d|vt1)/, name: 'FPGAs or media accelerators', optional: true },
];

const acceleratorOf = (instanceType: string) => ACCELERATORS.find(({ types }) => types.test(instanceType));

/** Whether an instance type has accelerators. */
export function hasAccelerators(instanceType: string): boolean {
  return acceleratorOf(instanceType) !== undefined;
}

/** Whether an instance type has GPUs whose driver is in the ECS GPU-optimized image. */
export function takesGpuImage(instanceType: string): boolean {
  return acceleratorOf(instanceType)?.gpuImage === true;
}

/** Checks that a pool that gets an image by default can use the accelerators of its instance type. */
export function checkDefaultImage(instanceType: string): Finding[] {
  const accelerator = acceleratorOf(instanceType);
  if (!accelerator || accelerator.gpuImage) return [];
  const { name, capacity, optional } = accelerator;
  const none = `${instanceType} has ${name}, and no ECS-optimized image has a driver for them.`;
  return [
    ...acceleratorImage.when(
      capacity !== undefined,
      () =>
        `${instanceType} has ${name}, which ECS does not count on an \`Ec2Capacity\`, and its default image has no driver for them. Use ` +
        `\`${capacity}\`. If you count them yourself, set \`machineImage\` to an image with the driver.`,
    ),
    ...acceleratorImage.when(
      capacity === undefined && !optional,
      () => `${none} Set \`machineImage\` to an image that has the driver and the ECS agent, or use another instance type.`,
    ),
    ...acceleratorDriver.when(
      optional === true,
      () => `${none} Set \`machineImage\` to an image that has it. If your containers bring what they need, acknowledge this warning.`,
    ),
  ];
}

/** Checks the image that a pool is given. `parameter` is its SSM parameter, if it has one. */
export function checkGivenImage(instanceType: string, parameter?: string): Finding[] {
  const accelerator = acceleratorOf(instanceType);
  const withoutDriver =
    parameter !== undefined && /^\/aws\/service\/(ecs\/(?!.*\/(gpu|neuron|inf)\/)|ami-|canonical|debian)/.test(parameter);
  return [
    ...uncountedChips.when(
      accelerator?.capacity !== undefined,
      () =>
        `ECS does not count the ${accelerator?.name} of ${instanceType} on an \`Ec2Capacity\`, so it may start two tasks on the same chips. Use ` +
        `\`${accelerator?.capacity}\`. If you size tasks so that they never share chips, acknowledge this warning.`,
    ),
    ...acceleratorDriver.when(
      accelerator !== undefined && withoutDriver,
      () =>
        `\`machineImage\` ${parameter} has no driver for the ${accelerator?.name} of ${instanceType}. ` +
        (accelerator?.gpuImage
          ? 'Leave it out, or use ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU). '
          : 'Use an image that has it. ') +
        'If `userDataCommands` install the driver, acknowledge this warning.',
    ),
  ];
}
