import { Task } from './task';
import { GaudiInstanceType, LogicalNeuronCoreConfig, NeuronInstanceType } from 'cdk-ecs-ml';

/** The facts that the demo shows about a host with accelerators. */
export interface Accelerators {
  readonly vCpus: number;
  readonly chips: number;
  /** Cores of a chip that tasks may share; 1 if the chip cannot be shared. */
  readonly coresPerChip: number;
  /** Name of such a core. */
  readonly coreName: string;
}

/** The accelerators of a host as a task sees them. */
export interface AcceleratorsOfTask extends Accelerators {
  /** Number of cores that the task takes, if the task says so. */
  readonly coresPerTask?: number;
  /** Indexes of the chips that the task takes, if it takes certain chips and not all. */
  readonly chipsOfTask?: number[];
}

/** Finds the accelerators of an instance type as a task sees them. */
type Lookup = (instanceType: string, task: Task) => AcceleratorsOfTask | undefined;

const neuron: Lookup = (instanceType, { environment, devices }) => {
  const type = NeuronInstanceType.list().find(({ name }) => name === instanceType);
  if (!type) return undefined;
  const config = environment.NEURON_LOGICAL_NC_CONFIG as LogicalNeuronCoreConfig | undefined;
  return {
    vCpus: type.vCpus,
    chips: type.chips,
    coresPerChip: type.logicalNeuronCores(config) / type.chips,
    coreName: type.hasLogicalNeuronCores ? 'logical NeuronCore' : 'NeuronCore',
    coresPerTask: environment.NEURON_RT_NUM_CORES === undefined ? undefined : Number(environment.NEURON_RT_NUM_CORES),
    chipsOfTask: fewer(devices.flatMap((device) => device.match(/^\/dev\/neuron(\d+)$/)?.[1] ?? []).map(Number), type.chips),
  };
};

const gaudi: Lookup = (instanceType, { environment }) => {
  const type = GaudiInstanceType.list().find(({ name }) => name === instanceType);
  if (!type) return undefined;
  const visible = String(environment.HABANA_VISIBLE_DEVICES ?? 'all');
  return {
    ...{ vCpus: type.vCpus, chips: type.chips, coresPerChip: 1, coreName: 'chip' },
    chipsOfTask: visible === 'all' ? undefined : fewer(visible.split(',').map(Number), type.chips),
  };
};

/** One line per accelerator family. */
const LOOKUPS: Lookup[] = [neuron, gaudi];

/** The accelerators of an instance type; undefined if it has none that the demo knows. */
export function acceleratorsOf(instanceType: string, task: Task): AcceleratorsOfTask | undefined {
  return LOOKUPS.map((lookup) => lookup(instanceType, task)).find((found) => found !== undefined);
}

/** Indexes in order; undefined if there are none, or if they are all. */
function fewer(indexes: number[], all: number): number[] | undefined {
  const unique = [...new Set(indexes)].sort((a, b) => a - b);
  return unique.length === 0 || unique.length === all ? undefined : unique;
}
