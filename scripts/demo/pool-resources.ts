import { CloudAssembly, Resource } from './cloud-assembly';

/** The resources behind a capacity provider that has an Auto Scaling group. */
export interface PoolResources {
  readonly group: AutoScalingGroup;
  readonly template: LaunchTemplateData;
  readonly scheduled: ScheduledAction[];
  /** The strategy of the placement group of the hosts, if they have one. */
  readonly placementStrategy?: string;
}

export interface AutoScalingGroup {
  readonly MinSize: unknown;
  readonly MaxSize: unknown;
  readonly LaunchTemplate?: unknown;
  readonly CapacityReservationSpecification?: unknown;
  readonly PlacementGroup?: unknown;
}

export interface LaunchTemplateData {
  readonly InstanceType?: unknown;
  readonly InstanceMarketOptions?: { readonly MarketType?: unknown };
  readonly CapacityReservationSpecification?: unknown;
  readonly NetworkInterfaces?: { readonly InterfaceType?: unknown }[];
  readonly Placement?: { readonly GroupName?: unknown };
}

export interface ScheduledAction {
  readonly AutoScalingGroupName: unknown;
  readonly StartTime?: unknown;
  readonly MinSize?: unknown;
  readonly MaxSize?: unknown;
}

const AUTO_SCALING_GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** Finds these resources; undefined if no stack of the app has the group. */
export function poolResources(assembly: CloudAssembly, stack: string, groupArn: unknown): PoolResources | undefined {
  const group = assembly.referenced<AutoScalingGroup>(stack, groupArn, AUTO_SCALING_GROUP);
  if (!group) return undefined;
  const launchTemplate = assembly.referenced<{ LaunchTemplateData?: LaunchTemplateData }>(
    group.stack,
    group.properties.LaunchTemplate,
    'AWS::EC2::LaunchTemplate',
  );
  const template = launchTemplate?.properties.LaunchTemplateData ?? {};
  return {
    group: group.properties,
    template,
    scheduled: scheduledActions(assembly, group),
    placementStrategy: placementStrategy(assembly, [
      [group.stack, group.properties.PlacementGroup],
      [launchTemplate?.stack ?? group.stack, template.Placement?.GroupName],
    ]),
  };
}

function scheduledActions(assembly: CloudAssembly, group: Resource): ScheduledAction[] {
  return assembly
    .resources<ScheduledAction>('AWS::AutoScaling::ScheduledAction')
    .filter(({ stack, properties }) => assembly.referenced(stack, properties.AutoScalingGroupName, AUTO_SCALING_GROUP) === group)
    .map(({ properties }) => properties);
}

function placementStrategy(assembly: CloudAssembly, names: [string, unknown][]): string | undefined {
  const [stack, name] = names.find(([, value]) => value !== undefined) ?? [];
  if (stack === undefined) return undefined;
  const group = assembly.referenced<{ Strategy?: unknown }>(stack, name, 'AWS::EC2::PlacementGroup');
  return String(group?.properties.Strategy ?? 'existing');
}
