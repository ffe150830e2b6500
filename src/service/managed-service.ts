import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedServiceProps } from './accelerated-service-props';
import { deploymentPercentages, extraTasks, stoppableTasks } from './deployment';
import { hostSecurityGroups } from './host-security-groups';
import { makeManagedTask } from './managed-task';
import { healthFacts, taskRange } from './rollout';
import { STARTUP, withStartPeriod } from './startup';
import { Task } from './task-parts';
import { IManagedCapacity } from '../capacity/capacity';
import { checkHealth, checkPercentages, checkRollout } from '../rules/deployment-rules';
import { checkPlacementStrategies } from '../rules/managed-parameter-rules';
import { enforce, enforceAtSynth, known } from '../rules/rule';
import { checkDesiredCount } from '../rules/service-rules';

/** What a service on Managed Instances is made of. */
export interface ManagedService extends Task {
  readonly service: ecs.FargateService;
}

/** Makes a service under `scope` whose tasks run on Managed Instances. */
export function makeManagedService(scope: Construct, props: AcceleratedServiceProps, capacity: IManagedCapacity): ManagedService {
  enforce(scope, [
    ...checkDesiredCount(props.desiredCount),
    ...checkPercentages(props.minHealthyPercent, props.maxHealthyPercent),
    ...checkPlacementStrategies(props.placementStrategies !== undefined),
  ]);
  const healthCheck = withStartPeriod(props.container.healthCheck, props.startup ?? STARTUP);
  const task = makeManagedTask(scope, { ...props, container: { ...props.container, healthCheck } }, capacity);
  const service = makeEcsService(scope, props, capacity, task.taskDefinition);
  checkUpdates(service, props, capacity);
  return { ...task, service };
}

/** aws-cdk-lib's L2 for tasks without hosts of your own, which is the one that takes tasks for Managed Instances. */
function makeEcsService(
  scope: Construct,
  props: AcceleratedServiceProps,
  capacity: IManagedCapacity,
  taskDefinition: ecs.TaskDefinition,
): ecs.FargateService {
  const awsVpc = taskDefinition.networkMode === ecs.NetworkMode.AWS_VPC;
  const { minHealthyPercent, maxHealthyPercent } = percentages(props);
  const service = new ecs.FargateService(scope, 'Service', {
    cluster: capacity.cluster,
    taskDefinition,
    serviceName: props.serviceName,
    desiredCount: props.desiredCount,
    capacityProviderStrategies: capacity.capacityProviderStrategies,
    vpcSubnets: capacity.vpcSubnets,
    // In host mode tasks are reached through their hosts.
    securityGroups: awsVpc ? props.securityGroups : hostSecurityGroups(scope, capacity),
    minHealthyPercent,
    maxHealthyPercent,
    // ECS turns it on for new services where nothing is said. It would start a host for a moment, only to move a task.
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
    circuitBreaker: props.circuitBreaker ?? { enable: true, rollback: true },
    healthCheckGracePeriod: props.startup ?? STARTUP,
    enableExecuteCommand: props.enableExecuteCommand,
    enableECSManagedTags: true,
    propagateTags: props.propagateTags ?? ecs.PropagatedTagSource.SERVICE,
  });
  // The L2 knows awsvpc mode only; ECS refuses network settings in host mode.
  if (!awsVpc) (service.node.defaultChild as ecs.CfnService).addPropertyDeletionOverride('NetworkConfiguration');
  return service;
}

/** ECS starts a host when a task needs one, so there is always room to surge, unless the user wants it in place. */
function percentages(props: AcceleratedServiceProps): { minHealthyPercent: number; maxHealthyPercent: number } {
  const { desiredCount, minHealthyPercent, maxHealthyPercent = 200 } = props;
  const inPlace = deploymentPercentages({ least: known(desiredCount) ? desiredCount : 1 }, 0).minHealthyPercent;
  return { minHealthyPercent: minHealthyPercent ?? (maxHealthyPercent === 100 ? inPlace : 100), maxHealthyPercent };
}

function checkUpdates(service: ecs.FargateService, props: AcceleratedServiceProps, capacity: IManagedCapacity): void {
  enforceAtSynth(service, () => {
    const { minHealthyPercent, maxHealthyPercent } = percentages(props);
    const least = Math.max(1, taskRange(service, props.desiredCount).least ?? 1);
    const rollout = known(minHealthyPercent, maxHealthyPercent)
      ? checkRollout({
          stoppable: stoppableTasks(least, minHealthyPercent),
          mustStop: 1,
          extra: extraTasks(least, maxHealthyPercent),
          free: Infinity,
          minHealthyPercent,
          maxHealthyPercent,
          pool: capacity.node.path,
        })
      : [];
    return [...rollout, ...checkHealth(healthFacts(service.node.defaultChild as ecs.CfnService, service.taskDefinition))];
  });
}
