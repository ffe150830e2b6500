import { aws_ecs as ecs } from 'aws-cdk-lib';
import { GivenParameter } from '../../rules/refused-parameter-rules';
import { given, givenOptions, givenParameters, ParameterNames, volumesOf } from '../task/given-parameters';
import { Container } from '../task/task-containers';

/** The parameters that Managed Instances refuse. */
const REFUSED: ParameterNames = {
  containers: ['disableNetworking', 'dnsSearchDomains', 'dnsServers', 'dockerSecurityOptions', 'extraHosts', 'hostname', 'links'],
  linuxParameters: ['maxSwap', 'sharedMemorySize', 'swappiness'],
  volumes: ['dockerVolumeConfiguration', 'fSxWindowsFileServerVolumeConfiguration'],
  task: ['ephemeralStorage', 'ipcMode', 'proxyConfiguration'],
};

/** The parameters of a rendered task definition that Managed Instances refuse. */
export function refusedParameters(task: ecs.CfnTaskDefinition, containers: Container[]): GivenParameter[] {
  return [
    ...givenParameters(REFUSED, task, containers),
    ...containers.flatMap((container) => inferenceAccelerators(container).map((prop) => ({ prop, container: container.name }))),
  ];
}

/** The options of a container that Managed Instances refuse, before it is created. */
export function refusedOptions(container: ecs.ContainerDefinitionOptions): GivenParameter[] {
  return givenOptions({ ...REFUSED, containers: [...REFUSED.containers, 'inferenceAcceleratorResources'] }, container);
}

/** The parameters of a rendered task definition about which the public pages disagree. */
export function disputedParameters(task: ecs.CfnTaskDefinition, containers: Container[]): GivenParameter[] {
  return [
    ...volumesOf(task)
      .flatMap(({ host }) => given((host ?? {}) as object, ['sourcePath']))
      .map((prop) => ({ prop })),
    ...containers.flatMap((container) => given(container, ['dockerLabels']).map((prop) => ({ prop, container: container.name }))),
  ];
}

/** Finds Elastic Inference accelerators of a rendered container. Reading those of the task would print a deprecation warning. */
function inferenceAccelerators({ resourceRequirements }: Container): string[] {
  const requirements = (resourceRequirements ?? []) as ecs.CfnTaskDefinition.ResourceRequirementProperty[];
  return requirements.some(({ type }) => type === 'InferenceAccelerator') ? ['inferenceAcceleratorResources'] : [];
}
