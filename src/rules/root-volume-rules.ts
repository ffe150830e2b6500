import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import { range } from './range';
import { Finding, known, Rule } from './rule';

const GP3 = 'https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html';
const KEY_POLICY = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html';

/** The size of the ECS-optimized image. */
const MIN_SIZE = 30;
const MAX_SIZE = 65_536;

/** The IOPS that gp3 has at least, and those that it must have for each MiB/s of throughput. */
export const MIN_IOPS = 3000;
export const IOPS_PER_MIB = 4;
const MAX_IOPS_PER_GIB = 500;

const rootVolume = new Rule({
  id: 'root-volume',
  level: 'error',
  says: 'The root volume must be at least 30 GiB, the size of the ECS-optimized image, and its size, IOPS and throughput must be within the limits of gp3.',
  source: GP3,
});

const rootVolumeKey = new Rule({
  id: 'root-volume-key',
  level: 'error',
  says: 'The key of the root volume must be a symmetric key for encryption in the Region of the pool.',
  source: KEY_POLICY,
});

const rootVolumeKeyPolicy = new Rule({
  id: 'root-volume-key-policy',
  level: 'warning',
  says: 'The policy of a customer managed key must allow the service-linked role of EC2 Auto Scaling to use it, and that of Spot for Spot hosts, or no host starts. Check a key that the app cannot change.',
  source: KEY_POLICY,
});

/** The back-quotes around a prop are those of `range()`. */
const ofVolume = (prop: string) => `${prop}\` of \`rootVolume`;

/** The size and the performance of a root volume, with defaults. */
export interface VolumeFacts {
  readonly size: Size;
  readonly iops?: number;
  readonly throughput?: number;
}

/** Checks that the size of the root volume is given once. */
export function checkSizeOnce(twice: boolean): Finding[] {
  return rootVolume.when(twice, () => '`rootVolumeSize` and `size` of `rootVolume` are both given. Leave out `rootVolumeSize`.');
}

/** Checks the size and the performance of the root volume. `sizeName` is what the size is called in messages. */
export function checkRootVolume({ size, iops, throughput }: VolumeFacts, sizeName = '`size` of `rootVolume`'): Finding[] {
  const gib = size.isUnresolved() ? undefined : size.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
  return [
    ...rootVolume.when(
      known(gib) && gib < MIN_SIZE,
      () =>
        `${sizeName} must be at least ${MIN_SIZE} GiB, the size of the image, got: ${gib} GiB. Accelerator images take 10 to 20 GiB each.`,
    ),
    ...rootVolume.when(
      known(gib) && gib > MAX_SIZE,
      () => `${sizeName} must be at most ${MAX_SIZE} GiB, the limit of gp3, got: ${gib} GiB.`,
    ),
    ...range(rootVolume, ofVolume('throughput'), throughput, 125, 2000, ' MiB/s'),
    ...range(rootVolume, ofVolume('iops'), iops, MIN_IOPS, 80_000),
    ...rootVolume.when(
      known(iops) && known(throughput) && throughput * IOPS_PER_MIB > iops,
      () =>
        `\`throughput\` of \`rootVolume\` must be at most a quarter of \`iops\`, got: ${throughput} MiB/s and ${iops} IOPS. Set \`iops\` to ` +
        `${(throughput ?? 0) * IOPS_PER_MIB} or more, or leave it out.`,
    ),
    ...rootVolume.when(
      known(iops) && known(gib) && iops > gib * MAX_IOPS_PER_GIB,
      () =>
        `\`iops\` of \`rootVolume\` must be at most ${MAX_IOPS_PER_GIB} for each GiB of \`size\`, got: ${iops} IOPS for ${gib} GiB. Set \`size\` to ` +
        `${Math.ceil((iops ?? 0) / MAX_IOPS_PER_GIB)} GiB or more.`,
    ),
  ];
}

/** What is known of the key of a root volume. */
export interface KeyFacts {
  /** The kind of key material, if the app creates the key. */
  readonly keySpec?: string;
  readonly region: string;
  readonly poolRegion: string;
}

/** Checks the key of the root volume. */
export function checkRootVolumeKey({ keySpec, region, poolRegion }: KeyFacts): Finding[] {
  return [
    ...rootVolumeKey.when(
      known(keySpec) && keySpec !== 'SYMMETRIC_DEFAULT',
      () => `\`kmsKey\` of \`rootVolume\` must be a symmetric key for encryption, which EBS needs, got: ${keySpec}.`,
    ),
    ...rootVolumeKey.when(
      known(region, poolRegion) && region !== poolRegion,
      () => `\`kmsKey\` of \`rootVolume\` must be in ${poolRegion}, the Region of the pool, got: a key in ${region}.`,
    ),
  ];
}

/** What the launch of hosts needs of a key. */
export interface KeyPolicyFacts {
  readonly key: string;
  /** Whether the key belongs to another account. */
  readonly otherAccount: boolean;
  /** The statements that the app could not add. None if it added them. */
  readonly missing: unknown[];
  /** The names of the service-linked roles that launch the hosts. */
  readonly roles: string[];
}

/** Checks that hosts can be launched with the key of the root volume. */
export function checkRootVolumeKeyPolicy({ key, otherAccount, missing, roles }: KeyPolicyFacts): Finding[] {
  return [
    ...rootVolumeKeyPolicy.when(
      missing.length > 0,
      () =>
        `This app can't change the policy of \`kmsKey\` of \`rootVolume\`, ${key}. Without these statements no host starts (Client.InternalError). ` +
        `Make sure that the policy has them, then acknowledge this warning: ${JSON.stringify(missing)}`,
    ),
    ...rootVolumeKeyPolicy.when(
      otherAccount,
      () =>
        `\`kmsKey\` of \`rootVolume\`, ${key}, belongs to another account. In the account of the pool, run \`aws kms create-grant\` for ` +
        `${roles.join(' and ')} as the documentation describes, or no host starts. Then acknowledge this warning.`,
    ),
  ];
}
