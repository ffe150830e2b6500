import { ImageVerdict } from '../rules/machine-image-rules';

const USE = 'Use an image with the Gaudi driver, see GaudiMachineImage.';

/** The public images that cannot run a Gaudi host. */
export const GAUDI_IMAGE_VERDICTS: ImageVerdict[] = [
  { parameter: /^\/aws\/service\/(ecs|neuron)\//, verdict: 'unfit', because: `it has no Gaudi driver. ${USE}` },
  {
    parameter: /^\/aws\/service\/(ami-|canonical|debian)/,
    verdict: 'unfit',
    because: `it has neither the Gaudi driver nor the ECS agent. ${USE}`,
  },
];
