import { Container, resourceRequirements } from '../capacity/task/task-containers';

/** The resource type by which a container requests Neuron devices from ECS. Only Managed Instances support it. */
export const NEURON_DEVICE = 'NeuronDevice';

/** Whether a rendered container requests Neuron devices from ECS. */
export function requestsNeuronDevices(container: Container): boolean {
  return resourceRequirements(container).some(({ type }) => type === NEURON_DEVICE);
}
