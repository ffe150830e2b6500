import { aws_ec2 as ec2, aws_ecs as ecs, aws_logs as logs, Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedServiceProps } from './accelerated-service-props';
import { grantImagePull } from './image-pull';
import { rollWithinPool } from './rollout';
import { withStartPeriod } from './startup';
import { plannedLinuxParameters } from './task-containers';
import { TaskDefinitionSlice } from './task-definition-slice';
import { IEc2Capacity } from '../capacity/capacity';
import { clusterAssociation } from '../capacity/cluster-membership';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { checkMainContainer } from '../rules/container-rules';
import { checkPercentages } from '../rules/deployment-rules';
import { enforce } from '../rules/rule';
import { checkServiceProps } from '../rules/service-rules';
import { checkNetworkMode } from '../rules/slice-rules';

/** What a service on an EC2 pool is made of. */
export interface PoolService {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly service: ecs.Ec2Service;
  readonly logGroup?: logs.ILogGroup;
}

/** Where a service runs. */
export interface Placement {
  readonly capacity: IEc2Capacity;
  readonly instanceType: PoolInstanceType;
}

const STARTUP = Duration.minutes(10);
const STOP_TIMEOUT = Duration.minutes(2);

/** Makes a service under `scope` each of whose tasks takes a slice of a pool. */
export function makePoolService(scope: Construct, props: AcceleratedServiceProps, placement: Placement): PoolService {
  const { capacity, instanceType } = placement;
  const networkMode = props.networkMode ?? defaultNetworkMode(placement);
  checkProps(scope, props, placement, networkMode);

  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    compatibility: ecs.Compatibility.EC2,
    networkMode,
    family: props.family,
    taskRole: props.taskRole,
    executionRole: props.executionRole,
    // The device paths and cores fit one instance type only, and the cluster may have others.
    placementConstraints: ['attribute:ecs.os-type == linux', `attribute:ecs.instance-type == ${instanceType}`].map((expression) =>
      ecs.PlacementConstraint.memberOf(expression),
    ),
  });
  const logGroup = props.container.logging ? undefined : (props.logGroup ?? makeLogGroup(scope, props));
  const container = addMainContainer(taskDefinition, props, logGroup);
  grantImagePull(scope, taskDefinition, container.imageName);
  taskDefinition.with(new TaskDefinitionSlice({ capacity, sharedMemorySize: props.sharedMemorySize }));

  const service = makeService(scope, props, capacity, taskDefinition);
  rollWithinPool(service, capacity, props);
  return { taskDefinition, container, service, logGroup };
}

function defaultNetworkMode({ capacity, instanceType }: Placement): ecs.NetworkMode {
  return capacity.tasksPerInstance <= instanceType.maxAwsVpcTasks ? ecs.NetworkMode.AWS_VPC : ecs.NetworkMode.BRIDGE;
}

function checkProps(scope: Construct, props: AcceleratedServiceProps, placement: Placement, networkMode: ecs.NetworkMode): void {
  const { cpu, memoryLimitMiB, memoryReservationMiB, logging } = props.container;
  enforce(scope, [
    ...checkServiceProps({
      logging: logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode,
      desiredCount: props.desiredCount,
      essential: props.container.essential,
    }),
    ...checkNetworkMode(placement.instanceType, placement.capacity.tasksPerInstance, networkMode),
    ...checkPercentages(props.minHealthyPercent, props.maxHealthyPercent),
    ...checkMainContainer(
      {
        cpu,
        memory: memoryLimitMiB,
        memoryReservation: memoryReservationMiB,
        sharedMemory: plannedLinuxParameters(props.container).sharedMemorySize,
        wantedSharedMemory: props.sharedMemorySize,
      },
      placement.capacity.slice,
    ),
  ]);
}

function makeLogGroup(scope: Construct, props: AcceleratedServiceProps): logs.LogGroup {
  return new logs.LogGroup(scope, 'LogGroup', { retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH });
}

function addMainContainer(
  taskDefinition: ecs.TaskDefinition,
  props: AcceleratedServiceProps,
  logGroup: logs.ILogGroup | undefined,
): ecs.ContainerDefinition {
  const { container } = props;
  const name = container.containerName ?? 'main';
  return taskDefinition.addContainer('Container', {
    ...container,
    containerName: name,
    // The L2 wants a number here for EC2; one that comes out undefined lets the slice decide.
    memoryReservationMiB: container.memoryReservationMiB ?? (container.memoryLimitMiB === undefined ? undecided() : undefined),
    healthCheck: withStartPeriod(container.healthCheck, props.startup ?? STARTUP),
    stopTimeout: container.stopTimeout ?? STOP_TIMEOUT,
    logging: container.logging ?? ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
  });
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
    capacityProviderStrategies: [{ capacityProvider: capacity.capacityProviderName, weight: 1 }],
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
  if (!awsVpc) service.connections.addSecurityGroup(...inThisStack(scope, capacity.connections.securityGroups));
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

/** Security groups of another stack by their id, so that rules on them are made here and the stacks don't depend on each other. */
function inThisStack(scope: Construct, groups: ec2.ISecurityGroup[]): ec2.ISecurityGroup[] {
  return groups.map((group, index) =>
    Stack.of(group) === Stack.of(scope)
      ? group
      : ec2.SecurityGroup.fromSecurityGroupId(scope, `HostSecurityGroup${index}`, group.securityGroupId),
  );
}

/** A number that isn't given in the end. */
function undecided(): number {
  return Token.asNumber(Lazy.any({ produce: () => undefined }));
}
