import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Container } from '../capacity/task/task-containers';

/** How a container asks ECS for Neuron devices, which only Managed Instances know. */
export const NEURON_DEVICE = 'NeuronDevice';

type Requirement = Readonly<ecs.CfnTaskDefinition.ResourceRequirementProperty>;

/** What a rendered container asks ECS for beside cpu and memory. */
export function resourceRequirements(container: Container): Requirement[] {
  return (container.resourceRequirements ?? []) as Requirement[];
}

/** Whether a rendered container asks ECS for Neuron devices. */
export function requestsNeuronDevices(container: Container): boolean {
  return resourceRequirements(container).some(({ type }) => type === NEURON_DEVICE);
}
