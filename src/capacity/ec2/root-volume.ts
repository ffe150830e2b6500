import { aws_kms as kms, Size } from 'aws-cdk-lib';

/**
 * The root volume of the hosts of a pool, an encrypted gp3 volume. It holds the system, and images, logs and what containers write, unless
 * `instanceStorage` takes them.
 *
 * EBS bills it by the second while a host exists. With its defaults, a host with accelerators costs about $23 a month in us-east-1 in
 * addition to the instance: $0.08 for each GiB, and $0.04 for each MiB/s over 125. IOPS over 3000 cost $0.005 each.
 *
 * @see https://aws.amazon.com/ebs/pricing/
 */
export interface RootVolume {
  /**
   * The size. Must be from 30 GiB, the size of the ECS-optimized image, to 64 TiB, in whole GiB.
   *
   * @default Size.gibibytes(100) - Neuron and Gaudi images take 10 to 20 GiB each
   */
  readonly size?: Size;

  /**
   * The throughput in MiB/s. Must be a whole number from 125 to 2000, and at most a quarter of `iops`.
   *
   * It decides how long a new host takes to unpack an image: 20 GiB take about 3 minutes at 125 MiB/s, and less than a minute at 500. The
   * instance type limits it too.
   *
   * @default - 500 for instance types with accelerators, about $15 a month while a host exists; 125, which costs nothing, for other types
   * and for hosts whose images are on `instanceStorage`
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   */
  readonly throughput?: number;

  /**
   * The number of I/O operations per second. Must be a whole number from 3000 to 80,000, and at most 500 for each GiB of `size`. The
   * template check of aws-cdk-lib may still refuse more than 16,000; acknowledge its rule `CloudFormation-Validate::E3671` then.
   *
   * @default - 3000, or four times `throughput` if that is more
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   */
  readonly iops?: number;

  /**
   * The key that encrypts the volume. Must be a symmetric key in the Region of the pool. The service-linked role of EC2 Auto Scaling,
   * `AWSServiceRoleForAutoScaling`, and for Spot hosts also `AWSServiceRoleForEC2Spot`, gets the permission to use it. A key whose policy the app cannot change, for example an imported key,
   * causes a warning with the statements to add.
   *
   * @default - the key for EBS of the account: the AWS managed key `aws/ebs`, unless the account has set another one
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
   */
  readonly kmsKey?: kms.IKey;
}
