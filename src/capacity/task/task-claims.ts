import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { checkContainers } from './container-values';
import { checkHostNetworkOf, networkModeOf } from './host-network';
import {
  Container,
  devices,
  environment,
  mainContainer,
  mountPoints,
  ownContainers,
  resourceRequirements,
  variableNames,
  Volume,
} from './task-containers';
import { checkClaims, checkFamilyUse, checkGpus, PlacedClaim, TaskClaim, UsedContainer } from '../../rules/accelerator-use-rules';
import { enforceAtSynth, Finding, known } from '../../rules/rule';

/** The paths of the devices of each kind, and the variables by which a container asks for them or names their cores. */
const KINDS = [
  {
    family: 'Neuron',
    prefixes: ['/dev/neuron'],
    variables: ['NEURON_RT_NUM_CORES', 'NEURON_RT_VISIBLE_CORES', 'NEURON_VISIBLE_DEVICES', 'AWS_NEURON_VISIBLE_DEVICES'],
    pathOf: (chip: number) => `/dev/neuron${chip}`,
  },
  { family: 'Gaudi', prefixes: ['/dev/accel', '/dev/hl'], variables: ['HABANA_VISIBLE_DEVICES'], pathOf: undefined },
  { family: 'EFA', prefixes: ['/dev/infiniband'], variables: [], pathOf: undefined },
];

interface WantedClaim {
  readonly claim: TaskClaim;
  readonly containerName?: string;
}

const CLAIMS = new WeakMap<ecs.CfnTaskDefinition, WantedClaim[]>();

/** Registers what a mixin says about a task definition. All claims, and all containers, are checked together at synth. */
export function addClaim(task: ecs.CfnTaskDefinition, claim: TaskClaim, containerName?: string): void {
  const claims = CLAIMS.get(task);
  if (claims) {
    claims.push({ claim, containerName });
    return;
  }
  CLAIMS.set(task, [{ claim, containerName }]);
  enforceAtSynth(task, () => checkTask(task, CLAIMS.get(task) ?? []));
}

/** Whether each task of a task definition takes a slice of a host. */
export function takesSlice(task: ecs.CfnTaskDefinition): boolean {
  return (CLAIMS.get(task) ?? []).some(({ claim }) => claim.slice);
}

/** Whether the program of a container should have only as many OpenMP threads as its slice has vCPUs. */
export function limitsThreads(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): boolean {
  const claims = CLAIMS.get(task) ?? [];
  return claims.some(
    ({ claim, containerName }) => claim.limitsThreads === true && mainContainer(containers, containerName)?.name === main.name,
  );
}

function checkTask(task: ecs.CfnTaskDefinition, wanted: WantedClaim[]): Finding[] {
  const resolve = (value: unknown) => Stack.of(task).resolve(value);
  const containers: Container[] = resolve(task.containerDefinitions) ?? [];
  const volumes: Volume[] = resolve(task.volumes) ?? [];
  const claims: PlacedClaim[] = wanted.map(({ claim, containerName }) => ({
    ...claim,
    container: mainContainer(containers, containerName)?.name,
  }));
  const compatibilities = ((resolve(task.requiresCompatibilities) ?? []) as string[]).filter((one) => known(one));
  const used = containers.filter(({ name }) => !ownContainers(task).has(name)).map((container) => usedBy(container, volumes));
  const noGpus = claims.find(({ noGpuOn }) => noGpuOn !== undefined)?.noGpuOn;
  return [
    ...checkContainers(task, containers, networkModeOf(task)),
    ...checkHostNetworkOf(task, containers, claims),
    ...checkClaims(claims, compatibilities),
    ...(noGpus === undefined
      ? []
      : checkGpus(
          used.filter(({ gpus }) => gpus).map(({ name }) => name),
          noGpus,
        )),
    ...(claims.some(({ family, slice }) => family !== undefined || slice) ? KINDS.flatMap((kind) => checkKind(kind, claims, used)) : []),
  ];
}

function checkKind(
  { family, prefixes, variables, pathOf }: (typeof KINDS)[number],
  claims: PlacedClaim[],
  used: UsedContainer[],
): Finding[] {
  const own = claims.filter((claim) => (family === 'EFA' ? claim.by === 'TaskDefinitionEfa' : claim.family === family));
  const holds = (name: string) => own.some(({ container }) => container === name);
  const slice = claims.find((claim) => claim.slice);
  // A container of a task definition without a slice can map EFA devices by hand, where it has the chips too.
  const free = family === 'EFA' && own.length === 0 && !slice ? claims.map(({ container }) => container) : [];
  const mapping = used
    .map((container) => ({
      ...container,
      paths: container.paths.filter((path) => path === '/dev' || prefixes.some((one) => path.startsWith(one))),
    }))
    .filter(({ name, paths }) => paths.length > 0 && !free.includes(name));
  const naming = used
    .filter(({ name }) => !holds(name))
    .map((container) => ({ container: mapping.find(({ name }) => name === container.name) ?? container, container_: container }))
    .map(({ container, container_ }) => ({ container, variables: variables.filter((name) => name in container_.variables) }))
    .filter((one) => one.variables.length > 0);
  return checkFamilyUse({
    family,
    claims: own,
    // EFA devices can be shared.
    mapping: family === 'EFA' ? mapping.filter(({ name }) => !holds(name)) : mapping,
    naming,
    pathOf,
    sliceChips: slice?.chips,
    shared: claims.some(({ share, chips }) => share !== undefined && share < 1 && chips === undefined),
  });
}

function usedBy(container: Container, volumes: Volume[]): UsedContainer {
  const mounted = mountPoints(container).flatMap(({ sourceVolume }) => {
    const host = volumes.find(({ name }) => name === sourceVolume)?.host as ecs.CfnTaskDefinition.HostVolumePropertiesProperty | undefined;
    return host?.sourcePath === undefined ? [] : [host.sourcePath];
  });
  const paths = [...devices(container).map(({ hostPath }) => hostPath), ...mounted];
  const values = Object.fromEntries(environment(container).map(({ name = '', value }) => [name, value]));
  return {
    name: container.name,
    paths: paths.filter((path): path is string => typeof path === 'string').map((path) => path.replace(/(?<=.)\/+$/, '')),
    variables: { ...Object.fromEntries(variableNames(container).map((name) => [name, undefined])), ...values },
    gpus: resourceRequirements(container).some(({ type }) => type === 'GPU'),
  };
}
