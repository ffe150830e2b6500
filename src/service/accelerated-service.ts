import { aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Service } from './service';
import { ICapacity } from '../capacity/capacity';
import { checked } from '../rules/checked';

/**
 * The base class of every accelerated service, whatever its accelerator. Use the service of an accelerator family, for example
 * `NeuronService`.
 */
@checked
export abstract class AcceleratedService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** The capacity that the service runs on. */
  public abstract readonly capacity: ICapacity;

  /** @internal */
  protected abstract readonly _made: Service;

  /** The cluster that the service runs in. */
  public get cluster(): ecs.ICluster {
    return this.capacity.cluster;
  }

  /**
   * The ECS service. A target group that you attach to it and that has no health check path asks for the path that the container health check
   * calls.
   */
  public get service(): ecs.BaseService {
    return this._made.service;
  }

  /** The task definition. To add sidecars, use `addContainer`: what they reserve is subtracted from the main container's share. */
  public get taskDefinition(): ecs.TaskDefinition {
    return this._made.taskDefinition;
  }

  /** The main container. */
  public get container(): ecs.ContainerDefinition {
    return this._made.container;
  }

  /** The log group of the main container. Undefined if the container sets its own logging. */
  public get logGroup(): logs.ILogGroup | undefined {
    return this._made.logGroup;
  }

  /** The connections of the tasks. In bridge and host network mode, these are the connections of their hosts. */
  public get connections(): ec2.Connections {
    return this.service.connections;
  }

  /** The task role. */
  public get grantPrincipal(): iam.IPrincipal {
    return this.taskDefinition.taskRole;
  }

  /**
   * A CloudWatch metric of the service.
   *
   * @param metricName the name of the metric in the namespace `AWS/ECS`
   * @param props metric options such as statistic and period
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metric(metricName, props);
  }

  /**
   * The cpu units that the tasks use, in percent of those that they reserve. It can be more than 100, because the slice is a soft limit.
   *
   * @default - average over 5 minutes
   */
  public metricCpuUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricCpuUtilization(props);
  }

  /**
   * The memory that the tasks use, in percent of the memory that they reserve.
   *
   * @default - average over 5 minutes
   */
  public metricMemoryUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricMemoryUtilization(props);
  }
}
