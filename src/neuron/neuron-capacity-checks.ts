import { NeuronCapacityProps } from './neuron-capacity-props';
import { checkLogicalCores } from './neuron-device-rules';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { NeuronRuntime } from './neuron-runtime';
import { checkNeuronRtdHost, checkNeuronRtdImage, checkNeuronRtdLegacy } from './neuron-runtime-rules';
import { Finding } from '../rules/rule';

/** Checks that logical cores are configured only on an instance type that has them. */
export function checkLogicalCoresOf(type: NeuronInstanceType, config?: LogicalNeuronCoreConfig): Finding[] {
  return checkLogicalCores({ instanceType: type.name, hasLogicalCores: type.hasLogicalNeuronCores, logicalCoreConfig: config });
}

/** Checks the runtime of a pool, and warns if it is the legacy daemon. */
export function checkRuntime(
  props: Pick<NeuronCapacityProps, 'instanceType' | 'tasksPerInstance' | 'neuronRuntime' | 'neuronRtdImage'>,
  pinsImage: boolean,
): Finding[] {
  const { instanceType, tasksPerInstance = 1, neuronRuntime, neuronRtdImage } = props;
  const daemon = neuronRuntime === NeuronRuntime.NEURON_RTD;
  const askedBy = '`neuronRuntime` NEURON_RTD';
  const host = { askedBy, instanceType: instanceType.name, inferentia1: instanceType._isInferentia1, tasksPerInstance };
  return [
    ...checkNeuronRtdImage(neuronRtdImage !== undefined, daemon),
    ...(daemon ? [...checkNeuronRtdHost(host), ...checkNeuronRtdLegacy({ askedBy, pinsImage })] : []),
  ];
}
