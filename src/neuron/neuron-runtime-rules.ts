import { Finding, known, Rule } from '../rules/rule';

const RTD_END_OF_SUPPORT =
  'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/announcements/neuron2.x/neuron-rtd-eol.html';
const RTD_IN_DOCKER = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/containers/tutorial-docker-runtime1.0.html';
const OCI_HOOK = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/tutorials/oci-hook.html';

const neuronRtdHost = new Rule({
  id: 'neuron-rtd-host',
  level: 'error',
  says: 'The Neuron 1.x runtime daemon can only run on EC2 hosts with first-generation Inferentia chips, Inf1.',
  source: RTD_IN_DOCKER,
});

const neuronRtdOneTask = new Rule({
  id: 'neuron-rtd-one-task',
  level: 'error',
  says: 'A host with the Neuron 1.x runtime daemon cannot be divided into equal slices, because each daemon takes all chips that it sees.',
  source: RTD_IN_DOCKER,
});

const neuronRtdOwned = new Rule({
  id: 'neuron-rtd-owned',
  level: 'error',
  says: 'A task definition must not set the container, volume, mount point and variables that connect a model server to the Neuron 1.x runtime daemon, because the library sets them.',
  source: RTD_IN_DOCKER,
});

const neuronRtdImage = new Rule({
  id: 'neuron-rtd-image',
  level: 'error',
  says: 'The image of the Neuron 1.x runtime daemon can only be given if the daemon is used, and must be available in the Region.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
});

const neuronRtdLegacy = new Rule({
  id: 'neuron-rtd-legacy',
  level: 'warning',
  says: 'The Neuron 1.x runtime daemon should only be used for model servers that were built before Neuron 1.16 and cannot be rebuilt, because its support has ended.',
  source: RTD_END_OF_SUPPORT,
});

const frozenDriver = new Rule({
  id: 'frozen-driver',
  level: 'warning',
  says: 'Inf1 hosts should have a Neuron driver of version 2.24 or earlier. The ECS-optimized image for Neuron has it. Check other images.',
  source:
    'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/announcements/neuron2.x/announce-correction-neuron-driver-support-inf1.html',
});

const dockerDaemonConfig = new Rule({
  id: 'docker-daemon-config',
  level: 'warning',
  says: 'User data should not edit /etc/docker/daemon.json, because the ECS-optimized image for Neuron configures the runtimes of Docker by itself.',
  source: OCI_HOOK,
});

/** The facts about hosts that must run the Neuron 1.x runtime daemon. */
export interface NeuronRtdHostFacts {
  /** The prop or mixin that asks for it, for messages. */
  readonly askedBy: string;
  readonly instanceType: string;
  /** Whether the type has Inferentia chips of the first generation. */
  readonly inferentia1: boolean;
  readonly tasksPerInstance: number;
}

/** Checks that hosts can run the daemon. */
export function checkNeuronRtdHost({ askedBy, instanceType, inferentia1, tasksPerInstance }: NeuronRtdHostFacts): Finding[] {
  return [
    ...neuronRtdHost.when(
      !inferentia1,
      () => `${askedBy} is only for Inf1, got: ${instanceType}. Leave it out, because images for this type have the runtime as a library.`,
    ),
    ...neuronRtdOneTask.when(
      known(tasksPerInstance) && tasksPerInstance > 1,
      () =>
        `\`tasksPerInstance\` must be 1 with ${askedBy}, got: ${tasksPerInstance}. Each daemon takes all chips that it sees, so tasks of equal ` +
        'slices would take the same chips. Use `partitions`, or an instance type with fewer chips.',
    ),
  ];
}

/** Checks that an image of the daemon is given only if the daemon is used. */
export function checkNeuronRtdImage(given: boolean, used: boolean): Finding[] {
  return neuronRtdImage.when(given && !used, () => '`neuronRtdImage` has no effect without `neuronRuntime` NEURON_RTD. Leave it out.');
}

/** Checks that a Region can pull the public image of the daemon. Only Regions in the aws partition can, because its registry is there. */
export function checkNeuronRtdPull(region: string): Finding[] {
  return neuronRtdImage.when(
    known(region) && /^(cn-|us-gov-|us-iso|eu-iso|eusc-)/.test(region),
    () =>
      `The public image of neuron-rtd can't be pulled in ${region}, because its registry is in another partition of AWS. Use your own copy: ` +
      '`neuronRtdImage` of the pool, or `image` of the mixin.',
  );
}

/** The facts about a task definition that the daemon is added to. */
export interface NeuronRtdTaskFacts {
  readonly compatibilities: string[];
  readonly containers: { readonly name: string; readonly devicePaths: string[] }[];
  readonly volumes: (string | undefined)[];
  /** The container that connects to the daemon, with the paths that it mounts. */
  readonly main: { readonly name: string; readonly variables: string[]; readonly paths: (string | undefined)[] };
  /** The names of the container and the volume of the daemon, and the path where the volume is mounted. */
  readonly owned: { readonly container: string; readonly volume: string; readonly path: string };
}

/** The variables of the main container that contradict the daemon. */
export const RTD_OWNED_VARIABLES: Record<string, string> = {
  NEURON_RTD_ADDRESS: 'the library sets it to the socket of the daemon. Leave it out.',
  AWS_NEURON_VISIBLE_DEVICES: 'the daemon has the devices, and the model server connects to the daemon. Leave it out.',
  NEURON_RT_NUM_CORES: 'it is for the runtime as a library, Neuron 1.16 and later. If your image is that new, leave out NEURON_RTD.',
  NEURON_RT_VISIBLE_CORES: 'it is for the runtime as a library, Neuron 1.16 and later. If your image is that new, leave out NEURON_RTD.',
};

/** Checks a task definition that the daemon is added to. */
export function checkNeuronRtdTask({ compatibilities, containers, volumes, main, owned }: NeuronRtdTaskFacts): Finding[] {
  const others = compatibilities.filter((compatibility) => known(compatibility) && compatibility !== 'EC2');
  const mapped = containers.flatMap(({ name, devicePaths }) =>
    devicePaths.filter((path) => typeof path === 'string' && path.startsWith('/dev/neuron')).map((path) => ({ name, path })),
  );
  return [
    ...neuronRtdHost.when(
      others.length > 0,
      () => `A task definition with neuron-rtd must be compatible with EC2 only, got: ${others.join(', ')}.`,
    ),
    ...neuronRtdOwned.when(
      containers.some(({ name }) => name === owned.container),
      () => `A container is already called ${owned.container}, the name of the daemon. Remove or rename it.`,
    ),
    ...neuronRtdOwned.when(
      volumes.includes(owned.volume),
      () => `A volume is already called ${owned.volume}, the name of the volume for the socket of the daemon. Rename it.`,
    ),
    ...neuronRtdOwned.when(
      main.paths.includes(owned.path),
      () => `Container ${main.name} already mounts ${owned.path}, the path of the socket of the daemon. Use another path.`,
    ),
    ...main.variables
      .filter((name) => name in RTD_OWNED_VARIABLES)
      .flatMap((name) =>
        neuronRtdOwned.when(true, () => `\`environment\` of container ${main.name} must not set ${name}: ${RTD_OWNED_VARIABLES[name]}`),
      ),
    ...mapped.flatMap(({ name, path }) =>
      neuronRtdOwned.when(
        true,
        () => `\`linuxParameters\` of container ${name} must not map ${path}, because only the daemon can use the devices. Leave it out.`,
      ),
    ),
  ];
}

/** Warns about the daemon. `pinsImage`: whether the hosts start from an image that the user has pinned or built. */
export function checkNeuronRtdLegacy({ askedBy, pinsImage }: { askedBy: string; pinsImage: boolean }): Finding[] {
  return neuronRtdLegacy.when(
    true,
    () =>
      `${askedBy} is only for a model server that was built on Neuron before 1.16 (2021-10-27) and can't be rebuilt. Drivers since ` +
      'Neuron 2.3 (2022-10-10) do not support the daemon, support for containers with it ended on 2023-12-20, and Amazon Linux 2 got its ' +
      `last updates on 2026-06-30. ${
        pinsImage
          ? 'Make sure that the image of the hosts has an older driver.'
          : 'The newest image has a newer driver, so pin an older image with `machineImage`.'
      } ` +
      'If you can, rebuild the model server with the runtime as a library instead, and leave this out.',
  );
}

/** The facts about the hosts of a Neuron pool that are checked. */
export interface NeuronHostFacts {
  readonly instanceType: string;
  readonly inferentia1: boolean;
  /** Whether the image comes from a public SSM parameter, so that its driver is known. */
  readonly imageKnown: boolean;
  readonly userDataCommands?: string[];
}

/** Checks that nothing breaks the driver and the Docker runtimes of the images for Neuron. */
export function checkNeuronHost({ instanceType, inferentia1, imageKnown, userDataCommands = [] }: NeuronHostFacts): Finding[] {
  const commands = userDataCommands.filter((command) => known(command));
  const driver = commands.find((command) => /aws-neuronx-dkms/.test(command) && !/aws-neuronx-dkms[-=]2\.(\d|1\d|2[0-4])\./.test(command));
  return [
    ...frozenDriver.when(
      inferentia1 && (driver !== undefined || !imageKnown),
      () =>
        `${driver ? `\`userDataCommands\` install a Neuron driver that is not pinned to 2.24: ${driver}` : 'The Neuron driver of `machineImage` is not known'}. ` +
        `${instanceType} needs version 2.24 or earlier, the last with support for Inf1. The ECS-optimized Amazon Linux 2023 image for Neuron ` +
        'downgrades its driver at start. Make sure that yours is 2.24 or earlier, then acknowledge this warning.',
    ),
    ...dockerDaemonConfig.when(
      commands.some((command) => command.includes('/etc/docker/daemon.json')),
      () =>
        '`userDataCommands` name /etc/docker/daemon.json. The image for Neuron registers its container runtime with Docker by itself, and the ' +
        'configuration that the Neuron pages show for other hosts has kept Docker and the ECS agent from starting. Leave it out. If you only ' +
        'change settings other than runtimes, acknowledge this warning.',
    ),
  ];
}
