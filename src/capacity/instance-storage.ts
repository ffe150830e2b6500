/**
 * What a capacity does with the instance storage of its hosts: NVMe disks that belong to the host. They are faster than EBS and cost nothing
 * more, but their data is lost when the host stops or ends.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
 *
 * @example
 * new NeuronCapacity(this, 'Trn1', {
 *   vpc,
 *   instanceType: NeuronInstanceType.TRN1_32_XLARGE,
 *   instanceStorage: InstanceStorage.RAID0,
 * });
 */
export class InstanceStorage {
  /** The instance storage is not used. Images, logs and what containers write are on EBS. */
  public static readonly NONE = new InstanceStorage(false);

  /**
   * All disks as one volume, striped (RAID 0). Images, logs, volumes without a source path, and what containers write are on it.
   */
  public static readonly RAID0 = new InstanceStorage(true);

  /**
   * The folder on the hosts of a pool with `RAID0` for files that tasks of a host share, or that outlive a task, such as caches of models.
   * Every user may write to it. Mount it with a volume whose `sourcePath` it is. Managed Instances do not have it.
   */
  public static readonly SCRATCH_PATH = '/mnt/instance-storage/scratch';

  private constructor(
    /** @internal */
    readonly _used: boolean,
  ) {}
}
