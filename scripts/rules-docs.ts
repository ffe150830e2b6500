/** Writes the tables of docs/rules.md from the rules, between its two markers. A unit test checks that the page is up to date. */
import { readdirSync, readFileSync, writeFileSync } from 'fs';
import * as path from 'path';
import '../src';
import { Rule } from '../src/rules/rule';

const SRC = path.join(__dirname, '..', 'src');
const FILE = path.join(__dirname, '..', 'docs', 'rules.md');
const BEGIN = '<!-- rules: begin -->';
const END = '<!-- rules: end -->';

/** The headings of rule files, in the order of the page. Other files follow, under a heading made from their name. */
const HEADINGS: Record<string, string> = {
  'argument-rules': 'Arguments and props: types',
  'value-rules': 'Arguments and props: ranges and forms',
  'service-rules': 'Services and tasks',
  'deployment-rules': 'Rolling updates and health',
  'update-room-rules': 'Room for updates',
  'failing-fast-rules': 'Deployments that fail',
  'health-path-rules': 'Health checks of load balancers',
  'container-rules': 'Containers',
  'container-value-rules': 'Containers: values that contradict each other',
  'refused-parameter-rules': 'Containers: parameters that Fargate or awsvpc refuse',
  'memory-rules': 'Memory of a task',
  'private-image-rules': 'Private images',
  'stop-timeout-rules': 'Containers: time to stop',
  'capacity-rules': 'Pools of EC2 hosts',
  'cluster-rules': 'Clusters and their capacity providers',
  'pool-rules': 'Size of a pool',
  'root-volume-rules': 'Root volume of hosts',
  'instance-storage-rules': 'Instance storage of hosts',
  'slice-rules': 'Slices and network modes',
  'reserve-rules': 'What hosts keep for daemons',
  'host-guest-rules': 'Other tasks on the hosts of a pool',
  'warm-pool-rules': 'Warm pools',
  'host-port-rules': 'Ports of hosts',
  'slice-container-rules': 'Containers of a slice',
  'partition-rules': 'Partitions',
  'topology-rules': 'Connected chips',
  'strategy-rules': 'Capacity strategies',
  'subnet-rules': 'Subnets',
  'vpc-endpoint-rules': 'VPC endpoints',
  'isolated-host-rules': 'Isolated subnets: set-up of hosts',
  'isolated-image-rules': 'Isolated subnets: images',
  'zone-rules': 'Availability Zones',
  'purchase-rules': 'Purchase options',
  'instance-type-rules': 'Instance types',
  'placement-group-rules': 'Placement groups',
  'host-times-rules': 'How long hosts run',
  'machine-image-rules': 'Machine images',
  'host-image-rules': 'Hosts: image and user data',
  'accelerated-host-rules': 'Pools without slices of types with accelerators',
  'architecture-rules': 'Architecture of images',
  'efa-rules': 'Elastic Fabric Adapter',
  'managed-capacity-rules': 'Managed Instances: capacity',
  'instance-requirements-rules': 'Managed Instances: instance requirements',
  'managed-task-rules': 'Managed Instances: tasks',
  'managed-parameter-rules': 'Managed Instances: task parameters',
  'fargate-rules': 'Fargate',
  'planner-rules': 'Which capacity runs what',
  'accelerator-use-rules': 'Devices and mixins of a task',
  'owned-rules': 'What the library sets',
  'job-rules': 'Jobs',
  'job-override-rules': 'Jobs: overrides',
  'job-task-rules': 'Jobs: task definitions',
  'job-array-rules': 'Jobs: tasks side by side',
  'job-start-rules': 'Jobs: starts',
  'neuron-device-rules': 'Neuron: devices and NeuronCores',
  'neuron-image-rules': 'Neuron: images',
  'core-sharing-rules': 'Neuron: tasks that share a chip',
  'neuron-managed-device-rules': 'Neuron: devices on Managed Instances',
  'neuron-runtime-rules': 'Neuron: drivers and runtimes',
  'gaudi-rules': 'Gaudi',
  'elastic-inference-rules': 'Elastic Inference',
};

/** The rules of one file. */
export interface Subject {
  readonly heading: string;
  readonly rules: Rule[];
}

/** The rules by subject: a rule's subject is the file that declares it. */
export function subjects(files: Record<string, string> = ruleFiles(), rules: Rule[] = Rule.list()): Subject[] {
  const order = Object.keys(HEADINGS);
  const place = (name: string) => (name in HEADINGS ? order.indexOf(name) : order.length);
  const names = Object.keys(files).sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  const declared = names.map((name) => ({ name, ids: [...files[name].matchAll(/new Rule\(\{\s*id: '([^']+)'/g)].map(([, id]) => id) }));
  const ids = declared.flatMap((file) => file.ids);
  const unplaced = rules.filter(({ props }) => !ids.includes(props.id)).map(({ id }) => id);
  if (unplaced.length > 0) throw new Error(`No file called *-rules.ts declares ${unplaced.join(', ')}`);
  const unloaded = ids.filter((id) => !rules.some(({ props }) => props.id === id));
  if (unloaded.length > 0) throw new Error(`Importing src does not load ${unloaded.join(', ')}`);
  return declared.map((file) => ({
    heading: HEADINGS[file.name] ?? headingOf(file.name),
    rules: rules.filter(({ props }) => file.ids.includes(props.id)),
  }));
}

/** The text of every file called *-rules.ts under src, by name without extension. */
function ruleFiles(): Record<string, string> {
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('-rules.ts'));
  const names = found.map((file) => path.basename(file, '.ts'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two files are called ${twice}.ts. Put the name of the family first, for example gpu-${twice}.ts`);
  return Object.fromEntries(found.map((file, index) => [names[index], readFileSync(path.join(SRC, file), 'utf8')]));
}

function headingOf(name: string): string {
  const words = name.replace(/-rules$/, '').replace(/-/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The tables that docs/rules.md must have. */
export function tables(): string {
  return subjects()
    .map(({ heading, rules }) => {
      const rows = rules.map(({ id, props }) => `| \`${id}\` | ${props.level} | ${props.says} | [page](${props.source}) |`);
      return [`### ${heading}`, '', '| id | level | what it says | source |', '|---|---|---|---|', ...rows].join('\n');
    })
    .join('\n\n');
}

/** docs/rules.md with its tables brought up to date. */
export function upToDate(markdown: string): string {
  const [before, rest] = markdown.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`docs/rules.md needs the lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${tables()}\n${END}${after}`;
}

if (require.main === module) writeFileSync(FILE, upToDate(readFileSync(FILE, 'utf8')));
