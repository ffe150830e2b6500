import { Duration } from 'aws-cdk-lib';
import { range } from './range';
import { Finding, known, Rule } from './rule';

const CAPACITY_PROVIDERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html';

const vpcOrCluster = new Rule({
  id: 'vpc-or-cluster',
  level: 'error',
  says: 'A pool must have either a VPC, for a cluster of its own, or a cluster to join, but not both.',
  source: CAPACITY_PROVIDERS,
});

const poolSize = new Rule({
  id: 'pool-size',
  level: 'error',
  says: 'The minimum and maximum number of hosts must be whole numbers, and the minimum must not exceed the maximum.',
  source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html',
});

const managedScaling = new Rule({
  id: 'managed-scaling',
  level: 'error',
  says: 'The target capacity, the warm-up time and the scaling step must be within the limits of ECS.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html',
});

const imageCleanUp = new Rule({
  id: 'image-clean-up',
  level: 'warning',
  says: 'User data should not set ECS_IMAGE_PULL_BEHAVIOR=prefer-cached, because it turns image cleanup off and large images then fill the root volume.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html',
});

const ownedCluster = new Rule({
  id: 'owned-cluster',
  level: 'error',
  says: 'User data must not set ECS_CLUSTER, because the pool sets it.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html',
});

const regionOffersType = new Rule({
  id: 'region-offers-type',
  level: 'warning',
  says: 'The Region should be in the public list of Regions that offer the instance type. Availability Zones and vCPU quotas can only be checked in the account.',
  source: 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-regions.html',
});

const publicSubnets = new Rule({
  id: 'public-subnets',
  level: 'warning',
  says: 'Hosts should be in private subnets. In public ones they need a public IP address, and tasks in awsvpc mode cannot reach anything outside the VPC.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
});

/** The options of a pool that are checked. */
export interface CapacityFacts {
  readonly vpc?: unknown;
  readonly cluster?: unknown;
  readonly minInstances?: number;
  readonly maxInstances: number;
  readonly targetCapacityPercent?: number;
  readonly instanceWarmup?: Duration;
  readonly maximumScalingStepSize?: number;
  readonly userDataCommands?: string[];
  readonly instanceType: { readonly name: string; readonly regions?: string[] };
  readonly region: string;
}

/** Checks the options of a pool, each by itself and all together. */
export function checkCapacityOptions(facts: CapacityFacts): Finding[] {
  const { minInstances = 0, maxInstances, instanceWarmup, instanceType, region } = facts;
  const warmup = instanceWarmup && !instanceWarmup.isUnresolved() ? instanceWarmup.toSeconds() : undefined;
  return [
    ...checkVpcOrCluster(facts),
    ...range(poolSize, 'minInstances', facts.minInstances, 0),
    ...range(poolSize, 'maxInstances', maxInstances, 1),
    ...poolSize.when(
      known(minInstances, maxInstances) && minInstances > maxInstances,
      () => `\`minInstances\` must not be more than \`maxInstances\`, got: ${minInstances} and ${maxInstances}.`,
    ),
    ...range(managedScaling, 'targetCapacityPercent', facts.targetCapacityPercent, 1, 100),
    ...range(managedScaling, 'instanceWarmup', warmup, 0, 10_000, ' seconds'),
    ...range(managedScaling, 'maximumScalingStepSize', facts.maximumScalingStepSize, 1, 10_000),
    ...imageCleanUp.when(
      (facts.userDataCommands ?? []).some((command) => /ECS_IMAGE_PULL_BEHAVIOR=['"]?prefer-cached/.test(command)),
      () =>
        '`userDataCommands` set ECS_IMAGE_PULL_BEHAVIOR=prefer-cached, which turns image cleanup off, so the root volume fills up. Use `once`.',
    ),
    ...ownedCluster.when(
      (facts.userDataCommands ?? []).some((command) => /\bECS_CLUSTER=/.test(command)),
      () => '`userDataCommands` must not set ECS_CLUSTER, because the pool sets it. To join another cluster, use `cluster`.',
    ),
    ...checkRegion(instanceType, region),
  ];
}

/** Checks that either a VPC or a cluster is given. */
export function checkVpcOrCluster(facts: { vpc?: unknown; cluster?: unknown }): Finding[] {
  return [
    ...vpcOrCluster.when(!!facts.vpc && !!facts.cluster, () => 'Give `vpc` or `cluster`, not both. The pool uses the VPC of its cluster.'),
    ...vpcOrCluster.when(!facts.vpc && !facts.cluster, () => 'Give `vpc` to create a cluster, or `cluster` to join an existing one.'),
  ];
}

/** Checks that public lists name a Region for an instance type. */
export function checkRegion({ name, regions }: { readonly name: string; readonly regions?: string[] }, region: string): Finding[] {
  return regionOffersType.when(
    known(region) && regions !== undefined && !regions.includes(region),
    () =>
      `${name} is publicly listed in ${regions?.join(', ')}, but not in ${region}. ` +
      'If your account has it there, acknowledge this warning. Otherwise use another Region or instance type.',
  );
}

/** Reports hosts in public subnets. */
export function checkPublicSubnets(inPublicSubnets: boolean): Finding[] {
  return publicSubnets.when(
    inPublicSubnets,
    () =>
      'The hosts are in public subnets. Without a public IP address they never join the cluster, and tasks in awsvpc mode cannot reach ' +
      'anything outside the VPC. Choose private `vpcSubnets`.',
  );
}
