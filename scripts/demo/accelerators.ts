import { Task } from './task';
import { GaudiInstanceType, LogicalNeuronCoreConfig, NeuronInstanceType } from 'cdk-ecs-ml';

/** What the demo shows of a host with accelerators. */
export interface Accelerators {
  readonly vCpus: number;
  readonly chips: number;
  /** Parts of a chip that tasks may share it by; 1 where it can't be shared. */
  readonly coresPerChip: number;
  /** What such a part is called. */
  readonly coreName: string;
}

/** The accelerators of a host as a task sees them. */
export interface AcceleratorsOfTask extends Accelerators {
  /** Cores that the task takes, where it says so. */
  readonly coresPerTask?: number;
  /** Indexes of the chips that the task takes, where it takes certain ones and not all. */
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

/** A new accelerator family is a new line. */
const LOOKUPS: Lookup[] = [neuron, gaudi];

/** The accelerators of an instance type; undefined where it has none that the demo knows. */
export function acceleratorsOf(instanceType: string, task: Task): AcceleratorsOfTask | undefined {
  return LOOKUPS.map((lookup) => lookup(instanceType, task)).find((found) => found !== undefined);
}

/** Indexes in order, undefined where they are none or all. */
function fewer(indexes: number[], all: number): number[] | undefined {
  const unique = [...new Set(indexes)].sort((a, b) => a - b);
  return unique.length === 0 || unique.length === all ? undefined : unique;
}
