import { Finding, known, Rule } from './rule';

const isolatedSetUp = new Rule({
  id: 'isolated-host-set-up',
  level: 'error',
  says: 'Hosts in isolated subnets must not have to download anything from the internet when they start, because they then never join their cluster.',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html',
});

const isolatedMaySetUp = new Rule({
  id: 'isolated-host-may-set-up',
  level: 'warning',
  says: 'The machine image of hosts in isolated subnets should have what they would otherwise download from the internet when they start.',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html',
});

const isolatedUserData = new Rule({
  id: 'isolated-user-data',
  level: 'warning',
  says: 'User data of hosts in isolated subnets should not use addresses or package repositories on the internet.',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html',
});

/** What hosts download from the internet when they start. */
export interface DownloadFacts {
  /** What it is: "the EFA software". */
  readonly what: string;
  /** The host names that it comes from. */
  readonly from: string;
  /** Whether the machine image has it already. Undefined if that is not known. */
  readonly inImage: boolean | undefined;
  /** Whether the app knows all routes of the subnets. */
  readonly routesKnown: boolean;
  /**
   * The warning if it is not certain that the download is needed and fails.
   *
   * @default - a warning of its own
   */
  readonly warning?: (message: string) => Finding[];
}

/** Checks what hosts in isolated subnets download when they start. */
export function checkHostDownload({ what, from, inImage, routesKnown, warning = mayFail }: DownloadFacts): Finding[] {
  const fails = `The hosts are in isolated subnets, so they can't download ${what} from ${from} and don't join the cluster.`;
  const remedy = `Choose \`vpcSubnets\` with a route to the internet, or use a \`machineImage\` that has ${what}`;
  if (inImage) return [];
  if (inImage === false && routesKnown) return isolatedSetUp.when(true, () => `${fails} ${remedy}.`);
  return warning(`${fails} ${remedy} and acknowledge this warning.`);
}

function mayFail(message: string): Finding[] {
  return isolatedMaySetUp.when(true, () => message);
}

/** Addresses in commands, and package managers whose repositories are on the internet. Those of Amazon Linux are in Amazon S3. */
const ADDRESS = /https?:\/\/([^\s/"':$]+)/g;
const PACKAGES = /\b(?:apt(?:-get)? (?:-\S+ )*(?:update|install)|pip3? (?:-\S+ )*install|docker pull)\b/;

/** Checks the commands of the user on hosts in isolated subnets. */
export function checkIsolatedUserData(commands: string[]): Finding[] {
  const text = commands.filter((command) => known(command)).join('\n');
  const hosts = [...text.matchAll(ADDRESS)]
    .map(([, host]) => host)
    .filter((host) => !/^(?:169\.254\.|localhost$|127\.)|\.amazonaws\.com(?:\.cn)?$/.test(host));
  const [packages] = PACKAGES.exec(text) ?? [];
  const uses = [...new Set([...hosts, ...(packages ? [`\`${packages}\``] : [])])];
  return isolatedUserData.when(
    uses.length > 0,
    () =>
      `The hosts are in isolated subnets, and \`userDataCommands\` use ${uses.join(', ')}, which may be on the internet. If it is, put what they get ` +
      'into the machine image or an Amazon S3 bucket. If it is in the VPC, acknowledge this warning.',
  );
}
