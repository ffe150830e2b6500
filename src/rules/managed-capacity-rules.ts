import { Duration, Size } from 'aws-cdk-lib';
import { range } from './range';
import { Finding, Rule } from './rule';
import { shown } from './text';

const LAUNCH_TEMPLATE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html';

const managedTypesCount = new Rule({
  id: 'managed-types-count',
  level: 'error',
  says: 'Managed Instances must have from 1 to 30 instance types, each given once.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

const managedTypeRefused = new Rule({
  id: 'managed-type-refused',
  level: 'error',
  says: 'Managed Instances must support the instance type. Some types, for example Inf1, are for EC2 capacity only.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const managedTypeDisputed = new Rule({
  id: 'managed-type-disputed',
  level: 'warning',
  says: 'Managed Instances should only have instance types that the public pages agree on.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html',
});

const taskVolume = new Rule({
  id: 'task-volume',
  level: 'error',
  says: 'The task volume of Managed Instances must have 30 to 16,384 GiB, or use instance storage that the instance types have.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesStorageConfiguration.html',
});

const scaleInDelay = new Rule({
  id: 'scale-in-delay',
  level: 'error',
  says: 'The delay before ECS removes idle Managed Instances must be from 0 to 3,600 seconds, unless ECS never removes them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InfrastructureOptimization.html',
});

const managedPurchase = new Rule({
  id: 'managed-purchase',
  level: 'error',
  says: 'Managed Instances must be bought On-Demand, as Spot without a price limit in dollars, or from a group of capacity reservations.',
  source: LAUNCH_TEMPLATE,
});

const passRole = new Rule({
  id: 'pass-role',
  level: 'warning',
  says: 'The infrastructure role of Managed Instances must be allowed to pass the instance role to EC2. Check a role that the app cannot change.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html',
});

const mixedProviders = new Rule({
  id: 'mixed-providers',
  level: 'warning',
  says: 'A cluster should not have both Managed Instances and other capacity providers, because CloudFormation writes the list of the others without Managed Instances.',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html',
});

/** Whether Managed Instances support an instance type. */
export interface ManagedSupport {
  readonly name: string;
  readonly support: 'SUPPORTED' | 'DISPUTED' | 'UNSUPPORTED';
}

/** Checks the instance types that Managed Instances may start. */
export function checkManagedTypes(types: ManagedSupport[]): Finding[] {
  const names = types.map(({ name }) => name);
  const refused = types.filter(({ support }) => support === 'UNSUPPORTED').map(({ name }) => name);
  const disputed = types.filter(({ support }) => support === 'DISPUTED').map(({ name }) => name);
  return [
    ...managedTypesCount.when(
      types.length < 1 || types.length > 30,
      () => `\`instanceTypes\` must name from 1 to 30 instance types, got: ${types.length}.`,
    ),
    ...managedTypesCount.when(
      new Set(names).size < names.length,
      () => `\`instanceTypes\` must name each instance type once, got: ${names.join(', ')}.`,
    ),
    ...managedTypeRefused.when(
      refused.length > 0,
      () =>
        `\`instanceTypes\` must not have ${refused.join(', ')}, which Managed Instances do not support. Use another type, or a pool of EC2 hosts.`,
    ),
    ...managedTypeDisputed.when(
      disputed.length > 0,
      () =>
        `\`instanceTypes\` has ${disputed.join(', ')}, and the public pages disagree: the list of types for Managed Instances lacks it, but other ` +
        'pages name it or do not exclude it. Try it in your account and acknowledge this warning, or use a pool of EC2 hosts.',
    ),
  ];
}

/** The facts about the task volume of Managed Instances that are checked. */
export interface ManagedOptionFacts {
  readonly taskVolumeSize?: Size;
  /** Whether `instanceStorage` says that instance storage is used. Undefined if the prop is not given. */
  readonly instanceStorage?: boolean;
  /** The earlier prop for the same. */
  readonly taskVolume?: string;
  /** Types of the family that have instance storage. */
  readonly typesWithStorage: string[];
  readonly hosts: { readonly name: string; readonly hasInstanceStorage: boolean }[];
}

/** Checks where the task volume is. */
export function checkTaskVolume(facts: ManagedOptionFacts): Finding[] {
  const { taskVolumeSize: size, instanceStorage, taskVolume: earlier, hosts, typesWithStorage } = facts;
  const onInstanceStorage = instanceStorage ?? earlier === 'INSTANCE_STORAGE';
  const prop = instanceStorage === undefined ? '`taskVolume` INSTANCE_STORAGE' : '`instanceStorage`';
  const gib = size && !size.isUnresolved() ? size.toGibibytes({ rounding: 0 }) : undefined;
  const without = hosts.filter(({ hasInstanceStorage }) => !hasInstanceStorage).map(({ name }) => name);
  return [
    ...range(taskVolume, 'taskVolumeSize', gib, 30, 16_384, ' GiB'),
    ...taskVolume.when(
      instanceStorage !== undefined && earlier !== undefined,
      () => '`instanceStorage` must not be combined with `taskVolume`, its earlier name. Leave `taskVolume` out.',
    ),
    ...taskVolume.when(
      onInstanceStorage && without.length === hosts.length,
      () =>
        `${prop} needs an instance type with instance storage, got: ${without.join(', ')}. Add one of ${typesWithStorage.join(', ')}, or leave it out.`,
    ),
    ...taskVolume.when(
      onInstanceStorage && without.length === 0 && size !== undefined,
      () => `\`taskVolumeSize\` has no effect with ${prop}, because all \`instanceTypes\` have instance storage. Leave one out.`,
    ),
  ];
}

/** Checks how long ECS waits before it removes idle hosts. */
export function checkScaleInDelay(delay: Duration): Finding[] {
  return range(scaleInDelay, 'scaleIn', delay.isUnresolved() ? undefined : delay.toSeconds(), 0, 3600, ' seconds');
}

/** The facts about how Managed Instances are bought that are checked. */
export interface ManagedPurchaseFacts {
  readonly spotMaxPrice?: number;
  readonly reservationId?: string;
  readonly blockId?: string;
}

/** Checks how Managed Instances are bought. */
export function checkManagedPurchase({ spotMaxPrice, reservationId, blockId }: ManagedPurchaseFacts): Finding[] {
  return [
    ...managedPurchase.when(
      spotMaxPrice !== undefined,
      () =>
        `\`maxPrice\` of \`purchaseOption\` must be left out on Managed Instances, which take no price, got: ${shown(spotMaxPrice)}. Use ` +
        '`maxSpotPriceAsPercentageOfOptimalOnDemandPrice` of `instanceRequirements` instead.',
    ),
    ...managedPurchase.when(
      reservationId !== undefined,
      () =>
        '`purchaseOption` of Managed Instances must be a group of capacity reservations, not a single reservation, ' +
        `got: ${shown(reservationId)}. Put it in a resource group and use \`PurchaseOption.capacityReservationGroup(...)\`, or use a pool of EC2 hosts.`,
    ),
    ...managedPurchase.when(
      blockId !== undefined,
      () =>
        "`purchaseOption` of Managed Instances can't be a Capacity Block, because they need a resource group of reservations, and a Capacity Block " +
        `can't be in one, got: ${shown(blockId)}. Use a pool of EC2 hosts.`,
    ),
  ];
}

/** Checks that the roles of Managed Instances work together. */
export function checkPassRole(facts: { granted: boolean; infrastructureRole: string; instanceRole: string }): Finding[] {
  return passRole.when(
    !facts.granted,
    () =>
      `This app can't change \`infrastructureRole\` ${facts.infrastructureRole}. Make sure that the role is allowed iam:PassRole for ` +
      `${facts.instanceRole} to EC2, then acknowledge this warning.`,
  );
}

/** Checks that a cluster has one kind of capacity provider. */
export function checkMixedProviders(facts: { cluster: string; listed: boolean }): Finding[] {
  return mixedProviders.when(
    facts.listed,
    () =>
      `\`cluster\` ${facts.cluster} also has capacity providers of another kind. CloudFormation writes their list without Managed Instances, and no ` +
      'public page says whether ECS then keeps these. Use a cluster for each kind, or try it in your account and acknowledge this warning.',
  );
}
