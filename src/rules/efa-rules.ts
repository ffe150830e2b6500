import { Finding, known, Rule } from './rule';

const EFA = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html';
const EFA_LAYOUT = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html';
const EFA_START = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html';
const EFA_NEURON =
  'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/frameworks/torch/torch-neuronx/setup-trn1-multi-node-execution.html';

const efaInstanceType = new Rule({
  id: 'efa-instance-type',
  level: 'error',
  says: 'EFA needs an instance type that has it, with at most one EFA interface per network card.',
  source: EFA,
});

const efaNetworkInterfaces = new Rule({
  id: 'efa-network-interfaces',
  level: 'error',
  says: 'A launch template that gets EFA interfaces must be for their instance type, and must have security group ids but no network interfaces.',
  source: EFA_LAYOUT,
});

const efaPlacement = new Rule({
  id: 'efa-placement',
  level: 'warning',
  says: 'Hosts with EFA should be in a placement group with the cluster strategy.',
  source: EFA_START,
});

const efaInstaller = new Rule({
  id: 'efa-installer',
  level: 'warning',
  says: 'Hosts that install the EFA software at start should have access to the internet to download it.',
  source: EFA_START,
});

const efaContainer = new Rule({
  id: 'efa-container',
  level: 'error',
  says: 'A container on hosts with EFA must not contradict the devices, the memory lock limit and the variables that EFA needs.',
  source: EFA_NEURON,
});

/** The facts about an instance type that EFA depends on. */
export interface EfaHost {
  readonly name: string;
  readonly efaInterfaces: number;
  readonly networkCards: number;
}

/** Checks that an instance type has EFA. `others` are the types of its family that have it. */
export function checkEfaType(prop: string, host: EfaHost, others: string[]): Finding[] {
  const alternative = others.length > 0 ? `Use ${others.join(', ')}, or leave EFA out.` : 'Leave EFA out.';
  return [
    ...efaInstanceType.when(
      host.efaInterfaces === 0,
      () => `\`${prop}\` needs an instance type with Elastic Fabric Adapter (EFA), got: ${host.name}, which has none. ${alternative}`,
    ),
    ...efaInstanceType.when(
      host.efaInterfaces > host.networkCards,
      () =>
        `A network card takes one EFA interface, but \`efaInterfaces\` of ${host.name} is ${host.efaInterfaces} and \`networkCards\` is ` +
        `${host.networkCards}. Set \`networkCards\` to at least ${host.efaInterfaces}.`,
    ),
  ];
}

/** The facts about a launch template before it gets EFA interfaces. */
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
      () =>
        `The launch template is for ${facts.instanceType}, but \`instanceType\` is ${facts.wantedType}. EFA interfaces fit one instance type ` +
        'only. Use the same type in both.',
    ),
    ...efaNetworkInterfaces.when(
      facts.networkInterfaces,
      () => 'The launch template already has `networkInterfaces`, which EFA would replace. Leave them out.',
    ),
    ...efaNetworkInterfaces.when(
      facts.securityGroupNames,
      () => 'The launch template has `securityGroups`, which cannot be combined with network interfaces. Use `securityGroupIds` instead.',
    ),
    ...efaNetworkInterfaces.when(
      !facts.securityGroupIds && !facts.securityGroupNames && !facts.networkInterfaces,
      () => 'The launch template has no `securityGroupIds`. EFA needs a security group that allows all traffic from and to itself.',
    ),
  ];
}

/** Checks where hosts with EFA are placed, and that they can download their software. */
export function checkEfaHosts(facts: { placementStrategy?: string; isolated: boolean }): Finding[] {
  return [
    ...efaPlacement.when(
      known(facts.placementStrategy) && facts.placementStrategy !== 'cluster',
      () =>
        `\`placementGroup\` has the strategy ${facts.placementStrategy}, which keeps hosts apart. EFA is fastest with the strategy cluster. ` +
        'Use that, or acknowledge this warning.',
    ),
    ...efaInstaller.when(
      facts.isolated,
      () =>
        "The hosts are in isolated subnets, so they can't download the EFA software from efa-installer.amazonaws.com and don't join the cluster. " +
        'Choose `vpcSubnets` with a route to the internet, or use a `machineImage` that has the software and acknowledge this warning.',
    ),
  ];
}

/** The settings of a container that EFA depends on, and the values that EFA needs. */
export interface EfaContainerFacts {
  readonly container: string;
  /** Its variables, from its environment and its secrets. Values that are secrets or tokens are undefined. */
  readonly variables: { readonly name: string; readonly value?: string; readonly secret: boolean }[];
  /** The values that the variables must have. */
  readonly wantedVariables: Record<string, string>;
  /** Whether the EFA interfaces support RDMA. */
  readonly rdma: boolean;
  readonly devices: { readonly hostPath?: string; readonly containerPath?: string; readonly permissions?: string[] }[];
  readonly wantedDevices: string[];
  readonly wantedPermissions: string[];
  readonly memlock?: { readonly soft?: number; readonly hard?: number };
}

/** Checks that a container does not contradict what EFA needs. Settings that agree with it are fine. */
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
        `Container ${container} sets FI_EFA_USE_DEVICE_RDMA to 1, but the EFA interface of the instance type does not support RDMA, so libfabric ` +
        'would end the process. Leave it out.',
    ),
    ...facts.devices
      .filter((device) => wantedDevices.includes(device.hostPath ?? '') && contradicts(device))
      .flatMap(({ hostPath }) =>
        efaContainer.when(
          true,
          () =>
            `\`linuxParameters\` of container ${container} map ${hostPath} to another path, or without ${wantedPermissions.join(', ')}. ` +
            'Leave it out, because the library maps it for EFA.',
        ),
      ),
    ...efaContainer.when(
      memlock !== undefined && !(unlimited(memlock.soft) && unlimited(memlock.hard)),
      () =>
        `\`ulimits\` of container ${container} limit memlock to ${memlock?.soft} and ${memlock?.hard}. EFA locks the memory that it sends from, ` +
        'so it needs -1, no limit. Leave it out.',
    ),
  ];
}
