import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { NeuronInstanceType } from './neuron-instance-type';
import { ImageVerdict } from '../rules/machine-image-rules';

const USE = 'Leave `machineImage` out, or use ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON).';

/** The ECS-optimized Amazon Linux 2023 image for Neuron, by its SSM parameter. */
export function defaultNeuronImage(): ec2.IMachineImage {
  return ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON);
}

/**
 * Which public images run a Neuron instance type.
 *
 * The Amazon Linux 2 image pins a driver made for Inf1.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 */
export function neuronImageVerdicts(type: NeuronInstanceType): ImageVerdict[] {
  const inferentia1 = type.acceleratorName === 'inferentia';
  return [
    { parameter: /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-2023\/neuron\//, verdict: 'fits' },
    inferentia1
      ? {
          parameter: /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-2\/(.*\/)?inf\//,
          verdict: 'aged',
          because: `Amazon Linux 2 got its last updates on 2026-06-30. ${USE}`,
        }
      : {
          parameter: /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-2\/(.*\/)?inf\//,
          verdict: 'unfit',
          because: `its driver is kept back for Inf1. ${USE}`,
        },
    { parameter: /^\/aws\/service\/ecs\//, verdict: 'unfit', because: `it has no Neuron driver. ${USE}` },
    {
      parameter: /^\/aws\/service\/(ami-|canonical|debian)/,
      verdict: 'unfit',
      because: `it has neither Neuron driver nor ECS agent. ${USE}`,
    },
  ];
}
