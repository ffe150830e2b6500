import { aws_ec2 as ec2, Duration } from 'aws-cdk-lib';
import { ICapacity } from '../capacity/capacity';
import { AcceleratedTaskProps } from '../service/accelerated-task-props';

/** Properties of `MlRunTask`. */
export interface MlRunTaskProps extends AcceleratedTaskProps {
  /**
   * Where the job runs: a pool of this library, Managed Instances, or Fargate. Give this or `vpc`; both or neither is an error.
   *
   * @default - a Fargate capacity of 1 vCPU and 2 GiB in `vpc`
   */
  readonly capacity?: ICapacity;

  /**
   * The VPC of a small CPU capacity of the job's own. An error with `capacity`.
   *
   * @default - the VPC of `capacity`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * How long a run may take in all: waiting for hosts, new attempts, everything. A run that takes longer ends as timed out, and Step
   * Functions stops its tasks. From a minute to 365 days, else it is an error.
   */
  readonly timeout: Duration;

  /**
   * New attempts after trouble that isn't the program's: no capacity, a Spot interruption, a lost host. They begin 30 seconds later, then
   * 60, and so on up to 15 minutes. A whole number, 0 or more, else it is an error.
   *
   * @default 3
   */
  readonly retries?: number;

  /**
   * New attempts after the program failed, that is, exited with another code than 0. A whole number, 0 or more, else it is an error.
   *
   * @default 0 - a program that failed once fails again
   */
  readonly programRetries?: number;

  /**
   * How many tasks a run has, side by side, each for itself. From 1 to 10, else it is an error. A run may override it.
   *
   * @default 1
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
   */
  readonly count?: number;

  /**
   * How many tasks run together as one job, each on a host of its own if it takes all of it. They can reach each other, and have the variables
   * `NODE_RANK`, from 0, `NNODES`, `MASTER_PORT`, and all but the first `MASTER_ADDR`, the address of the first: the first one is told by
   * `hostname -i`. When one fails, the others are stopped, and a new attempt is one of all. From 2 to 40, else it is an error; an error beside
   * `count`. Accelerated nodes whose hosts have no Elastic Fabric Adapter give a warning.
   *
   * @default - each task runs for itself
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
   */
  readonly nodes?: number;

  /**
   * Whether the program saves checkpoints, and goes on from the last one when it is started anew. On capacity that may be taken away, as
   * Spot hosts are, leaving it out gives a warning; `false` says that a loss is fine.
   *
   * @default - not known
   */
  readonly resumable?: boolean;
}
