import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, Size } from 'aws-cdk-lib';

/** Options of every accelerated task of a service or a job, except its main container. */
export interface AcceleratedTaskOptions {
  /**
   * The network mode of the tasks. Must be awsvpc, bridge or host, and on Managed Instances awsvpc or host. In awsvpc mode, each task takes
   * a network interface of its host, which must have enough of them.
   *
   * @default - awsvpc if the instance type has enough network interfaces for all slices; if not, and for partitions, bridge. On Gaudi,
   *   host. On a pool with `efa`, where EFA takes network interfaces too, host for tasks that have the host to themselves
   */
  readonly networkMode?: ecs.NetworkMode;

  /**
   * The security groups of the tasks. Can only be used in awsvpc network mode.
   *
   * @default - a new security group; in bridge and host mode, the security group of the hosts
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The size of `/dev/shm`. It counts as memory, and must be at most the memory of the container. Must not be set in `linuxParameters` too.
   *
   * On Managed Instances, it is a tmpfs. On Gaudi, it must be left out, because tasks use `/dev/shm` of the host.
   *
   * @default - a quarter of the memory of the task, or of the smallest managed host; at most 10 GiB, and at most what the memory that
   * containers set themselves leaves. If that is less than 64 MiB, the container gets Docker's default of 64 MiB.
   */
  readonly sharedMemorySize?: Size;

  /**
   * The cpu units of a task as a whole, by which ECS places it and which limit it. Can only be used on Managed Instances. Must be at most
   * the cpu units of the largest instance type.
   *
   * @default - none: a task can use all cpu units of its host
   */
  readonly taskCpu?: number;

  /**
   * The memory of a task as a whole, by which ECS places it and which limits it. Can only be used on Managed Instances. Must be at most the
   * memory that the largest instance type is certain to register with ECS. If containers reserve memory too, this causes a warning, because
   * ECS does not place the task by it.
   *
   * @default - none: the main container reserves half of the memory of the smallest host, as a soft limit
   */
  readonly taskMemory?: Size;

  /**
   * The role of the code in the containers.
   *
   * @default - a new role without permissions, to which grants can add some
   */
  readonly taskRole?: iam.IRole;

  /**
   * The role that ECS uses to pull images, read secrets and write logs.
   *
   * @default - a new role with the permissions that the containers need
   */
  readonly executionRole?: iam.IRole;

  /**
   * The log group of the main container. Cannot be combined with `container.logging` or `logRetention`.
   *
   * @default - a new log group, which is kept when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the new log group keeps its events. Cannot be combined with `container.logging` or `logGroup`.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether ECS Exec can run commands in the containers.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * The family of the task definition.
   *
   * @default - generated from the construct path
   */
  readonly family?: string;
}

/** Properties of every accelerated task of a service, whatever its accelerator. */
export interface AcceleratedTaskProps extends AcceleratedTaskOptions {
  /**
   * The main container: its image, command, ports, environment, secrets, health check and so on. What the accelerator needs is added to it.
   * Its defaults are the name `main`, an init process, a stop timeout of 2 minutes, and logs in CloudWatch.
   *
   * When ECS stops a task, it sends SIGTERM, and kills what still runs after the stop timeout. The init process passes the signal on to the
   * program, also if the program does not handle it. An entry point that starts the program as a child must pass the signal on too:
   * `entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--']` runs `command` in its own place. For an image that brings its own init process and
   * needs to be the first process, set `initProcessEnabled` of `linuxParameters` to false. On Fargate and on hosts that can be interrupted,
   * a stop timeout of more than 2 minutes is not possible or has no effect.
   *
   * In a pool with slices, the slice decides, so that ECS can count accelerators: `cpu` must be left out, and memory must be at most the
   * memory of the slice. On a pool without slices, an `Ec2Capacity`, memory must be set and `cpu` should be set, because ECS places the
   * task by them. On Managed Instances, the container must not have parameters that they refuse.
   */
  readonly container: ecs.ContainerDefinitionOptions;
}
