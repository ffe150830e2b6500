import { imageFamily, neuronImage } from './neuron-image-catalog';
import { Finding, known, Rule } from '../rules/rule';

const IMAGES = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/locate-neuron-dlc-image.html';

const neuronImageFamily = new Rule({
  id: 'neuron-image-family',
  level: 'error',
  says: 'A published Neuron image can only run on the instance families that it is built for.',
  source: IMAGES,
});

const neuronImageCores = new Rule({
  id: 'neuron-image-cores',
  level: 'warning',
  says: 'An image whose server names its cores itself, as vLLM for Neuron does from 0.21 on, should have a whole host or a partition.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html',
});

const neuronImageSignals = new Rule({
  id: 'neuron-image-signals',
  level: 'warning',
  says: 'A published Neuron image should run with an entry point that passes the signal to stop on to the program, which its own does not.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html',
});

/** Checks that an image is built for all instance types that its task can run on. */
export function checkImageFamily(container: string, image: unknown, instanceTypes: string[]): Finding[] {
  const found = typeof image === 'string' && known(image) ? neuronImage(image) : undefined;
  const wrong = instanceTypes.find((type) => {
    const family = imageFamily(type);
    return family !== undefined && found?.families !== undefined && !found.families.includes(family);
  });
  return neuronImageFamily.when(
    wrong !== undefined,
    () =>
      `\`image\` ${found?.repository}:${found?.tag} of container ${container} is built for ${found?.families?.join(', ')}, but the task runs on ` +
      `${wrong}. Use an image for that family, or another instance type.`,
  );
}

/** Warns if the server of an image names its cores itself on a host that it shares. */
export function checkImageCores(container: string, image: unknown, sharesHost: boolean): Finding[] {
  return neuronImageCores.when(
    sharesHost && namesCores(image),
    () =>
      `The server in the image of container ${container} names its cores itself, from 0 on, and ignores NEURON_RT_NUM_CORES. Several such tasks ` +
      'on a host want the same cores. Use a whole host, `tasksPerInstance` 1, or a partition: `partitions` of the pool, and `pool.partition(0)` ' +
      'as the `capacity`.',
  );
}

/**
 * Warns if a published image keeps its own entry point, which starts the program as a child and handles no signals.
 *
 * @see https://github.com/aws-neuron/deep-learning-containers/tree/main/common
 */
export function checkImageSignals(container: string, image: unknown, entryPoint: unknown): Finding[] {
  const found = typeof image === 'string' && known(image) ? neuronImage(image) : undefined;
  const own = entryPoint !== undefined && !(Array.isArray(entryPoint) && entryPoint.length === 0);
  return neuronImageSignals.when(
    found !== undefined && !own,
    () =>
      `The entry point in image ${found?.repository}:${found?.tag} of container ${container} does not pass SIGTERM on, so the program is killed ` +
      "in the middle of its work when ECS stops the task. Set `entryPoint: ['/bin/sh', '-c', 'exec \"$@\"', '--']`, and the whole " +
      '`command`, because the one in the image is then not used. If the program has nothing to end in order, acknowledge this warning.',
  );
}

/** Whether the server of an image names its cores itself. */
export function namesCores(image: unknown): boolean {
  return typeof image === 'string' && known(image) && neuronImage(image)?.namesCores === true;
}
