/** The instance families that an image of the Neuron Deep Learning Containers is built for. */
interface ImageFamilies {
  /** The repository, without its registry. */
  readonly repository: string;
  /** The first SDK release of these images, for example `2.27.1`. */
  readonly sinceSdk?: string;
  /** The first version of the framework of these images, for example `0.21`. */
  readonly sinceVersion?: string;
  readonly families: string[];
}

const INF2 = ['inf2', 'trn1'];

/**
 * What the published images run on. The last row that fits an image counts.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/locate-neuron-dlc-image.html
 */
// prettier-ignore
const IMAGES: ImageFamilies[] = [
  { repository: 'pytorch-inference-neuron', families: ['inf1'] },
  ...['pytorch-inference-neuronx', 'pytorch-training-neuronx', 'jax-training-neuronx', 'pytorch-inference-vllm-neuronx'].flatMap((repository) => [
    { repository, families: INF2 },
    { repository, sinceSdk: '2.22.0', families: [...INF2, 'trn2'] },
    { repository, sinceSdk: '2.27.1', families: [...INF2, 'trn2', 'trn3'] },
  ]),
  { repository: 'pytorch-inference-vllm-neuronx', sinceVersion: '0.21', families: ['trn2', 'trn3'] },
];

/** The form of the tags of the published images: version of the framework, kind, Python, SDK. */
const TAG = /^(?<version>\d+(?:\.\d+)*)-(?<kind>neuronx?)-py\d+-sdk(?<sdk>\d+\.\d+\.\d+)-/;

const VLLM = /vllm/;

/** A Neuron image that is recognized by its name. */
export interface NeuronImage {
  readonly repository: string;
  readonly tag: string;
  /** The instance families that it is built for. Undefined if they are not known. */
  readonly families?: string[];
  /** Whether its server names the cores of its processes itself, from 0 on. */
  readonly namesCores: boolean;
}

/**
 * Recognizes a Neuron image by its name, also in a mirror of the public registry. Undefined if the name is not one of a published image, or
 * is not known at synth.
 */
export function neuronImage(name: string): NeuronImage | undefined {
  const [path, digest] = name.split('@');
  const repository = /([^/:]+)(?::[^/:]*)?$/.exec(path)?.[1] ?? '';
  const tag = /:([^/:]+)$/.exec(path)?.[1];
  if (tag === undefined || digest !== undefined) return undefined;
  const parts = TAG.exec(tag)?.groups;
  const published = IMAGES.find((image) => repository === image.repository);
  // A mirror may have another name for the repository, but only vLLM among the images of Neuron has versions of this kind.
  const vllm = VLLM.test(repository) && parts?.kind === 'neuronx';
  if (!parts) return undefined;
  const base = published?.repository ?? (vllm ? 'pytorch-inference-vllm-neuronx' : undefined);
  if (base === undefined) return undefined;
  const fitting = IMAGES.filter(
    (image) => image.repository === base && atLeast(parts.sdk, image.sinceSdk ?? '0') && atLeast(parts.version, image.sinceVersion ?? '0'),
  );
  return {
    repository,
    tag,
    families: fitting[fitting.length - 1]?.families,
    namesCores: VLLM.test(base) && atLeast(parts.version, '0.21'),
  };
}

/** The family of an instance type that images are built for, for example `trn2` for trn2u.48xlarge. Undefined if it is not known. */
export function imageFamily(instanceType: string): string | undefined {
  const family = /^(inf|trn)\d+/.exec(instanceType)?.[0];
  return ['inf1', 'inf2', 'trn1', 'trn2', 'trn3'].find((one) => one === family);
}

/** Compares versions number by number. */
function atLeast(version: string, minimum: string): boolean {
  const [ours, theirs] = [version, minimum].map((one) => one.split('.').map(Number));
  for (let index = 0; index < theirs.length; index++) {
    const difference = (ours[index] ?? 0) - theirs[index];
    if (difference !== 0) return difference > 0;
  }
  return true;
}
