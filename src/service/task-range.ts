import { aws_applicationautoscaling as scaling, aws_ecs as ecs, CfnResource, Stack } from 'aws-cdk-lib';
import { TaskRange } from './deployment';
import { cfnResources } from '../capacity/cfn-resources';
import { Finding, known } from '../rules/rule';
import { checkTaskCount } from '../rules/service-rules';

const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** The range of the desired count of a service: that of its auto scaling with its schedules, if it has any. */
export function taskRange(service: ecs.BaseService, desiredCount: number | undefined): TaskRange {
  const limits = scalingLimits(service);
  const number = (value: number | undefined) => (known(value) ? value : undefined);
  if (limits.length === 0) return { least: number(desiredCount ?? 1), most: number(desiredCount ?? 1) };
  return {
    least: extreme(
      Math.min,
      limits.map(({ least }) => least),
    ),
    most: extreme(
      Math.max,
      limits.map(({ most }) => most),
    ),
  };
}

/** Checks the limits of the auto scaling of a service. */
export function checkScaling(service: ecs.BaseService): Finding[] {
  return scalingLimits(service).flatMap(({ least, most }) => [
    ...checkTaskCount('minCapacity', least),
    ...checkTaskCount('maxCapacity', most),
  ]);
}

/** The limits that auto scaling has, and those that its schedules set. */
function scalingLimits(service: ecs.BaseService): TaskRange[] {
  const targets = scalableTargets(service);
  return targets.flatMap((target) => {
    const own = { least: target.minCapacity, most: target.maxCapacity };
    const actions: scaling.CfnScalableTarget.ScheduledActionProperty[] = Stack.of(target).resolve(target.scheduledActions) ?? [];
    const scheduled = actions.map(({ scalableTargetAction }) => (scalableTargetAction ?? {}) as Partial<Record<string, number>>);
    return [own, ...scheduled.map(({ minCapacity, maxCapacity }) => ({ least: minCapacity ?? own.least, most: maxCapacity ?? own.most }))];
  });
}

/** The scalable targets of a service: its own, and those that the same stack makes for its resource ID. */
function scalableTargets(service: ecs.BaseService): scaling.CfnScalableTarget[] {
  const stack = Stack.of(service);
  const { logicalId } = service.node.defaultChild as CfnResource;
  const id = JSON.stringify(stack.resolve(logicalId));
  return cfnResources<scaling.CfnScalableTarget>(stack, SCALABLE_TARGET).filter(
    (target) => Stack.of(target) === stack && JSON.stringify(stack.resolve(target.resourceId)).includes(id),
  );
}

function extreme(choose: (...counts: number[]) => number, counts: (number | undefined)[]): number | undefined {
  return counts.every((count) => known(count)) ? choose(...(counts as number[])) : undefined;
}
