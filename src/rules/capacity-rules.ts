import { Duration, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const CAPACITY_PROVIDERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html';

const vpcOrCluster = new Rule({
  id: 'vpc-or-cluster',
  level: 'error',
  says: 'A pool is given a VPC for a cluster of its own, or a cluster to join, and not both.',
  source: CAPACITY_PROVIDERS,
});

const poolSize = new Rule({
  id: 'pool-size',
  level: 'error',
  says: 'The numbers of hosts are whole, and the fewest are not more than the most.',
  source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html',
});

const managedScaling = new Rule({
  id: 'managed-scaling',
  level: 'error',
  says: 'Target capacity, warm-up and scaling step are within the limits of ECS.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html',
});

const rootVolume = new Rule({
  id: 'root-volume',
  level: 'error',
  says: 'The root volume is at least as large as the 30 GiB of the ECS-optimized image.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

const imageCleanUp = new Rule({
  id: 'image-clean-up',
  level: 'warning',
  says: 'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached turns image clean-up off: large images fill the root volume.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html',
});

const ownedCluster = new Rule({
  id: 'owned-cluster',
  level: 'error',
  says: 'Hosts are told by the pool which cluster they join, and not by commands of the user too.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html',
});

const regionOffersType = new Rule({
  id: 'region-offers-type',
  level: 'warning',
  says: 'The Region is in the public list of those that offer the instance type. Zones and vCPU quotas can be checked in the account only.',
  source: 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-regions.html',
});

const isolatedSubnets = new Rule({
  id: 'isolated-subnets',
  level: 'error',
  says: 'Hosts in isolated subnets reach ECS, Amazon ECR, Amazon S3 and CloudWatch Logs by VPC endpoints.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html',
});

const isolatedSubnetsUnseen = new Rule({
  id: 'isolated-subnets-unseen',
  level: 'warning',
  says: 'Hosts are in isolated subnets of an imported VPC, whose endpoints the app can not see.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html',
});

const publicSubnets = new Rule({
  id: 'public-subnets',
  level: 'warning',
  says: 'Hosts are in public subnets: they need a public address, and tasks in awsvpc mode have no way out at all.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
});

const clusterHasProviders = new Rule({
  id: 'cluster-has-providers',
  level: 'error',
  says: 'A cluster of another stack that has capacity providers of its own takes no pool: one list would replace the other.',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html',
});

const importedCluster = new Rule({
  id: 'imported-cluster',
  level: 'warning',
  says: "The pool's stack writes the whole list of capacity providers of an imported cluster: others that it has are detached.",
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html',
});

/** What is checked of a pool's options. */
export interface CapacityFacts {
  readonly vpc?: unknown;
  readonly cluster?: unknown;
  readonly minInstances?: number;
  readonly maxInstances: number;
  readonly targetCapacityPercent?: number;
  readonly instanceWarmup?: Duration;
  readonly maximumScalingStepSize?: number;
  readonly rootVolumeSize?: Size;
  readonly userDataCommands?: string[];
  readonly instanceType: { readonly name: string; readonly regions?: string[] };
  readonly region: string;
}

/** Checks the options of a pool, one by one and together. */
export function checkCapacityOptions(facts: CapacityFacts): Finding[] {
  const { minInstances = 0, maxInstances, instanceWarmup, rootVolumeSize, instanceType, region } = facts;
  const warmup = instanceWarmup && !instanceWarmup.isUnresolved() ? instanceWarmup.toSeconds() : undefined;
  const volume =
    rootVolumeSize && !rootVolumeSize.isUnresolved() ? rootVolumeSize.toGibibytes({ rounding: SizeRoundingBehavior.NONE }) : undefined;
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
    ...rootVolume.when(
      volume !== undefined && volume < 30,
      () => `\`rootVolumeSize\` must be at least the 30 GiB of the image, got: ${volume} GiB. Accelerator images take 10 to 20 GiB each.`,
    ),
    ...imageCleanUp.when(
      (facts.userDataCommands ?? []).some((command) => /ECS_IMAGE_PULL_BEHAVIOR=['"]?prefer-cached/.test(command)),
      () =>
        '`userDataCommands` set ECS_IMAGE_PULL_BEHAVIOR=prefer-cached, which turns image clean-up off: the root volume fills up. Use `once`.',
    ),
    ...ownedCluster.when(
      (facts.userDataCommands ?? []).some((command) => /\bECS_CLUSTER=/.test(command)),
      () => '`userDataCommands` must not set ECS_CLUSTER: the pool does. Give `cluster` to join another one.',
    ),
    ...checkRegion(instanceType, region),
  ];
}

/** Checks that there is one VPC. */
export function checkVpcOrCluster(facts: { vpc?: unknown; cluster?: unknown }): Finding[] {
  return [
    ...vpcOrCluster.when(!!facts.vpc && !!facts.cluster, () => 'Give `vpc` or `cluster`, not both: the pool takes the VPC of the cluster.'),
    ...vpcOrCluster.when(!facts.vpc && !facts.cluster, () => 'Give `vpc` for a cluster of its own, or `cluster` to join one.'),
  ];
}

/** Checks that a Region is known to offer an instance type. */
export function checkRegion(instanceType: { readonly name: string; readonly regions?: string[] }, region: string): Finding[] {
  return regionOffersType.when(
    known(region) && instanceType.regions !== undefined && !instanceType.regions.includes(region),
    () =>
      `${instanceType.name} is publicly listed in ${instanceType.regions!.join(', ')}, not in ${region}. ` +
      'If your account has it there, acknowledge this; else use another Region or instance type.',
  );
}

/** Checks where the hosts of a pool are placed. */
export function checkSubnets(facts: {
  isolated: boolean;
  public: boolean;
  missingEndpoints: string[];
  endpointsKnown: boolean;
}): Finding[] {
  const missing = facts.missingEndpoints.join(', ');
  const lacking = facts.isolated && missing !== '';
  return [
    ...isolatedSubnets.when(
      lacking && facts.endpointsKnown,
      () =>
        `The hosts are in isolated subnets, and the VPC has no endpoint for ${missing}. Add \`new EcsVpcEndpoints(stack, 'Endpoints', { vpc })\`, ` +
        'or choose `vpcSubnets` with a route out.',
    ),
    ...isolatedSubnetsUnseen.when(
      lacking && !facts.endpointsKnown,
      () => `The hosts are in isolated subnets of an imported VPC. Make sure that it has endpoints for ${missing}, then acknowledge this.`,
    ),
    ...publicSubnets.when(
      facts.public,
      () =>
        'The hosts are in public subnets: without a public address they never join the cluster, and tasks in awsvpc mode reach nothing outside ' +
        'the VPC. Choose `vpcSubnets` that are private.',
    ),
  ];
}

/** Checks that the list of capacity providers of a cluster can be written by another stack. */
export function checkClusterAssociation(facts: { cluster: string; imported: boolean; ownProviders: number }): Finding[] {
  return [
    ...clusterHasProviders.when(
      facts.ownProviders > 0,
      () =>
        `\`cluster\` ${facts.cluster} belongs to another stack and has ${facts.ownProviders} capacity providers there. ECS keeps one list for a ` +
        "cluster, so each stack would undo the other's. Make the pool in the cluster's stack, or give it a cluster of its own by `vpc`.",
    ),
    ...importedCluster.when(
      facts.imported,
      () =>
        `\`cluster\` ${facts.cluster} is imported: this stack writes its whole list of capacity providers, and others that it has are detached. ` +
        'If it has none, acknowledge this.',
    ),
  ];
}

/** Checks that a number is whole and within a range, ends included. */
export function range(rule: Rule, prop: string, value: number | undefined, min: number, max?: number, unit = ''): Finding[] {
  const outside = known(value) && !(Number.isInteger(value) && value! >= min && value! <= (max ?? Infinity));
  const wanted = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  return rule.when(outside, () => `\`${prop}\` must be a whole number ${wanted}${unit}, got: ${value}.`);
}
