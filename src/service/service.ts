import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedServiceProps } from './accelerated-service-props';
import { failFast } from './failing-fast';
import { takeHealthPaths } from './health-path';
import { rollWithin } from './rollout';
import { withStartPeriod } from './startup';
import { makeTask, Task } from './task';
import { ICapacity } from '../capacity/capacity';
import { plannerOf, ServiceRequest } from '../capacity/task-planner';
import { checkPercentages } from '../rules/deployment-rules';
import { checkThreshold } from '../rules/failing-fast-rules';
import { checkBlockBegun } from '../rules/host-times-rules';
import { enforce } from '../rules/rule';
import { checkTaskCount } from '../rules/service-rules';

/** The resources of a service. */
export interface Service extends Task {
  readonly service: ecs.BaseService;
}

/** What to do with a service whose hosts do not exist yet. */
const INSTEAD = 'Deploy the service after that time, or with `desiredCount: 0` before.';

/** Creates a service under `scope` whose tasks run on a capacity. */
export function makeService(scope: Construct, props: AcceleratedServiceProps, capacity: ICapacity): Service {
  const planner = plannerOf(capacity);
  const { startup = Duration.minutes(10), placementStrategies, securityGroups } = props;
  enforce(scope, [
    ...checkTaskCount('desiredCount', props.desiredCount),
    ...checkPercentages(props.minHealthyPercent, props.maxHealthyPercent),
    ...checkThreshold(props.circuitBreakerThreshold !== undefined, props.circuitBreaker?.enable !== false),
    ...planner.checkService({ placementStrategies }),
    ...(props.desiredCount === 0 ? [] : checkBlockBegun(planner.hostTimes ?? [], 'The service starts tasks at once', INSTEAD)),
  ]);
  const healthCheck = withStartPeriod(props.container.healthCheck, startup);
  const task = makeTask(scope, { ...props, container: { ...props.container, healthCheck } }, capacity);
  const service = planner.makeService(scope, {
    options: serviceOptions(props, capacity, startup),
    taskDefinition: task.taskDefinition,
    securityGroups,
    placementStrategies,
  });
  failFast(rollWithin(scope, service, capacity, props), props, startup);
  takeHealthPaths(service);
  return { ...task, service };
}

function serviceOptions(props: AcceleratedServiceProps, capacity: ICapacity, startup: Duration): ServiceRequest['options'] {
  return {
    cluster: capacity.cluster,
    serviceName: props.serviceName,
    desiredCount: props.desiredCount,
    capacityProviderStrategies: capacity.capacityProviderStrategies,
    // `rollWithin` overrides both. The L2 compares the two numbers, so they cannot be tokens.
    minHealthyPercent: 0,
    maxHealthyPercent: 100,
    // ECS turns it on for new services by default. It starts tasks beyond the desired count, for which no slice is kept free, and it cannot
    // be combined with updates in place.
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
    circuitBreaker: props.circuitBreaker ?? { enable: true, rollback: true },
    healthCheckGracePeriod: startup,
    enableExecuteCommand: props.enableExecuteCommand,
    enableECSManagedTags: true,
    propagateTags: props.propagateTags ?? ecs.PropagatedTagSource.SERVICE,
  };
}
