/** The environment variables of all containers of a task. */
export type Environment = Readonly<Record<string, unknown>>;

/** The resources that a task asks for. */
export interface Task {
  /** cpu units; 0 if the task asks for none. */
  readonly cpu: number;
  /** Memory in MiB; 0 if the task asks for none. */
  readonly memory: number;
  readonly environment: Environment;
  /** Device paths on the host. */
  readonly devices: string[];
  /** udp ports that the task reserves on the host. */
  readonly udpPorts: number[];
  /** Whether ECS gives the task all Neuron devices of its host. */
  readonly allNeuronDevices: boolean;
  /** Types of the Elastic Inference accelerators that each task gets over the network. */
  readonly inferenceAccelerators: string[];
}

export interface TaskDefinition {
  readonly Cpu?: unknown;
  readonly Memory?: unknown;
  readonly ContainerDefinitions?: ContainerDefinition[];
  readonly InferenceAccelerators?: { readonly DeviceType?: unknown }[];
}

interface ContainerDefinition {
  readonly Cpu?: number;
  readonly Memory?: number;
  readonly MemoryReservation?: number;
  readonly Environment?: { readonly Name: string; readonly Value: unknown }[];
  readonly LinuxParameters?: { readonly Devices?: { readonly HostPath?: unknown }[] };
  readonly PortMappings?: { readonly HostPort?: number; readonly Protocol?: string }[];
  readonly ResourceRequirements?: { readonly Type: string; readonly Value: unknown }[];
}

/** Reads a task definition. As in ECS, values for the whole task take precedence over the sum of its containers. */
export function taskOf({ Cpu, Memory, ContainerDefinitions = [], InferenceAccelerators = [] }: TaskDefinition): Task {
  const sum = (of: (container: ContainerDefinition) => number | undefined) =>
    ContainerDefinitions.reduce((all, container) => all + (of(container) ?? 0), 0);
  const ports = ContainerDefinitions.flatMap(({ PortMappings = [] }) => PortMappings);
  return {
    cpu: numberOf(Cpu) ?? sum((container) => container.Cpu),
    memory: numberOf(Memory) ?? sum((container) => container.Memory ?? container.MemoryReservation),
    environment: Object.fromEntries(
      ContainerDefinitions.flatMap((container) => (container.Environment ?? []).map(({ Name, Value }) => [Name, Value])),
    ),
    devices: ContainerDefinitions.flatMap(({ LinuxParameters }) =>
      (LinuxParameters?.Devices ?? []).map(({ HostPath }) => String(HostPath)),
    ),
    udpPorts: ports.flatMap(({ HostPort, Protocol }) => (Protocol === 'udp' && HostPort ? [HostPort] : [])),
    allNeuronDevices: ContainerDefinitions.some(({ ResourceRequirements = [] }) =>
      ResourceRequirements.some(({ Type }) => Type === 'NeuronDevice'),
    ),
    inferenceAccelerators: InferenceAccelerators.map(({ DeviceType }) => String(DeviceType)),
  };
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isNaN(number) ? undefined : number;
}
