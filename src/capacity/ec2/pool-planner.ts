import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PoolLedger } from './pool-ledger';
import { checkTaskSizeOnPool } from '../../rules/managed-task-rules';
import { OwnedVariables } from '../../rules/owned-rules';
import { enforce, Finding } from '../../rules/rule';
import { checkNetworkMode } from '../../rules/slice-rules';
import { IEc2Capacity } from '../capacity';
import { clusterAssociation } from '../cluster-membership';
import { hostSecurityGroups } from '../host-security-groups';
import { HostTimes } from '../host-times';
import { checkSelection } from '../subnets';
import { checkContainerFor, ownedVariablesOf } from '../task/container-checks';
import { TaskLedger } from '../task-ledger';
import { OverrideLimits, ServiceRequest, TaskPlanner, TaskRequest } from '../task-planner';

/** Plans tasks on a pool of EC2 hosts. The tasks set their own cpu and memory. */
export class PoolPlanner<P extends IEc2Capacity = IEc2Capacity> implements TaskPlanner {
  public readonly assignsPublicIp = false;

  constructor(
    protected readonly pool: P,
    public readonly ledger: TaskLedger = new PoolLedger(pool),
  ) {}

  public get runTaskPlacement(): ecs.PlacementConstraint[] {
    return this.pool.placementConstraints;
  }

  /** Packing leaves hosts idle, which then scale in. A job needs no spread over zones, because it does not serve. */
  public get runTaskStrategies(): ecs.PlacementStrategy[] {
    return [ecs.PlacementStrategy.packedByCpu()];
  }

  public get overrideLimits(): OverrideLimits {
    return { where: 'on a pool', why: 'The containers of the task definition set the cpu units.' };
  }

  public get hostTimes(): HostTimes[] | undefined {
    return this.pool._hostTimes;
  }

  public get ownedVariables(): OwnedVariables {
    return ownedVariablesOf(this.pool.taskDefinitionMixins());
  }

  public networkMode(request: TaskRequest): ecs.NetworkMode {
    return request.networkMode ?? this.pool.defaultNetworkMode ?? this.fittingNetworkMode();
  }

  public checkTask(request: TaskRequest, networkMode: ecs.NetworkMode): Finding[] {
    const mixins = this.pool.taskDefinitionMixins({ sharedMemorySize: request.sharedMemorySize });
    return [
      ...checkTaskSizeOnPool(request, this.ledger.exact),
      ...checkNetworkMode(networkMode),
      ...checkContainerFor(mixins, request.container),
    ];
  }

  public taskDefinitionProps(): ecs.TaskDefinitionProps {
    const { compatibility, placementConstraints } = this.pool;
    return { compatibility, placementConstraints };
  }

  public checkService(): Finding[] {
    return [];
  }

  public makeService(scope: Construct, { options, taskDefinition, securityGroups, placementStrategies }: ServiceRequest): ecs.Ec2Service {
    const awsVpc = taskDefinition.networkMode === ecs.NetworkMode.AWS_VPC;
    if (awsVpc) enforce(scope, checkSelection(this.pool.cluster.vpc, this.pool.vpcSubnets));
    const service = new ecs.Ec2Service(scope, 'Service', {
      ...options,
      cluster: withEc2Capacity(scope, this.pool.cluster),
      taskDefinition,
      placementStrategies: placementStrategies ?? [
        ecs.PlacementStrategy.spreadAcross(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
        ecs.PlacementStrategy.packedByCpu(),
      ],
      vpcSubnets: awsVpc ? this.pool.vpcSubnets : undefined,
      securityGroups,
    });
    // In bridge and host mode, tasks are reached through their hosts, and the L2 does not know the hosts of a capacity provider.
    if (!awsVpc) service.connections.addSecurityGroup(...hostSecurityGroups(scope, this.pool));
    service.node.addDependency(clusterAssociation(this.pool, this.pool.cluster));
    return service;
  }

  /** The network mode where neither the task nor the pool sets one. */
  protected fittingNetworkMode(): ecs.NetworkMode {
    return ecs.NetworkMode.AWS_VPC;
  }
}

/** The cluster for an EC2 service, which must have EC2 capacity. A pool of another stack adds capacity without the cluster knowing it. */
function withEc2Capacity(scope: Construct, cluster: ecs.ICluster): ecs.ICluster {
  if (cluster.hasEc2Capacity) return cluster;
  return ecs.Cluster.fromClusterAttributes(scope, 'Cluster', {
    clusterName: cluster.clusterName,
    clusterArn: cluster.clusterArn,
    vpc: cluster.vpc,
    securityGroups: [],
    hasEc2Capacity: true,
    executeCommandConfiguration: cluster.executeCommandConfiguration,
  });
}
