import { aws_ec2 as ec2, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const contradiction = new Rule({
  id: 'instance-requirements',
  level: 'error',
  says: 'The instance requirements must not exclude any of the given instance types, and must not contradict each other.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

const namesDisputed = new Rule({
  id: 'accelerator-names-disputed',
  level: 'warning',
  says: 'Instances should not also be selected by accelerator names, because the public pages disagree about those names.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html',
});

/** An instance type that the requirements must not exclude. */
export interface RequiredHost {
  readonly name: string;
  readonly vCpus: number;
  readonly memory: Size;
  readonly chips: number;
  readonly networkCards: number;
  readonly networkInterfacesPerCard: number;
  readonly instanceStorage?: Size;
  /** The memory of all its accelerators together. */
  readonly acceleratorMemory: Size;
  /** The name of its accelerator in EC2, if it is known. */
  readonly acceleratorName?: string;
}

/** The facts about the selection of instances that are checked. */
export interface RequirementFacts {
  readonly hosts: RequiredHost[];
  readonly manufacturer: string;
  readonly acceleratorType: string;
  readonly spot: boolean;
  readonly acceleratorNames?: string[];
  readonly requirements?: ec2.InstanceRequirementsConfig;
}

/** Checks that each of the given instance types meets the requirements. */
export function checkInstanceRequirements(facts: RequirementFacts): Finding[] {
  const { hosts, requirements = {} as ec2.InstanceRequirementsConfig } = facts;
  return [
    ...checkGivenOnce(facts, requirements),
    ...checkPrices(facts, requirements),
    ...checkAccelerator(facts, requirements),
    ...checkMinMax(requirements),
    ...hosts.flatMap((host) => [...checkRanges(host, requirements), ...checkKind(host, requirements)]),
    ...namesDisputed.when(
      facts.acceleratorNames !== undefined,
      () =>
        'The ECS and the CloudFormation pages disagree about `acceleratorNames`. Leave them out, because `instanceTypes` already select the hosts, ' +
        'or try them in your account and acknowledge this warning.',
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
          `\`${prop}\` of \`instanceRequirements\` must be left out, got: ${requirements[prop]?.join(', ')}. ` +
          'Only the types in `instanceTypes` are allowed.',
      ),
    ),
    ...contradiction.when(
      acceleratorNames !== undefined && requirements.acceleratorNames !== undefined,
      () => '`acceleratorNames` is given twice: here and in `instanceRequirements`. Leave one out.',
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
      () =>
        `\`${idle[0]}\` of \`instanceRequirements\` has no effect, because \`purchaseOption\` is ${spot ? '' : 'not '}Spot. Leave it out.`,
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
        `\`${prop}\` of \`instanceRequirements\` must have ${needed}, because \`instanceTypes\` has ${types}, got: ${given?.join(', ')}.`,
    );
  };
  const names: string[] | undefined = facts.acceleratorNames ?? requirements.acceleratorNames;
  const named = hosts.filter(({ acceleratorName }) => acceleratorName !== undefined);
  const missing = named.filter(({ acceleratorName }) => names?.every((name) => name !== acceleratorName));
  const strange = names?.filter((name) => named.every(({ acceleratorName }) => acceleratorName !== name)) ?? [];
  return [
    ...lacks('acceleratorManufacturers', manufacturer),
    ...lacks('acceleratorTypes', acceleratorType),
    ...contradiction.when(
      missing.length > 0,
      () =>
        `\`acceleratorNames\` must have ${missing[0].acceleratorName}, the accelerator of ${missing[0].name} in \`instanceTypes\`, ` +
        `got: ${names?.join(', ')}.`,
    ),
    ...contradiction.when(
      strange.length > 0 && named.length === hosts.length,
      () => `\`acceleratorNames\` has ${strange.join(', ')}, but none of the \`instanceTypes\` has it: ${types}. Leave it out.`,
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
    ['acceleratorTotalMemoryMin', 'acceleratorTotalMemoryMax', host.acceleratorMemory.toMebibytes(), 'MiB of accelerator memory'],
    ['totalLocalStorageGBMin', 'totalLocalStorageGBMax', gigabytes(host.instanceStorage), 'GB of local storage'],
    ['networkInterfaceCountMin', 'networkInterfaceCountMax', host.networkCards * host.networkInterfacesPerCard, 'network interfaces'],
  ];
  return ranges.flatMap(([min, max, has, unit]) => {
    const least = amount(requirements[min]);
    const most = amount(requirements[max]);
    const excludes = (prop: string, limit: number | undefined) => () =>
      `\`${prop}\` of \`instanceRequirements\` excludes ${host.name} in \`instanceTypes\`, which has ${has} ${unit}, got: ${limit}. ` +
      'Change it, or remove the type.';
    return [
      ...contradiction.when(least !== undefined && has < least, excludes(min, least)),
      ...contradiction.when(most !== undefined && has > most, excludes(max, most)),
    ];
  });
}

/** Checks what the catalogue has no facts about: the least must not be more than the most. */
function checkMinMax(requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const ranges: [keyof ec2.InstanceRequirementsConfig, keyof ec2.InstanceRequirementsConfig][] = [
    ['baselineEbsBandwidthMbpsMin', 'baselineEbsBandwidthMbpsMax'],
    ['networkBandwidthGbpsMin', 'networkBandwidthGbpsMax'],
  ];
  return ranges.flatMap(([min, max]) => {
    const [least, most] = [amount(requirements[min]), amount(requirements[max])];
    return contradiction.when(
      least !== undefined && most !== undefined && least > most,
      () => `\`${min}\` of \`instanceRequirements\` must be at most \`${max}\`, got: ${least} and ${most}.`,
    );
  });
}

/** The manufacturers of the processors, by the family. Other families may have either. */
const CPU_MANUFACTURERS: Record<string, string> = {
  inf1: 'intel',
  inf2: 'amd',
  trn1: 'intel',
  trn1n: 'intel',
  trn2: 'intel',
  trn2u: 'intel',
  dl1: 'intel',
};

function checkKind(host: RequiredHost, requirements: ec2.InstanceRequirementsConfig): Finding[] {
  const [family, size] = host.name.split('.');
  const kinds: [keyof ec2.InstanceRequirementsConfig, boolean][] = [
    ['bareMetal', size.startsWith('metal')],
    ['burstablePerformance', /^t\d/.test(family)],
    ['localStorage', host.instanceStorage !== undefined],
  ];
  const cpus: string[] | undefined = requirements.cpuManufacturers;
  const generations: string[] | undefined = requirements.instanceGenerations;
  const disks: string[] | undefined = requirements.localStorageTypes;
  const makers = CPU_MANUFACTURERS[family] ? [CPU_MANUFACTURERS[family]] : ['intel', 'amd'];
  return [
    ...kinds.flatMap(([prop, has]) =>
      contradiction.when(
        requirements[prop] === (has ? 'excluded' : 'required'),
        () =>
          `\`${prop}\` of \`instanceRequirements\` excludes ${host.name} in \`instanceTypes\`, got: ${requirements[prop] as string}. ` +
          'Change it, or remove the type.',
      ),
    ),
    ...contradiction.when(
      cpus !== undefined && !makers.some((maker) => cpus.includes(maker)),
      () =>
        `\`cpuManufacturers\` of \`instanceRequirements\` must have ${makers.join(' or ')}, the manufacturer of the processors of ${host.name} in ` +
        `\`instanceTypes\`, got: ${cpus?.join(', ')}.`,
    ),
    ...contradiction.when(
      generations !== undefined && !generations.includes('current'),
      () =>
        `\`instanceGenerations\` of \`instanceRequirements\` must have current, the generation of ${host.name} in \`instanceTypes\`, ` +
        `got: ${generations?.join(', ')}.`,
    ),
    ...contradiction.when(
      disks !== undefined && host.instanceStorage !== undefined && !disks.includes('ssd'),
      () =>
        `\`localStorageTypes\` of \`instanceRequirements\` must have ssd, the local storage of ${host.name} in \`instanceTypes\`, ` +
        `got: ${disks?.join(', ')}.`,
    ),
    ...contradiction.when(
      requirements.requireHibernateSupport === true,
      () =>
        `\`requireHibernateSupport\` of \`instanceRequirements\` excludes ${host.name} in \`instanceTypes\`, which EC2 cannot hibernate. ` +
        'Leave it out.',
    ),
  ];
}

/** The size of the local storage as EC2 counts it, 0 if there is none. */
function gigabytes(size: Size | undefined): number {
  return size === undefined || size.isUnresolved() ? 0 : size.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

/** A number, or a size in MiB, if it is known at synth. */
function amount(value: unknown): number | undefined {
  if (value instanceof Size) return value.isUnresolved() ? undefined : value.toMebibytes();
  return typeof value === 'number' && known(value) ? value : undefined;
}
