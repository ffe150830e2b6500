import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Container } from '../capacity/task/task-containers';

/** The resource type by which a container requests Neuron devices from ECS. Only Managed Instances support it. */
export const NEURON_DEVICE = 'NeuronDevice';

type Requirement = Readonly<ecs.CfnTaskDefinition.ResourceRequirementProperty>;

/** The resources that a rendered container requests from ECS in addition to cpu and memory. */
export function resourceRequirements(container: Container): Requirement[] {
  return (container.resourceRequirements ?? []) as Requirement[];
}

/** Whether a rendered container requests Neuron devices from ECS. */
export function requestsNeuronDevices(container: Container): boolean {
  return resourceRequirements(container).some(({ type }) => type === NEURON_DEVICE);
}
