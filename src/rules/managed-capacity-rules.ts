import { Duration, Size } from 'aws-cdk-lib';
import { range } from './capacity-rules';
import { Finding, known, Rule } from './rule';

const LAUNCH_TEMPLATE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html';

const managedTypesCount = new Rule({
  id: 'managed-types-count',
  level: 'error',
  says: 'Managed Instances are given from 1 to 30 instance types, each one once.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

const managedTypeRefused = new Rule({
  id: 'managed-type-refused',
  level: 'error',
  says: 'Managed Instances have the instance type. Inf1 is for EC2 capacity only.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const managedTypeDisputed = new Rule({
  id: 'managed-type-disputed',
  level: 'warning',
  says: 'The public pages disagree about whether Managed Instances have the instance type.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html',
});

const manualNeedsOneType = new Rule({
  id: 'manual-devices-one-type',
  level: 'error',
  says: 'Devices mapped by path fit one instance type: a capacity that maps them has one.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const taskVolume = new Rule({
  id: 'task-volume',
  level: 'error',
  says: 'The task volume of Managed Instances is of 30 to 16,384 GiB, or on instance storage that the instance types have.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesStorageConfiguration.html',
});

const scaleInDelay = new Rule({
  id: 'scale-in-delay',
  level: 'error',
  says: 'ECS waits from 0 to 3,600 seconds before it takes idle Managed Instances away, or never does.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InfrastructureOptimization.html',
});

const managedPurchase = new Rule({
  id: 'managed-purchase',
  level: 'error',
  says: 'Managed Instances are bought On-Demand, as Spot without a price limit in dollars, or from a group of capacity reservations.',
  source: LAUNCH_TEMPLATE,
});

const passRole = new Rule({
  id: 'pass-role',
  level: 'warning',
  says: 'The infrastructure role of Managed Instances may pass the instance role to EC2. A role that the app can not change must have that already.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html',
});

const mixedProviders = new Rule({
  id: 'mixed-providers',
  level: 'warning',
  says: 'A cluster holds Managed Instances, and a list of other capacity providers that CloudFormation writes without them.',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html',
});

/** How far Managed Instances have an instance type. */
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
      () => `\`instanceTypes\` must not have ${refused.join(', ')}: for EC2 capacity only. Use a pool, for example \`NeuronCapacity\`.`,
    ),
    ...managedTypeDisputed.when(
      disputed.length > 0,
      () =>
        `\`instanceTypes\` has ${disputed.join(', ')}: the list of types for Managed Instances does not name it, while other pages do, or don't ` +
        'exclude it. Try it in your account and acknowledge this, or use a pool of EC2 hosts.',
    ),
  ];
}

/** Checks that devices that are mapped by path fit every host. */
export function checkManualTypes(types: { readonly name: string }[]): Finding[] {
  return manualNeedsOneType.when(
    types.length > 1,
    () =>
      `\`deviceAllocation\` MANUAL maps the device paths of one instance type, got ${types.length} \`instanceTypes\`: ` +
      `${types.map(({ name }) => name).join(', ')}. Use one, or MANAGED.`,
  );
}

/** What is checked of the options of Managed Instances. */
export interface ManagedOptionFacts {
  readonly taskVolumeSize?: Size;
  readonly onInstanceStorage: boolean;
  readonly hosts: { readonly name: string; readonly hasInstanceStorage: boolean }[];
}

/** Checks where the task volume is. */
export function checkTaskVolume({ taskVolumeSize: size, onInstanceStorage, hosts }: ManagedOptionFacts): Finding[] {
  const gib = size && !size.isUnresolved() ? size.toGibibytes({ rounding: 0 }) : undefined;
  const without = hosts.filter(({ hasInstanceStorage }) => !hasInstanceStorage).map(({ name }) => name);
  return [
    ...range(taskVolume, 'taskVolumeSize', gib, 30, 16_384, ' GiB'),
    ...taskVolume.when(
      onInstanceStorage && without.length === hosts.length,
      () => `\`taskVolume\` INSTANCE_STORAGE needs a type that has it, got: ${without.join(', ')}. Leave it out, or use another type.`,
    ),
    ...taskVolume.when(
      onInstanceStorage && without.length === 0 && size !== undefined,
      () => '`taskVolumeSize` has no effect with `taskVolume` INSTANCE_STORAGE, for all `instanceTypes` have that. Leave one out.',
    ),
  ];
}

/** Checks how long ECS waits before it takes idle hosts away. */
export function checkScaleInDelay(delay: Duration): Finding[] {
  return range(scaleInDelay, 'scaleIn', delay.isUnresolved() ? undefined : delay.toSeconds(), 0, 3600, ' seconds');
}

/** What is checked of how Managed Instances are bought. */
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
        `\`maxPrice\` of \`purchaseOption\` must be left out on Managed Instances, which take no price, got: ${shown(spotMaxPrice!)}. Use ` +
        '`maxSpotPriceAsPercentageOfOptimalOnDemandPrice` of `instanceRequirements` instead.',
    ),
    ...managedPurchase.when(
      reservationId !== undefined,
      () =>
        `\`purchaseOption\` of Managed Instances takes capacity reservations by their resource group, got a single one: ${shown(reservationId!)}. ` +
        'Put it in a group and use PurchaseOption.capacityReservationGroup(...), or use a pool of EC2 hosts.',
    ),
    ...managedPurchase.when(
      blockId !== undefined,
      () =>
        `\`purchaseOption\` can't be a Capacity Block on Managed Instances, which take reservations by a resource group, and blocks can't be in ` +
        `one, got: ${shown(blockId!)}. Use a pool of EC2 hosts.`,
    ),
  ];
}

/** Checks that the roles of Managed Instances work together. */
export function checkPassRole(facts: { granted: boolean; infrastructureRole: string; instanceRole: string }): Finding[] {
  return passRole.when(
    !facts.granted,
    () =>
      `\`infrastructureRole\` ${facts.infrastructureRole} can't be changed by this app. Make sure that it may iam:PassRole ${facts.instanceRole} ` +
      'to EC2, then acknowledge this.',
  );
}

/** Checks that a cluster has one kind of capacity providers. */
export function checkMixedProviders(facts: { cluster: string; listed: boolean }): Finding[] {
  return mixedProviders.when(
    facts.listed,
    () =>
      `\`cluster\` ${facts.cluster} also has capacity providers of another kind. CloudFormation writes their list without Managed Instances, and no ` +
      'public page says that ECS keeps those then. Use a cluster for each kind; or try it in your account, and acknowledge this.',
  );
}

function shown(value: number | string): string {
  return known(value) ? String(value) : 'a value that is not known at synth';
}
