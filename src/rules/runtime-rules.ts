import { Finding, known, Rule } from './rule';

const RTD_END_OF_SUPPORT =
  'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/announcements/neuron2.x/neuron-rtd-eol.html';
const RTD_IN_DOCKER = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/containers/tutorial-docker-runtime1.0.html';
const OCI_HOOK = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/tutorials/oci-hook.html';

const neuronRtdHost = new Rule({
  id: 'neuron-rtd-host',
  level: 'error',
  says: 'The runtime daemon of Neuron 1.x runs on EC2 hosts with Inferentia chips of the first generation, Inf1, and nowhere else.',
  source: RTD_IN_DOCKER,
});

const neuronRtdOneTask = new Rule({
  id: 'neuron-rtd-one-task',
  level: 'error',
  says: 'The runtime daemon of Neuron 1.x takes whole chips: the tasks of a host do not divide it evenly.',
  source: RTD_IN_DOCKER,
});

const neuronRtdOwned = new Rule({
  id: 'neuron-rtd-owned',
  level: 'error',
  says: 'What ties a model server to the runtime daemon of Neuron 1.x (container, volume, mount point, variables) is not set by hand too.',
  source: RTD_IN_DOCKER,
});

const neuronRtdImage = new Rule({
  id: 'neuron-rtd-image',
  level: 'error',
  says: 'The image of the runtime daemon of Neuron 1.x is given where there is a daemon, and can be pulled in the Region.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
});

const neuronRtdLegacy = new Rule({
  id: 'neuron-rtd-legacy',
  level: 'warning',
  says: 'The runtime daemon of Neuron 1.x is only for model servers built before Neuron 1.16 that can not be built anew: support has ended.',
  source: RTD_END_OF_SUPPORT,
});

const frozenDriver = new Rule({
  id: 'frozen-driver',
  level: 'warning',
  says: 'Hosts of Inf1 keep a Neuron driver of at most 2.24. The ECS-optimized image for Neuron sees to that, other images need care.',
  source:
    'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/announcements/neuron2.x/announce-correction-neuron-driver-support-inf1.html',
});

const dockerDaemonConfig = new Rule({
  id: 'docker-daemon-config',
  level: 'warning',
  says: "The ECS-optimized image for Neuron sets up Docker's runtimes by itself; commands that edit /etc/docker/daemon.json can break it.",
  source: OCI_HOOK,
});

/** Where the runtime daemon of Neuron 1.x is asked for. */
export interface NeuronRtdHostFacts {
  /** What asked for it, for messages. */
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
      () => `${askedBy} is for Inf1 only, got: ${instanceType}. Its images have the runtime as a library: leave it out.`,
    ),
    ...neuronRtdOneTask.when(
      known(tasksPerInstance) && tasksPerInstance > 1,
      () =>
        `\`tasksPerInstance\` must be 1 with ${askedBy}, got: ${tasksPerInstance}. Each daemon takes all chips that it sees, so equal tasks would ` +
        'meet on them. Use `partitions`, or an instance type with fewer chips.',
    ),
  ];
}

/** Checks that an image of the daemon is given only where there is a daemon. */
export function checkNeuronRtdImage(given: boolean, used: boolean): Finding[] {
  return neuronRtdImage.when(
    given && !used,
    () => '`neuronRtdImage` is for `neuronRuntime` NEURON_RTD: without the daemon it would have no effect. Leave it out.',
  );
}

/** Checks that the public image of the daemon can be pulled: its registry is in the partition of the commercial Regions. */
export function checkNeuronRtdPull(region: string): Finding[] {
  return neuronRtdImage.when(
    known(region) && /^(cn-|us-gov-|us-iso|eu-iso|eusc-)/.test(region),
    () =>
      `The public image of neuron-rtd can't be pulled in ${region}, a Region of another partition. Give one of your own: \`neuronRtdImage\` of the ` +
      'pool, or `image` of the mixin.',
  );
}

/** What a task definition has beside the daemon. */
export interface NeuronRtdTaskFacts {
  readonly compatibilities: string[];
  readonly containers: { readonly name: string; readonly devicePaths: string[] }[];
  readonly volumes: (string | undefined)[];
  /** The container that speaks to the daemon, with the paths that it mounts. */
  readonly main: { readonly name: string; readonly variables: string[]; readonly paths: (string | undefined)[] };
  /** What the daemon's container and volume are called, and where it is mounted. */
  readonly owned: { readonly container: string; readonly volume: string; readonly path: string };
}

const OWNED_VARIABLES: Record<string, string> = {
  NEURON_RTD_ADDRESS: 'the library sets it, to the socket of the daemon. Leave it out.',
  AWS_NEURON_VISIBLE_DEVICES: 'the daemon has the devices, and the model server speaks to it. Leave it out.',
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
      () => `A container is called ${owned.container} already: the daemon is added by that name. Remove it, or call it something else.`,
    ),
    ...neuronRtdOwned.when(
      volumes.includes(owned.volume),
      () => `A volume is called ${owned.volume} already: that of the daemon's socket is. Call yours something else.`,
    ),
    ...neuronRtdOwned.when(
      main.paths.includes(owned.path),
      () => `Container ${main.name} mounts ${owned.path} already: the daemon's socket is there. Mount yours elsewhere.`,
    ),
    ...main.variables
      .filter((name) => name in OWNED_VARIABLES)
      .flatMap((name) =>
        neuronRtdOwned.when(true, () => `\`environment\` of container ${main.name} must not set ${name}: ${OWNED_VARIABLES[name]}`),
      ),
    ...mapped.flatMap(({ name, path }) =>
      neuronRtdOwned.when(
        true,
        () => `\`linuxParameters\` of container ${name} must not map ${path}: the daemon takes the devices, and no other container can.`,
      ),
    ),
  ];
}

/** What is to be known where the daemon is used. `pinsImage`: whether the hosts start from an image that the user pinned or has made. */
export function checkNeuronRtdLegacy({ askedBy, pinsImage }: { askedBy: string; pinsImage: boolean }): Finding[] {
  return neuronRtdLegacy.when(
    true,
    () =>
      `${askedBy} is right only for a model server that was built on Neuron before 1.16 (2021-10-27) and can't be built anew. Drivers since ` +
      'Neuron 2.3 (2022-10-10) do not support the daemon, containers with it lost support on 2023-12-20, and Amazon Linux 2 got its last ' +
      `updates on 2026-06-30. ${
        pinsImage
          ? 'Make sure that the image of the hosts has an older driver.'
          : 'The newest image has a newer driver: pin an older one by `machineImage`.'
      } ` +
      'Better build the model server anew, with the runtime as a library, and leave this out.',
  );
}

/** What is checked of the hosts of a Neuron pool. */
export interface NeuronHostFacts {
  readonly instanceType: string;
  readonly inferentia1: boolean;
  /** Whether the image comes from a public list, where its driver is known. */
  readonly imageKnown: boolean;
  readonly userDataCommands?: string[];
}

/** Checks what could break the driver, and the runtimes of Docker, that the images for Neuron come with. */
export function checkNeuronHost({ instanceType, inferentia1, imageKnown, userDataCommands = [] }: NeuronHostFacts): Finding[] {
  const commands = userDataCommands.filter((command) => known(command));
  const driver = commands.find((command) => /aws-neuronx-dkms/.test(command) && !/aws-neuronx-dkms[-=]2\.(\d|1\d|2[0-4])\./.test(command));
  return [
    ...frozenDriver.when(
      inferentia1 && (driver !== undefined || !imageKnown),
      () =>
        `${driver ? `\`userDataCommands\` install a Neuron driver that isn't pinned to 2.24: ${driver}` : `Which Neuron driver \`machineImage\` has can't be seen`}. ` +
        `${instanceType} needs one of at most 2.24, the last with Inf1; the ECS-optimized Amazon Linux 2023 image for Neuron brings its own ` +
        'down when it starts. Make sure of it, then acknowledge this.',
    ),
    ...dockerDaemonConfig.when(
      commands.some((command) => command.includes('/etc/docker/daemon.json')),
      () =>
        '`userDataCommands` name /etc/docker/daemon.json. The image for Neuron registers its container runtime with Docker by itself; the ' +
        'configuration that the Neuron pages have for other hosts has kept Docker, and the ECS agent, from starting. Leave it out; if you only ' +
        'set what has nothing to do with runtimes, acknowledge this.',
    ),
  ];
}
