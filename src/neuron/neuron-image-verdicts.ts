import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { NeuronInstanceType } from './neuron-instance-type';
import { NeuronRuntime } from './neuron-runtime';
import { ImageVerdict } from '../rules/machine-image-rules';

const USE = 'Leave `machineImage` out, or use ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON).';
const USE_DLAMI =
  'Use `NeuronMachineImage.deepLearningAmiUbuntu2404()` or `NeuronMachineImage.withoutEcsAgent(image)`, with which hosts install it.';
const USE_LEGACY =
  'The Neuron 1.x runtime daemon needs the Docker runtime of Amazon Linux 2. Use ' +
  'ecs.EcsOptimizedImage.amazonLinux2(ecs.AmiHardwareType.NEURON), or an older image of that kind.';

const AL2023_NEURON = /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-2023\/neuron\//;
const AL2_INFERENTIA = /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-2\/(.*\/)?inf\//;
const OTHER_ECS = /^\/aws\/service\/ecs\//;
const NEURON_DLAMI = /^\/aws\/service\/neuron\/dlami\//;
const NO_ECS = /^\/aws\/service\/(ami-|canonical|debian)/;

/** The ECS-optimized image for a Neuron runtime, from its SSM parameter: Amazon Linux 2023 for Neuron, or Amazon Linux 2 for Inferentia. */
export function defaultNeuronImage(runtime: NeuronRuntime): ec2.IMachineImage {
  return runtime === NeuronRuntime.NEURON_RTD
    ? ecs.EcsOptimizedImage.amazonLinux2(ecs.AmiHardwareType.NEURON)
    : ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON);
}

/** Whether commands of the user install the ECS agent. */
function installAgent(userDataCommands: string[] = []): boolean {
  return userDataCommands.some((command) => /amazon-ecs-init|ecs-init|install[^&|;]*\becs\b/.test(command));
}

/**
 * Which public images can run a Neuron instance type. The Amazon Linux 2 image pins a driver for Inf1.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 */
export function neuronImageVerdicts(
  type: NeuronInstanceType,
  runtime: NeuronRuntime,
  agent: { readonly installed: boolean; readonly userDataCommands?: string[] },
): ImageVerdict[] {
  if (runtime === NeuronRuntime.NEURON_RTD) {
    return [
      { parameter: AL2_INFERENTIA, verdict: 'fits' },
      { parameter: /^\/aws\/service\//, verdict: 'unfit', because: `it lacks what NEURON_RTD needs. ${USE_LEGACY}` },
    ];
  }
  const inferentia1 = type._isInferentia1;
  return [
    { parameter: AL2023_NEURON, verdict: 'fits' },
    inferentia1
      ? { parameter: AL2_INFERENTIA, verdict: 'aged', because: `Amazon Linux 2 got its last updates on 2026-06-30. ${USE}` }
      : { parameter: AL2_INFERENTIA, verdict: 'unfit', because: `its driver is pinned to a version for Inf1. ${USE}` },
    { parameter: OTHER_ECS, verdict: 'unfit', because: `it has no Neuron driver. ${USE}` },
    ...(inferentia1
      ? [{ parameter: NEURON_DLAMI, verdict: 'unfit' as const, because: `Neuron DLAMIs since SDK 2.26.1 do not support Inf1. ${USE}` }]
      : []),
    ...(agent.installed || installAgent(agent.userDataCommands)
      ? []
      : [{ parameter: NEURON_DLAMI, verdict: 'unfit' as const, because: `it lacks the ECS agent. ${USE_DLAMI}` }]),
    { parameter: NO_ECS, verdict: 'unfit', because: `it has neither the Neuron driver nor the ECS agent. ${USE}` },
  ];
}
