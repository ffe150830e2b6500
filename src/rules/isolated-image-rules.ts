import { Finding, Rule } from './rule';

const CACHE = 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html';

const isolatedPublicImage = new Rule({
  id: 'isolated-public-image',
  level: 'warning',
  says: 'Containers in isolated subnets should have images of private Amazon ECR registries, because no VPC endpoint serves public registries. A pull-through cache serves most of them.',
  source: CACHE,
});

const isolatedImageRegion = new Rule({
  id: 'isolated-image-region',
  level: 'warning',
  says: 'Images of containers in isolated subnets should be in the Region of the VPC, because VPC endpoints serve no other Region.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html',
});

const isolatedDualStackImage = new Rule({
  id: 'isolated-dual-stack-image',
  level: 'warning',
  says: 'Containers in isolated subnets should name images by the IPv4 address of the registry, because Amazon ECR documents that VPC endpoints do not serve the dual-stack one.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html',
});

/** Public registries, and whether Amazon ECR has a pull-through cache for them. */
const REGISTRIES: { readonly host: RegExp; readonly cached: boolean }[] = [
  { host: /^public\.ecr\.aws$/, cached: true },
  { host: /^ecr-public\.aws\.com$/, cached: true },
  { host: /^((registry-1|index|registry\.hub)\.)?docker\.(io|com)$/, cached: true },
  { host: /^quay\.io$/, cached: true },
  { host: /^registry\.k8s\.io$/, cached: true },
  { host: /^ghcr\.io$/, cached: true },
  { host: /^registry\.gitlab\.com$/, cached: true },
  { host: /^cgr\.dev$/, cached: true },
  { host: /\.azurecr\.io$/, cached: true },
  { host: /^mcr\.microsoft\.com$/, cached: false },
  { host: /^nvcr\.io$/, cached: false },
  { host: /^([a-z]+\.)?gcr\.io$/, cached: false },
  { host: /\.pkg\.dev$/, cached: false },
  { host: /^vault\.habana\.ai$/, cached: false },
];

/** The image of a container in isolated subnets. */
export interface IsolatedImage {
  readonly container: string;
  readonly image: string;
  /** The host name of the registry. Undefined if it is not known. */
  readonly registry?: string;
}

/** Reports an image of a public registry. Says nothing about registries that may be in the VPC. */
export function checkIsolatedImage({ container, image, registry = '' }: IsolatedImage): Finding[] {
  const found = REGISTRIES.find(({ host }) => host.test(registry));
  const remedy = found?.cached
    ? `Create a pull-through cache rule of Amazon ECR for ${registry}, use the address of the image in your private registry, and pull it once from a ` +
      'network with a route to the internet, because the first pull needs one. Or copy the image into Amazon ECR.'
    : `Amazon ECR has no pull-through cache for ${registry}, so copy the image into Amazon ECR.`;
  return isolatedPublicImage.when(
    found !== undefined,
    () =>
      `Container ${container} has the image ${image}. Its subnets are isolated, and no VPC endpoint serves ${registry}, so the image can't be ` +
      `pulled. ${remedy} If the hosts have the image or another way out, acknowledge this warning.`,
  );
}

/** Reports an image of a private Amazon ECR registry that the VPC endpoints do not serve. */
export function checkIsolatedPrivateImage(facts: {
  container: string;
  imageRegion?: string;
  region?: string;
  dualStack: boolean;
}): Finding[] {
  const { container, imageRegion, region, dualStack } = facts;
  return [
    ...isolatedImageRegion.when(
      imageRegion !== undefined && region !== undefined && imageRegion !== region,
      () =>
        `Container ${container} has an image in ${imageRegion}. Its subnets are isolated and in ${region}, and VPC endpoints serve no other Region. ` +
        `Use a repository in ${region}, for example by replication, or acknowledge this warning if there is another way out.`,
    ),
    ...isolatedDualStackImage.when(
      dualStack,
      () =>
        `Container ${container} has an image by the dual-stack address of Amazon ECR. Its subnets are isolated, and Amazon ECR documents that VPC ` +
        'endpoints do not serve this address. Use the address that has `dkr.ecr`, or acknowledge this warning if the endpoint serves it.',
    ),
  ];
}
