import { LogicalNeuronCoreConfig, NeuronInstanceType } from 'cdk-ecs-ml';

/** The environment variables of a task, those of all its containers. */
export type Environment = Readonly<Record<string, unknown>>;

/** What the demo shows of a host with accelerators. */
export interface Accelerators {
  readonly vCpus: number;
  readonly chips: number;
  /** Parts of a chip that tasks may share it by; 1 where it can't be shared. */
  readonly coresPerChip: number;
  /** What such a part is called. */
  readonly coreName: string;
  /** Parts that a task takes, where its environment says so. */
  readonly coresPerTask?: number;
}

/** Finds the accelerators of an instance type as tasks with this environment see them. */
type Lookup = (instanceType: string, environment: Environment) => Accelerators | undefined;

const neuron: Lookup = (instanceType, environment) => {
  const type = NeuronInstanceType.list().find(({ name }) => name === instanceType);
  if (!type) return undefined;
  const config = environment.NEURON_LOGICAL_NC_CONFIG as LogicalNeuronCoreConfig | undefined;
  return {
    vCpus: type.vCpus,
    chips: type.chips,
    coresPerChip: type.logicalNeuronCores(config) / type.chips,
    coreName: type.hasLogicalNeuronCores ? 'logical NeuronCore' : 'NeuronCore',
    coresPerTask: environment.NEURON_RT_NUM_CORES === undefined ? undefined : Number(environment.NEURON_RT_NUM_CORES),
  };
};

/** A new accelerator family is a new line. */
const LOOKUPS: Lookup[] = [neuron];

/** The accelerators of an instance type; undefined where it has none that the demo knows. */
export function acceleratorsOf(instanceType: string, environment: Environment): Accelerators | undefined {
  return LOOKUPS.map((lookup) => lookup(instanceType, environment)).find((found) => found !== undefined);
}
