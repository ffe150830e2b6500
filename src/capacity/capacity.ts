import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { IConstruct, IMixin } from 'constructs';
import { AcceleratedInstanceType } from './accelerated-instance-type';
import { HostTimes } from './host-times';
import { TaskPlanner } from './task-planner';

/** The share of a host that one task takes: one of `tasksPerInstance` equal slices, or a partition. */
export interface CapacitySlice {
  /**
   * The cpu units of the slice, its exact share of the cpu units of the host, less what the host keeps for other tasks. They stand for the
   * slice's share of the accelerators, so that ECS counts it.
   */
  readonly cpuUnits: number;

  /** The memory of the slice: its share of the memory that a host is certain to register with ECS, less what it keeps for other tasks. */
  readonly memory: Size;

  /**
   * The indexes of the chips that only this slice uses, if they are fixed.
   *
   * @default - not fixed: the driver hands out free cores
   */
  readonly chips?: number[];

  /**
   * The UDP ports of the host that stand for those chips, so that ECS keeps other tasks off them.
   *
   * @default - none: cpu units stand for the slice
   */
  readonly hostPorts?: number[];
}

/** Options of the mixins that prepare a task definition for its capacity. */
export interface TaskDefinitionMixinsOptions {
  /**
   * The name of the container that does the work and gets the accelerator. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;

  /**
   * The size of `/dev/shm`. It counts as memory, in addition to what the container reserves, and must be at most the memory of the container.
   * On Managed Instances it is a tmpfs.
   *
   * @default - a quarter of the memory of the task, at most 10 GiB, and at most what the task leaves of its slice or host
   */
  readonly sharedMemorySize?: Size;
}

/** Where tasks run: one or more ECS capacity providers, and the infrastructure behind them. */
export interface ICapacity extends IConstruct, ec2.IConnectable {
  /** The cluster that the capacity belongs to. */
  readonly cluster: ecs.ICluster;

  /** The compatibility that a task definition must have to run on this capacity. */
  readonly compatibility: ecs.Compatibility;

  /** The capacity provider strategy of the services and jobs that run on this capacity. */
  readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];

  /** Placement constraints that keep tasks on the hosts of this capacity. The cluster may have other hosts too. */
  readonly placementConstraints: ecs.PlacementConstraint[];

  /** Whether AWS can reclaim hosts while tasks run on them, as it can reclaim Spot hosts. */
  readonly interruptible: boolean;

  /**
   * The network mode of tasks that do not set one.
   *
   * @default - awsvpc, or bridge if a host has too few network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;

  /** The subnets of the hosts, and of tasks in `awsvpc` network mode. */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Plans how services and jobs run on this capacity.
   * @internal
   */
  readonly _planner: TaskPlanner;

  /**
   * The mixins that make a task definition run on this capacity. They give it the accelerator and its share of a host. Apply them with
   * `taskDefinition.with(...)`.
   *
   * @param options the options of the mixins
   */
  taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];
}

/** EC2 capacity: hosts of one instance type. */
export interface IEc2Capacity extends ICapacity {
  /** The maximum number of hosts, if it is known. */
  readonly maxInstances?: number;

  /**
   * How long the hosts run, for each pool. Undefined if it is not known.
   * @internal
   */
  readonly _hostTimes?: HostTimes[];
}

/**
 * EC2 capacity whose accelerators ECS can count, because its hosts, all of one instance type, are divided into slices. Each task of a
 * service or job takes one slice.
 */
export interface ISlicedCapacity extends IEc2Capacity {
  /** The number of equal slices that each host is divided into. A host holds exactly this many tasks. */
  readonly tasksPerInstance: number;

  /** The share of a host that one task takes. */
  readonly slice: CapacitySlice;

  /**
   * The share of a host that a task of each partition takes, if hosts are divided into partitions. Services and jobs must then run on a
   * partition, not on the pool itself.
   *
   * @default - hosts are divided into equal slices
   */
  readonly partitionSlices?: CapacitySlice[];

  /** The number of Elastic Fabric Adapter interfaces of each host, if the hosts use EFA. */
  readonly efaInterfaces?: number;

  /**
   * The instance type of the hosts, whatever its accelerator.
   * @internal
   */
  readonly _hostType: AcceleratedInstanceType;
}

/**
 * Capacity whose hosts Amazon ECS starts, patches and replaces: ECS Managed Instances. ECS chooses among the instance types that the
 * capacity allows.
 */
export interface IManagedCapacity extends ICapacity {
  /**
   * The instance types that a task can run on, whatever their accelerator. There is at least one.
   * @internal
   */
  readonly _hostTypes: AcceleratedInstanceType[];
}
