import { Finding, known, Rule } from './rule';

const ASSOCIATIONS =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html';

const clusterHasProviders = new Rule({
  id: 'cluster-has-providers',
  level: 'error',
  says: 'The list of capacity providers of a cluster must be written once. With two lists, the later deployment removes the capacity providers of the earlier one.',
  source: ASSOCIATIONS,
});

const importedCluster = new Rule({
  id: 'imported-cluster',
  level: 'warning',
  says: 'A pool that joins an imported cluster replaces its list of capacity providers. Providers that are missing from the list are detached.',
  source: ASSOCIATIONS,
});

const clusterProviderCount = new Rule({
  id: 'cluster-provider-count',
  level: 'error',
  says: 'A cluster can have at most 20 capacity providers, a quota that cannot be raised.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
});

const fargateProvidersUnseen = new Rule({
  id: 'fargate-providers-unseen',
  level: 'warning',
  says: 'A cluster of another stack or app must have the Fargate capacity providers, because `FargateCapacity` does not add them there.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html',
});

const sameEnvironment = new Rule({
  id: 'same-environment',
  level: 'error',
  says: 'A service or a job, its capacity, its cluster and its VPC must be in one account and one Region.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html',
});

/** The number of capacity providers that a cluster can have. */
const MAX_PROVIDERS = 20;

/** A list of capacity providers of a cluster. */
export interface ProviderList {
  /** What writes the list, for messages. */
  readonly writer: string;
  /** Whether the stack of the cluster writes the list. */
  readonly own: boolean;
  /** The names of the capacity providers that are known at synth, and a token for each of the others. Undefined for a list that is a token. */
  readonly providers?: unknown[];
}

/** The facts about the capacity providers of a cluster. */
export interface ClusterProviders {
  /** The construct path of the cluster. */
  readonly cluster: string;
  readonly lists: ProviderList[];
  /** The number of Managed Instances capacity providers, which are in no list. */
  readonly managed: number;
}

/** Checks that a cluster has one list of capacity providers, and not too many of them. */
export function checkClusterProviders({ cluster, lists, managed }: ClusterProviders): Finding[] {
  const listed = Math.max(0, ...lists.map(({ providers = [] }) => providers.length));
  return [
    ...clusterHasProviders.when(
      lists.length > 1,
      () =>
        `${several(cluster, lists)}. ECS keeps one list per cluster, so the later deployment would remove the capacity providers of the earlier ` +
        "one. Create all pools of the cluster in one stack, best the cluster's own. Services and jobs can be in other stacks: pass the pool to " +
        'them, or import it there with a method such as `NeuronCapacity.fromNeuronCapacityAttributes()`. Or use `vpc` to give the pool a ' +
        'cluster of its own.',
    ),
    ...clusterProviderCount.when(
      listed + managed > MAX_PROVIDERS,
      () =>
        `\`cluster\` ${cluster} has ${listed + managed} capacity providers, but a cluster can have at most ${MAX_PROVIDERS}. The Fargate capacity ` +
        'providers count as two. Put some of the pools into another cluster.',
    ),
  ];
}

function several(cluster: string, lists: ProviderList[]): string {
  const count = ({ providers }: ProviderList) =>
    providers ? `${providers.length} capacity provider${providers.length === 1 ? '' : 's'}` : 'capacity providers';
  const from = (some: ProviderList[]) => some.map((list) => `${count(list)} from ${list.writer}`).join(', ');
  const own = lists.filter((list) => list.own);
  if (own.length !== 1) return `\`cluster\` ${cluster} gets ${lists.length} lists of capacity providers: ${from(lists)}`;
  const others = from(lists.filter((list) => !list.own));
  return `\`cluster\` ${cluster} belongs to another stack and has ${count(own[0])} there, and gets another list with ${others}`;
}

/** Checks that a stack can write the list of capacity providers of a cluster that it does not own. */
export function checkImportedCluster(facts: { cluster: string; imported: boolean }): Finding[] {
  return importedCluster.when(
    facts.imported,
    () =>
      `\`cluster\` ${facts.cluster} is imported. This stack replaces its list of capacity providers and detaches all others that it has. ` +
      'If it has none, acknowledge this warning.',
  );
}

/** Checks that a cluster of another stack or app has a Fargate capacity provider. */
export function checkFargateProvider(facts: { cluster: string; provider: string; lists: ProviderList[] }): Finding[] {
  const { cluster, provider, lists } = facts;
  const seen = lists.some(({ providers }) => providers?.includes(provider));
  const [list] = lists;
  return fargateProvidersUnseen.when(!seen, () =>
    list === undefined
      ? `\`cluster\` ${cluster} belongs to another stack or app, and \`FargateCapacity\` does not add ${provider} to it. Call ` +
        '`enableFargateCapacityProviders()` on the cluster in its own stack. If the cluster has the Fargate capacity providers, acknowledge ' +
        'this warning.'
      : `\`cluster\` ${cluster} belongs to another stack or app, and its list of capacity providers, by ${list.writer}, lacks ${provider}. ` +
        'Create the `FargateCapacity` in the stack that writes the list, which adds the Fargate capacity providers, and pass it to the jobs.',
  );
}

/** An account and a Region. Tokens are not known. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
}

/** Something in an account and a Region. */
export interface Located {
  /** What it is, for messages, for example "`cluster` Base/Cluster". */
  readonly what: string;
  readonly env: Place;
}

/** Checks that things are where the first of them is. */
export function checkSameEnvironment(here: Located, others: Located[]): Finding[] {
  const apart = (a?: string, b?: string) => known(a) && known(b) && a !== b;
  return others.flatMap((other) => {
    const region = apart(here.env.region, other.env.region);
    const account = apart(here.env.account, other.env.account);
    const place = ({ env }: Located) => (region ? `Region ${env.region}` : `account ${env.account}`);
    return sameEnvironment.when(
      region || account,
      () =>
        `${other.what} is in ${place(other)}, but ${here.what} is in ${place(here)}. ECS runs tasks only on capacity of their own account and ` +
        'Region. Create a capacity and a cluster there too, or move one of the two stacks.',
    );
  });
}
