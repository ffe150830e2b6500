import { Size } from 'aws-cdk-lib';

/**
 * Overrides for a single run of a job. All are optional.
 *
 * `command` and `environment` must have at most 8192 characters in total.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
 */
export interface JobOverrides {
  /**
   * The command of the main container: the program and its arguments, each as a separate element. An element can contain commas. Must not
   * be empty.
   *
   * @default - the command of the container
   */
  readonly command?: string[];

  /**
   * Environment variables to add to the main container. A variable replaces the container's variable of the same name. Cannot be a variable
   * that the library sets, such as the cores of a shared slice, `HABANA_VISIBLE_DEVICES`, or those of `nodes`.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The cpu units of each task. Must be a whole number, 1 or more. Only supported on Fargate: on a pool the slice decides, and on Managed
   * Instances the task definition.
   *
   * @default - the cpu units of the task definition
   */
  readonly cpu?: number;

  /**
   * The memory of each task. On a pool, and on Managed Instances without `taskMemory`, this overrides the memory limit of the main
   * container if it has one, and its memory reservation if not. Must be at most the memory of the slice, or of the largest managed host, less
   * `/dev/shm`, tmpfs mounts and what other containers reserve. On Fargate, must be a size that Fargate supports together with the cpu units.
   *
   * @default - the memory of the task definition
   */
  readonly memory?: Size;

  /**
   * The number of tasks of the run. Must be a whole number from 1 to 40, or to 10,000 if `count` or `maxConcurrency` of the job is more than
   * 40. Cannot be combined with `nodes` of the job.
   *
   * @default - the `count` of the job
   */
  readonly count?: number;
}
