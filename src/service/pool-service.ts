import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedServiceProps } from './accelerated-service-props';
import { hostSecurityGroups } from './host-security-groups';
import { rollWithinPool } from './rollout';
import { STARTUP, withStartPeriod } from './startup';
import { makePoolTask } from './task';
import { Task } from './task-parts';
import { IEc2Capacity } from '../capacity/capacity';
import { clusterAssociation } from '../capacity/cluster-membership';
import { checkPercentages } from '../rules/deployment-rules';
import { enforce } from '../rules/rule';
import { checkDesiredCount } from '../rules/service-rules';

/** What a service on an EC2 pool is made of. */
export interface PoolService extends Task {
  readonly service: ecs.Ec2Service;
}

/** Makes a service under `scope` whose tasks run on a pool, each in a slice where it has such. */
export function makePoolService(scope: Construct, props: AcceleratedServiceProps, capacity: IEc2Capacity): PoolService {
  enforce(scope, [...checkDesiredCount(props.desiredCount), ...checkPercentages(props.minHealthyPercent, props.maxHealthyPercent)]);
  const healthCheck = withStartPeriod(props.container.healthCheck, props.startup ?? STARTUP);
  const task = makePoolTask(scope, { ...props, container: { ...props.container, healthCheck } }, capacity);
  const service = makeService(scope, props, capacity, task.taskDefinition);
  rollWithinPool(service, capacity, props);
  return { ...task, service };
}

function makeService(
  scope: Construct,
  props: AcceleratedServiceProps,
  capacity: IEc2Capacity,
  taskDefinition: ecs.TaskDefinition,
): ecs.Ec2Service {
  const awsVpc = taskDefinition.networkMode === ecs.NetworkMode.AWS_VPC;
  const service = new ecs.Ec2Service(scope, 'Service', {
    cluster: withEc2Capacity(scope, capacity.cluster),
    taskDefinition,
    serviceName: props.serviceName,
    desiredCount: props.desiredCount,
    capacityProviderStrategies: capacity.capacityProviderStrategies,
    placementStrategies: props.placementStrategies ?? [
      ecs.PlacementStrategy.spreadAcross(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
      ecs.PlacementStrategy.packedByCpu(),
    ],
    vpcSubnets: awsVpc ? capacity.vpcSubnets : undefined,
    securityGroups: props.securityGroups,
    // `rollWithinPool` decides; the L2 compares these two, so they can't be tokens.
    minHealthyPercent: 0,
    maxHealthyPercent: 100,
    // ECS turns it on for new services where nothing is said. It starts tasks beside the desired ones, which no slice is kept for, and can't
    // be combined with updates in place.
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
    circuitBreaker: props.circuitBreaker ?? { enable: true, rollback: true },
    healthCheckGracePeriod: props.startup ?? STARTUP,
    enableExecuteCommand: props.enableExecuteCommand,
    enableECSManagedTags: true,
    propagateTags: props.propagateTags ?? ecs.PropagatedTagSource.SERVICE,
  });
  // In bridge and host mode tasks are reached through their hosts, which the L2 doesn't know for a capacity provider's group.
  if (!awsVpc) service.connections.addSecurityGroup(...hostSecurityGroups(scope, capacity));
  service.node.addDependency(clusterAssociation(capacity, capacity.cluster));
  return service;
}

/** The cluster as a service takes it: one that knows of its EC2 capacity, also when another stack's pool gave it to it. */
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
