import { Finding, known, Rule } from './rule';

/** The limit of EC2, before the text is encoded. */
const MAX_USER_DATA = 16_384;

const linuxHosts = new Rule({
  id: 'linux-hosts',
  level: 'error',
  says: 'The hosts of a pool must run a Linux that runs user data as a shell script, which Windows and Bottlerocket do not.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

const imageUserData = new Rule({
  id: 'image-user-data',
  level: 'error',
  says: 'The machine image of a pool must not have user data of its own, because the user data of the pool replaces it.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html',
});

const machineImageArchitecture = new Rule({
  id: 'machine-image-architecture',
  level: 'error',
  says: 'The machine image of a pool must have the architecture of its instance type.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html#ec2-instance-architectures',
});

const userDataSize = new Rule({
  id: 'user-data-size',
  level: 'error',
  says: 'The user data of hosts must have at most 16 KiB, before it is encoded.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html',
});

/** What is known of the machine image of a pool. */
export interface HostImage {
  /** The system of the image, if it is none that runs our user data. */
  readonly otherSystem?: string;
  /** Whether the image has user data of its own. */
  readonly userData: boolean;
  /** The architecture of the image, amd64 or arm64, if it is known. */
  readonly architecture?: string;
}

/** Checks the machine image of a pool. `architecture` is that of the instance type. */
export function checkHostImage(instanceType: string, architecture: string | undefined, image: HostImage): Finding[] {
  const { otherSystem, userData } = image;
  return [
    ...linuxHosts.when(
      otherSystem !== undefined,
      () =>
        `\`machineImage\` for ${instanceType} must be a Linux image that runs user data as a shell script, got: ${otherSystem}. Use Amazon Linux ` +
        'or Ubuntu.',
    ),
    ...imageUserData.when(
      otherSystem === undefined && userData,
      () => '`machineImage` must not have user data of its own, because that of the pool replaces it. Use `userDataCommands`.',
    ),
    ...machineImageArchitecture.when(
      known(architecture, image.architecture) && architecture !== image.architecture,
      () =>
        `\`machineImage\` must be an image for ${architecture}, the architecture of ${instanceType}, got: an image for ${image.architecture}.`,
    ),
  ];
}

/** Checks the size of user data in bytes. What is not known at synth counts as 0. */
export function checkUserDataSize(bytes: number): Finding[] {
  return userDataSize.when(
    bytes > MAX_USER_DATA,
    () =>
      `The user data of the hosts must have at most ${MAX_USER_DATA} bytes, got: ${bytes}. Put what \`userDataCommands\` do into a script in Amazon ` +
      'S3 that they download and run, or into `machineImage`.',
  );
}
