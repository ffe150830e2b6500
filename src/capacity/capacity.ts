import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { IConstruct, IMixin } from 'constructs';
import { AcceleratedInstanceType } from './accelerated-instance-type';
import { TaskPlanner } from './task-planner';

/** What one task gets of a host: one of `tasksPerInstance` equal parts, or a partition. */
export interface CapacitySlice {
  /** cpu units of the slice: its exact share of the host's. They stand for the slice's accelerator share, so that ECS counts it. */
  readonly cpuUnits: number;

  /** Memory of the slice: its share of the memory that a host surely registers. */
  readonly memory: Size;

  /**
   * Indexes of the chips that are the slice's own, where they are fixed.
   *
   * @default - any: the driver hands out cores that are free
   */
  readonly chips?: number[];

  /**
   * Ports of the host, udp, that stand for those chips, so that ECS keeps other tasks off them.
   *
   * @default - none: cpu units stand for the slice
   */
  readonly hostPorts?: number[];
}

/** What a task definition asks of the capacity that its tasks run on. */
export interface TaskDefinitionMixinsOptions {
  /**
   * The container that does the work and gets the accelerator. One that doesn't exist is an error.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;

  /**
   * Size of `/dev/shm`. It counts as memory; more than the container has is an error. On Managed Instances it is a tmpfs.
   *
   * @default - a quarter of the memory that the task has, at most 10 GiB
   */
  readonly sharedMemorySize?: Size;
}

/** Where tasks run: one or more ECS capacity providers and what stands behind them. */
export interface ICapacity extends IConstruct, ec2.IConnectable {
  /** The cluster that it belongs to. */
  readonly cluster: ecs.ICluster;

  /** What a task definition must be compatible with to run here. */
  readonly compatibility: ecs.Compatibility;

  /** The capacity provider strategy of what runs here. */
  readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];

  /** What keeps a task definition to hosts of this capacity, where the cluster has others too. */
  readonly placementConstraints: ecs.PlacementConstraint[];

  /** Whether hosts may be taken away while tasks run on them, as Spot hosts are. */
  readonly interruptible: boolean;

  /**
   * The network mode that tasks have here unless they ask for another.
   *
   * @default - awsvpc, or bridge where a host has not enough network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;

  /** The subnets that hosts, and tasks with a network interface of their own, are placed in. */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * How services and jobs run here.
   * @internal
   */
  readonly _planner: TaskPlanner;

  /**
   * What makes a task definition run here: its accelerator, and its share of a host. Apply them with `taskDefinition.with(...)`.
   *
   * @param options what the task definition asks for
   */
  taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];
}

/** EC2 capacity: hosts of one instance type. */
export interface IEc2Capacity extends ICapacity {
  /** The most hosts, where it is known. */
  readonly maxInstances?: number;
}

/**
 * EC2 capacity whose accelerators ECS can count: hosts of one instance type, divided into equal slices. A service or job takes a slice for each task.
 */
export interface ISlicedCapacity extends IEc2Capacity {
  /** Equal slices that each host is divided into; as many tasks fit, and never one more. */
  readonly tasksPerInstance: number;

  /** What a task gets of a host. */
  readonly slice: CapacitySlice;

  /**
   * What a task of each partition gets of a host, where hosts are divided unequally. Services and jobs then run on a partition, not on the
   * pool itself, which is an error.
   *
   * @default - hosts are divided into equal slices
   */
  readonly partitionSlices?: CapacitySlice[];

  /** Elastic Fabric Adapter interfaces of each host, where it has them. */
  readonly efaInterfaces?: number;

  /**
   * The one instance type of the hosts, whatever its accelerator.
   * @internal
   */
  readonly _hostType: AcceleratedInstanceType;
}

/**
 * Capacity whose hosts Amazon ECS starts, patches and replaces by itself: ECS Managed Instances. ECS chooses among the instance types that
 * it may start.
 */
export interface IManagedCapacity extends ICapacity {
  /**
   * The instance types that a task may run on, whatever their accelerator. At least one.
   * @internal
   */
  readonly _hostTypes: AcceleratedInstanceType[];
}
