import { aws_ec2 as ec2, Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const contradiction = new Rule({
  id: 'instance-requirements',
  level: 'error',
  says: 'The requirements for instances hold for each instance type that is named beside them, and do not contradict each other.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

const namesDisputed = new Rule({
  id: 'accelerator-names-disputed',
  level: 'warning',
  says: 'Instances are also selected by accelerator names, which the public pages list differently.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

/** What the requirements are compared with. */
export interface RequiredHost {
  readonly name: string;
  readonly vCpus: number;
  readonly memory: Size;
  readonly chips: number;
  readonly networkCards: number;
  readonly networkInterfacesPerCard: number;
  readonly instanceStorage?: Size;
  /** What EC2 calls its accelerator, where that is known. */
  readonly acceleratorName?: string;
}

/** What is checked of the selection of instances. */
export interface RequirementFacts {
  readonly hosts: RequiredHost[];
  readonly manufacturer: string;
  readonly acceleratorType: string;
  readonly spot: boolean;
  readonly acceleratorNames?: string[];
  readonly requirements?: ec2.InstanceRequirementsConfig;
}

/** Checks requirements against the types that they are given beside, which each must be able to start. */
export function checkInstanceRequirements(facts: RequirementFacts): Finding[] {
  const { hosts, requirements = {} as ec2.InstanceRequirementsConfig } = facts;
  return [
    ...checkGivenOnce(facts, requirements),
    ...checkPrices(facts, requirements),
    ...checkAccelerator(facts, requirements),
    ...hosts.flatMap((host) => [...checkRanges(host, requirements), ...checkKind(host, requirements)]),
    ...namesDisputed.when(
      facts.acceleratorNames !== undefined,
      () =>
        '`acceleratorNames` are listed differently by the ECS and the CloudFormation pages. The instance types select the hosts already: leave ' +
        'them out; or try it in your account, and acknowledge this.',
    ),
  ];
}

function checkGivenOnce({ acceleratorNames }: RequirementFacts, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const given = (['allowedInstanceTypes', 'excludedInstanceTypes'] as const).filter((prop) => requirements[prop] !== undefined);
  return [
    ...given.flatMap((prop) =>
      contradiction.when(
        true,
        () =>
          `\`${prop}\` of \`instanceRequirements\` must be left out, got: ${requirements[prop]!.join(', ')}. ` +
          '`instanceTypes` says which types are allowed, and no others are.',
      ),
    ),
    ...contradiction.when(
      acceleratorNames !== undefined && requirements.acceleratorNames !== undefined,
      () => '`acceleratorNames` is given twice: in `instanceRequirements` too. Leave one out.',
    ),
  ];
}

function checkPrices({ spot }: RequirementFacts, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const forSpot = (['spotMaxPricePercentageOverLowestPrice', 'maxSpotPriceAsPercentageOfOptimalOnDemandPrice'] as const).filter(
    (prop) => requirements[prop] !== undefined,
  );
  const forOnDemand = (['onDemandMaxPricePercentageOverLowestPrice'] as const).filter((prop) => requirements[prop] !== undefined);
  const idle = spot ? forOnDemand : forSpot;
  return [
    ...contradiction.when(
      idle.length > 0,
      () => `\`${idle[0]}\` of \`instanceRequirements\` has no effect: \`purchaseOption\` is ${spot ? '' : 'not '}Spot. Leave it out.`,
    ),
    ...contradiction.when(
      spot && forSpot.length > 1,
      () => `Give only one of \`${forSpot[0]}\` and \`${forSpot[1]}\` of \`instanceRequirements\`.`,
    ),
  ];
}

function checkAccelerator(facts: RequirementFacts, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const { hosts, manufacturer, acceleratorType } = facts;
  const types = hosts.map(({ name }) => name).join(', ');
  const lacks = (prop: keyof ec2.InstanceRequirementsConfig, needed: string) => {
    const given = requirements[prop] as string[] | undefined;
    return contradiction.when(
      given !== undefined && !given.includes(needed),
      () =>
        `\`${prop}\` of \`instanceRequirements\` must have ${needed}, which ${types} of \`instanceTypes\` need, got: ${given!.join(', ')}.`,
    );
  };
  const names: string[] | undefined = facts.acceleratorNames ?? requirements.acceleratorNames;
  const known_ = hosts.filter(({ acceleratorName }) => acceleratorName !== undefined);
  const unnamed = known_.filter(({ acceleratorName }) => !names?.includes(acceleratorName!));
  const strange = names?.filter((name) => known_.every(({ acceleratorName }) => acceleratorName !== name)) ?? [];
  return [
    ...lacks('acceleratorManufacturers', manufacturer),
    ...lacks('acceleratorTypes', acceleratorType),
    ...contradiction.when(
      names !== undefined && unnamed.length > 0,
      () =>
        `\`acceleratorNames\` must have ${unnamed[0].acceleratorName}, the accelerator of ${unnamed[0].name} of \`instanceTypes\`, ` +
        `got: ${names!.join(', ')}.`,
    ),
    ...contradiction.when(
      strange.length > 0 && known_.length === hosts.length,
      () => `\`acceleratorNames\` has ${strange.join(', ')}, which none of \`instanceTypes\` has: ${types}.`,
    ),
  ];
}

function checkRanges(host: RequiredHost, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const memory = host.memory.toMebibytes();
  const ranges: [keyof ec2.InstanceRequirementsConfig, keyof ec2.InstanceRequirementsConfig, number, string][] = [
    ['vCpuCountMin', 'vCpuCountMax', host.vCpus, 'vCPUs'],
    ['memoryMin', 'memoryMax', memory, 'MiB of memory'],
    ['memoryPerVCpuMin', 'memoryPerVCpuMax', memory / host.vCpus, 'MiB of memory for each vCPU'],
    ['acceleratorCountMin', 'acceleratorCountMax', host.chips, 'accelerators'],
    ['networkInterfaceCountMin', 'networkInterfaceCountMax', host.networkCards * host.networkInterfacesPerCard, 'network interfaces'],
  ];
  return ranges.flatMap(([min, max, has, unit]) => {
    const least = amount(requirements[min]);
    const most = amount(requirements[max]);
    const excludes = (prop: string, limit: number | undefined) => () =>
      `\`${prop}\` of \`instanceRequirements\`, ${limit}, excludes ${host.name} of \`instanceTypes\`, which has ${has} ${unit}. ` +
      'Change it, or take the type out.';
    return [
      ...contradiction.when(least !== undefined && has < least, excludes(min, least)),
      ...contradiction.when(most !== undefined && has > most, excludes(max, most)),
    ];
  });
}

function checkKind(host: RequiredHost, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const [family, size] = host.name.split('.');
  const kinds: [keyof ec2.InstanceRequirementsConfig, boolean][] = [
    ['bareMetal', size.startsWith('metal')],
    ['burstablePerformance', /^t\d/.test(family)],
    ['localStorage', host.instanceStorage !== undefined],
  ];
  const cpus: string[] | undefined = requirements.cpuManufacturers;
  return [
    ...kinds.flatMap(([prop, has]) =>
      contradiction.when(
        requirements[prop] === (has ? 'excluded' : 'required'),
        () =>
          `\`${prop}\` of \`instanceRequirements\`, ${requirements[prop] as string}, excludes ${host.name} of \`instanceTypes\`. ` +
          'Change it, or take the type out.',
      ),
    ),
    ...contradiction.when(
      cpus !== undefined && !cpus.includes('intel') && !cpus.includes('amd'),
      () => `\`cpuManufacturers\` of \`instanceRequirements\` must have intel or amd, which ${host.name} of \`instanceTypes\` needs.`,
    ),
  ];
}

/** A number, or a size in MiB, that is known at synth. */
function amount(value: unknown): number | undefined {
  if (value instanceof Size) return value.isUnresolved() ? undefined : value.toMebibytes();
  return known(value as number | undefined) ? (value as number) : undefined;
}
