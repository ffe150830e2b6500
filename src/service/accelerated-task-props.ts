import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, Size } from 'aws-cdk-lib';

/** Properties that every accelerated task takes, of a service and of a job, whatever its accelerator. */
export interface AcceleratedTaskProps {
  /**
   * The main container: image, command, ports, environment, secrets, health check and so on. The service adds what the accelerator needs,
   * and where they are left out the name `main`, a stop timeout of 2 minutes, and logs to CloudWatch.
   *
   * In a pool `cpu` must be left out, and memory at most what the slice has, else it is an error: the slice decides, so that ECS can count.
   * What Managed Instances refuse is an error on these.
   */
  readonly container: ecs.ContainerDefinitionOptions;

  /**
   * The network mode of the tasks: awsvpc, bridge or host; others are an error, and so is bridge on Managed Instances. In awsvpc mode a task
   * takes a network interface of the host, and it is an error if there are not enough.
   *
   * @default - awsvpc where the network interfaces of the instance type suffice for all slices, else bridge; on a pool with `efa`, where
   *   EFA takes network interfaces too, host for tasks that have a host to themselves
   */
  readonly networkMode?: ecs.NetworkMode;

  /**
   * The security groups of the tasks. Only for awsvpc network mode, else it is an error.
   *
   * @default - a new security group; in bridge and host mode, that of the hosts
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Size of `/dev/shm`. It counts as memory; more than the container has is an error, and so is giving it in `linuxParameters` too.
   *
   * On Managed Instances it is a tmpfs.
   *
   * @default - a quarter of the memory of the slice, or of the smallest managed host; at most 10 GiB
   */
  readonly sharedMemorySize?: Size;

  /**
   * cpu units that a task has as a whole, which ECS places by and which limit it. On Managed Instances only, else it is an error; so is more
   * than the largest instance type has.
   *
   * @default - none: a task has what its host has
   */
  readonly taskCpu?: number;

  /**
   * Memory that a task has as a whole, which ECS places by and which limits it. On Managed Instances only, else it is an error; so is more
   * than what surely registers on the largest instance type. Beside it, what containers reserve is a warning, for ECS does not place by that.
   *
   * @default - none: the main container reserves half of the smallest host, as a soft limit
   */
  readonly taskMemory?: Size;

  /**
   * The role that the code in the containers has.
   *
   * @default - a new role without permissions; add to it by grants
   */
  readonly taskRole?: iam.IRole;

  /**
   * The role that ECS pulls images, reads secrets and writes logs with.
   *
   * @default - a new role with what the containers need
   */
  readonly executionRole?: iam.IRole;

  /**
   * The log group of the main container. An error together with `container.logging` or `logRetention`.
   *
   * @default - a new log group, kept when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the new log group keeps its events. An error together with `container.logging` or `logGroup`.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether commands can be run in the containers with ECS Exec.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Family of the task definition.
   *
   * @default - generated from the construct path
   */
  readonly family?: string;
}
