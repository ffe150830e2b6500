import { MainContainer, reservedMemory, sum } from './container-rules';
import { Finding, known, Rule } from './rule';

const MEMORY = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html';

const containerMemoryKnown = new Rule({
  id: 'container-memory-known',
  level: 'error',
  says: 'If the main container sets no memory, the memory of all containers must be known at synth, because the main container gets the rest.',
  source: MEMORY,
});

const memoryNotChecked = new Rule({
  id: 'memory-not-checked',
  level: 'warning',
  says: 'Memory that is only known at deployment should leave room for the other tasks of a host, because nothing can check it at synth.',
  source: MEMORY,
});

/** The memory that a container can take in addition to what it reserves: `/dev/shm` and other tmpfs mounts, in MiB. */
export function extraMemory({ sharedMemory, tmpfs = [] }: MainContainer): number {
  return sum([sharedMemory, ...tmpfs]);
}

/**
 * The memory that a container takes from its host, in MiB. The public pages do not say whether ECS counts `/dev/shm` and tmpfs in addition to
 * reserved memory, so both count here.
 */
export function memoryFootprint(container: MainContainer): number {
  return sum([reservedMemory(container)]) + extraMemory(container);
}

/** The parts of a footprint in a sentence: "proxy (128 + 64 of /dev/shm or tmpfs)". */
export function listMemory(containers: (MainContainer & { readonly name: string })[], rest?: string): string {
  return containers
    .map((container) => {
      const extra = extraMemory(container);
      const reserved = reservedMemory(container) ?? rest ?? 0;
      return `${container.name} (${known(reserved) ? reserved : 'not known at synth'}${extra > 0 ? ` + ${extra} of /dev/shm and tmpfs` : ''})`;
    })
    .join(', ');
}

/** Checks that the memory of the containers is known at synth, or else that the main container does not depend on it. */
export function checkMemoryKnown(
  main: MainContainer & { readonly name: string },
  others: (MainContainer & { readonly name: string })[],
): Finding[] {
  const containers = [{ ...main, sharedMemory: main.wantedSharedMemory?.toMebibytes() ?? main.sharedMemory }, ...others];
  const unknown = containers.filter((container) => !memoryKnown(container)).map(({ name }) => name);
  const own = main.memory !== undefined || main.memoryReservation !== undefined;
  const names = unknown.join(' and ');
  return [
    ...containerMemoryKnown.when(
      unknown.length > 0 && !own,
      () =>
        `The memory of container ${names}, including /dev/shm and tmpfs, must be known at synth, because ${main.name} gets the memory that is left. ` +
        `Use a number, or give ${main.name} its own \`memoryReservationMiB\`.`,
    ),
    ...memoryNotChecked.when(
      unknown.length > 0 && own,
      () =>
        `The memory of container ${names} is not known at synth, so nothing checks that all tasks of a host fit. Make sure that they do, and ` +
        'acknowledge this warning.',
    ),
  ];
}

function memoryKnown(container: MainContainer): boolean {
  return [reservedMemory(container), container.sharedMemory, ...(container.tmpfs ?? [])].every((part) => part === undefined || known(part));
}
