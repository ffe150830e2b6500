import { Finding, known, Rule } from './rule';

const imageArchitecture = new Rule({
  id: 'image-architecture',
  level: 'error',
  says: 'The image of a container must be built for the architecture of the hosts that the task runs on.',
  source: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecr_assets.Platform.html',
});

const imagePlatform = new Rule({
  id: 'image-platform',
  level: 'warning',
  says: 'An image asset should set `platform` if it is built on a machine of another architecture than that of the hosts.',
  source: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecr_assets-readme.html',
});

const runtimeArchitecture = new Rule({
  id: 'runtime-architecture',
  level: 'error',
  says: 'The runtime platform of a task definition must have the architecture of the hosts that the task runs on.',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-runtimeplatform.html',
});

/** The image of a container that this app builds, and where it runs. */
export interface ImageFacts {
  readonly container: string;
  /** Where the task runs, for messages. */
  readonly hosts: string;
  /** The architecture of the hosts. */
  readonly architecture: string;
  /** The platform that the image is built for. Undefined if it is that of the machine that builds it. */
  readonly platform?: string;
  /** The platform for which this machine builds by default, if it is known. */
  readonly builder?: string;
}

/** Checks the image assets of a task. */
export function checkImage({ container, hosts, architecture, platform, builder }: ImageFacts): Finding[] {
  const wanted = `linux/${architecture}`;
  const fix = `\`platform: Platform.LINUX_${architecture.toUpperCase()}\``;
  // Docker can build an image for several platforms, separated by commas. A platform may have a variant, such as linux/arm64/v8.
  const fits = (platforms: string) => platforms.split(',').some((one) => one.trim() === wanted || one.trim().startsWith(`${wanted}/`));
  return [
    ...imageArchitecture.when(
      known(platform) && !fits(platform),
      () => `The image of container ${container} has \`platform\` ${platform}, but ${hosts} runs ${wanted} images. Use ${fix}.`,
    ),
    ...imagePlatform.when(
      platform === undefined && known(builder) && !fits(builder),
      () =>
        `The image of container ${container} has no \`platform\`, so this machine builds it for ${builder}, but ${hosts} runs ${wanted} images. Set ` +
        `${fix}. If another machine builds it, or its Dockerfile names the platform, acknowledge this warning.`,
    ),
  ];
}

/** Checks the runtime platform of a task definition. `cpuArchitecture` is that of the ECS API, X86_64 or ARM64. */
export function checkRuntimePlatform(hosts: string, architecture: string, cpuArchitecture?: string): Finding[] {
  const wanted = architecture === 'arm64' ? 'ARM64' : 'X86_64';
  return runtimeArchitecture.when(
    known(cpuArchitecture) && cpuArchitecture !== wanted,
    () =>
      `\`runtimePlatform\` has the cpu architecture ${cpuArchitecture}, but ${hosts} has ${wanted}, so ECS never places the task. Leave it out.`,
  );
}
