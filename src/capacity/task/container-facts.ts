import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Container, linuxParameters } from './task-containers';
import { NamedContainer } from '../../rules/container-rules';
import { known } from '../../rules/rule';

/** What rules look at in a rendered container. */
export function containerFacts(container: Container): NamedContainer {
  const { name, privileged, cpu, memory, memoryReservation } = container;
  const { capabilities, sharedMemorySize } = linuxParameters(container);
  const added = ((capabilities as ecs.CfnTaskDefinition.KernelCapabilitiesProperty | undefined)?.add ?? []) as string[];
  return {
    name: known(name) ? name : 'whose name is not known at synth',
    hostPorts: [],
    ...{ cpu, memory, memoryReservation, sharedMemory: sharedMemorySize, privileged: privileged === true, capabilities: added },
  };
}
