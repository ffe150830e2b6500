import { Size } from 'aws-cdk-lib';

/**
 * What one run of a job has otherwise than its task definition says. Everything may be left out.
 *
 * Together at most 8192 characters, else it is an error.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
 */
export interface JobOverrides {
  /**
   * The command of the main container: program and arguments, each an element of its own, so that a comma in one stays. An empty list is an
   * error.
   *
   * @default - that of the container
   */
  readonly command?: string[];

  /**
   * Variables that the main container gets beside its own, or instead of those of the same name.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * cpu units of each task, on Fargate only: elsewhere an error. On a pool the slice decides, on Managed Instances the task definition.
   *
   * @default - that of the capacity
   */
  readonly cpu?: number;

  /**
   * Memory of each task. On a pool, and on Managed Instances without `taskMemory`, what the main container reserves. More than the slice, or
   * the largest of the managed hosts, has is an error.
   *
   * @default - that of the capacity
   */
  readonly memory?: Size;

  /**
   * How many tasks run side by side. From 1 to 10, else it is an error; an error beside `nodes`.
   *
   * @default - the `count` of the job
   */
  readonly count?: number;
}
