import { Finding, known, Rule } from './rule';

const EFA = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html';
const EFA_LAYOUT = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html';
const EFA_START = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html';
const EFA_NEURON =
  'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/frameworks/torch/torch-neuronx/setup-trn1-multi-node-execution.html';

const efaInstanceType = new Rule({
  id: 'efa-instance-type',
  level: 'error',
  says: 'Elastic Fabric Adapter is asked for only where the instance type has it, one interface on each network card.',
  source: EFA,
});

const efaNetworkInterfaces = new Rule({
  id: 'efa-network-interfaces',
  level: 'error',
  says: 'A launch template that gets EFA interfaces is of that instance type, and has security groups, but no interfaces of its own.',
  source: EFA_LAYOUT,
});

const efaPlacement = new Rule({
  id: 'efa-placement',
  level: 'warning',
  says: 'Hosts with EFA are in a placement group with the cluster strategy.',
  source: EFA_START,
});

const efaInstaller = new Rule({
  id: 'efa-installer',
  level: 'warning',
  says: 'Hosts that install the EFA software when they start reach the internet, where it comes from.',
  source: EFA_START,
});

const efaContainer = new Rule({
  id: 'efa-container',
  level: 'error',
  says: 'A container on hosts with EFA does not contradict the devices, memory lock and variables that EFA needs.',
  source: EFA_NEURON,
});

/** The facts of an instance type that EFA is checked against. */
export interface EfaHost {
  readonly name: string;
  readonly efaInterfaces: number;
  readonly networkCards: number;
}

/** Checks that an instance type has EFA. `others` are those of its family that do. */
export function checkEfaType(prop: string, host: EfaHost, others: string[]): Finding[] {
  const alternative = others.length > 0 ? `Use ${others.join(', ')}, or leave EFA out.` : 'Leave EFA out.';
  return [
    ...efaInstanceType.when(
      host.efaInterfaces === 0,
      () => `\`${prop}\` asks for Elastic Fabric Adapter, got: ${host.name}, which has none. ${alternative}`,
    ),
    ...efaInstanceType.when(
      host.efaInterfaces > host.networkCards,
      () =>
        `A network card takes one EFA interface, but ${host.name} is said to have ${host.efaInterfaces} on ${host.networkCards}. ` +
        'Give its `networkCards` too.',
    ),
  ];
}

/** What a launch template has before it gets EFA interfaces. */
export interface EfaLaunchTemplateFacts {
  readonly wantedType: string;
  readonly instanceType?: string;
  readonly networkInterfaces: boolean;
  readonly securityGroupIds: boolean;
  readonly securityGroupNames: boolean;
}

/** Checks that a launch template can get EFA interfaces. */
export function checkEfaLaunchTemplate(facts: EfaLaunchTemplateFacts): Finding[] {
  return [
    ...efaNetworkInterfaces.when(
      known(facts.instanceType) && facts.instanceType !== facts.wantedType,
      () => `The launch template is for ${facts.instanceType}, but \`instanceType\` is ${facts.wantedType}: interfaces fit one type only.`,
    ),
    ...efaNetworkInterfaces.when(
      facts.networkInterfaces,
      () => 'The launch template has `networkInterfaces` already, which EFA lays out anew. Leave them out.',
    ),
    ...efaNetworkInterfaces.when(
      facts.securityGroupNames,
      () => 'The launch template names `securityGroups`, which can’t stand beside network interfaces. Give `securityGroupIds` instead.',
    ),
    ...efaNetworkInterfaces.when(
      !facts.securityGroupIds && !facts.securityGroupNames && !facts.networkInterfaces,
      () => 'The launch template has no security group. EFA needs one that allows all traffic from and to itself.',
    ),
  ];
}

/** Checks where hosts with EFA are placed, and that they get their software. */
export function checkEfaHosts(facts: { placementStrategy?: string; isolated: boolean }): Finding[] {
  return [
    ...efaPlacement.when(
      known(facts.placementStrategy) && facts.placementStrategy !== 'cluster',
      () => `\`placementGroup\` has the strategy ${facts.placementStrategy}, which keeps hosts apart. EFA is fastest with cluster.`,
    ),
    ...efaInstaller.when(
      facts.isolated,
      () =>
        'The hosts are in isolated subnets, so they can’t fetch the EFA software from efa-installer.amazonaws.com, and stay out of the cluster. ' +
        'Choose `vpcSubnets` with a route out, or give a `machineImage` that has it, then acknowledge this.',
    ),
  ];
}

/** What a container has of its own of what EFA needs. */
export interface EfaContainerFacts {
  readonly container: string;
  /** Its variables, from environment and secrets; the values of secrets, and tokens, are undefined. */
  readonly variables: { readonly name: string; readonly value?: string; readonly secret: boolean }[];
  /** What the variables have to be. */
  readonly wantedVariables: Record<string, string>;
  /** Whether the EFA interfaces have RDMA. */
  readonly rdma: boolean;
  readonly devices: { readonly hostPath?: string; readonly containerPath?: string; readonly permissions?: string[] }[];
  readonly wantedDevices: string[];
  readonly wantedPermissions: string[];
  readonly memlock?: { readonly soft?: number; readonly hard?: number };
}

/** Checks that a container doesn't contradict what EFA needs. What says the same is left alone. */
export function checkEfaContainer(facts: EfaContainerFacts): Finding[] {
  const { container, wantedVariables, wantedDevices, wantedPermissions, memlock } = facts;
  const contradicts = ({ hostPath, containerPath, permissions }: EfaContainerFacts['devices'][number]) =>
    (known(containerPath) && containerPath !== hostPath) || (permissions && !wantedPermissions.every((one) => permissions.includes(one)));
  const unlimited = (limit?: number) => !known(limit) || limit === -1;
  return [
    ...facts.variables
      .filter(({ name, value, secret }) => name in wantedVariables && (secret || (known(value) && value !== wantedVariables[name])))
      .flatMap(({ name, value }) =>
        efaContainer.when(
          true,
          () => `Container ${container} sets ${name} to ${value ?? 'a secret'}, but EFA needs ${wantedVariables[name]}. Leave it out.`,
        ),
      ),
    ...efaContainer.when(
      !facts.rdma && facts.variables.some(({ name, value }) => name === 'FI_EFA_USE_DEVICE_RDMA' && value === '1'),
      () =>
        `Container ${container} sets FI_EFA_USE_DEVICE_RDMA to 1, but the EFA interface of the instance type has no RDMA: libfabric would ` +
        'end the process. Leave it out.',
    ),
    ...facts.devices
      .filter((device) => wantedDevices.includes(device.hostPath ?? '') && contradicts(device))
      .flatMap(({ hostPath }) =>
        efaContainer.when(
          true,
          () =>
            `\`linuxParameters\` of container ${container} map ${hostPath} to another path, or without ${wantedPermissions.join(', ')}. ` +
            'Leave it out: it is mapped for EFA.',
        ),
      ),
    ...efaContainer.when(
      memlock !== undefined && !(unlimited(memlock.soft) && unlimited(memlock.hard)),
      () =>
        `\`ulimits\` of container ${container} limit memlock to ${memlock!.soft} and ${memlock!.hard}, but EFA locks the memory that it sends from: ` +
        'it needs -1, no limit. Leave it out.',
    ),
  ];
}
