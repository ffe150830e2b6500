import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** What one task gets of a host: one of `tasksPerInstance` equal parts. */
export interface CapacitySlice {
  /** cpu units of the slice: its exact share of the host's. They stand for the slice's accelerator share, so that ECS counts it. */
  readonly cpuUnits: number;

  /** Memory of the slice: its share of the memory that a host surely registers. */
  readonly memory: Size;
}

/**
 * EC2 capacity that ECS can count: hosts of one instance type, divided into equal slices. A service or job takes a slice for each task.
 */
export interface IEc2Capacity extends IConstruct, ec2.IConnectable {
  /** The cluster that the hosts belong to. */
  readonly cluster: ecs.ICluster;

  /** Name of the ECS capacity provider. */
  readonly capacityProviderName: string;

  /** Equal slices that each host is divided into; as many tasks fit, and never one more. */
  readonly tasksPerInstance: number;

  /** What a task gets of a host. */
  readonly slice: CapacitySlice;

  /** The most hosts, where it is known. */
  readonly maxInstances?: number;

  /** The subnets that hosts, and tasks with a network interface of their own, are placed in. */
  readonly vpcSubnets?: ec2.SubnetSelection;
}
