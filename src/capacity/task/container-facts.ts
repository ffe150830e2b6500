import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Container, linuxParameters, tmpfsMounts } from './task-containers';
import { NamedContainer } from '../../rules/container-rules';
import { known } from '../../rules/rule';

/** The facts about a rendered container that rules check. */
export function containerFacts(container: Container): NamedContainer {
  const { name, privileged, cpu, memory, memoryReservation } = container;
  const { capabilities, sharedMemorySize } = linuxParameters(container);
  const added = ((capabilities as ecs.CfnTaskDefinition.KernelCapabilitiesProperty | undefined)?.add ?? []) as string[];
  return {
    name: known(name) ? name : '(name not known at synth)',
    hostPorts: [],
    cpu,
    memory,
    memoryReservation,
    sharedMemory: sharedMemorySize,
    tmpfs: tmpfsMounts(container).map(({ size }) => size),
    privileged: privileged === true,
    capabilities: added,
  };
}
