import { Finding, known, Rule } from './rule';
import { checkHostPorts } from './slice-rules';

const PORT_MAPPING = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html';

const hostPortTaken = new Rule({
  id: 'host-port-taken',
  level: 'error',
  says: 'Containers must not take the TCP ports of a host that SSH, Docker and the ECS agent have: 22, 2375, 2376 and 51678 to 51680.',
  source: PORT_MAPPING,
});

// The page names no protocol. The agent reserves these ports for TCP only.
const hostPortTakenUdp = new Rule({
  id: 'host-port-taken-udp',
  level: 'warning',
  says: 'Containers should not take 22, 2375, 2376 or 51678 to 51680 as UDP ports of a host either, because the page does not say for which protocol a host reserves them.',
  source: PORT_MAPPING,
});

const hostPortEphemeral = new Rule({
  id: 'host-port-ephemeral',
  level: 'warning',
  says: 'Containers should take fixed ports of a host below 32768, because the host gives the ports above to connections and to other containers.',
  source: PORT_MAPPING,
});

const hostNetworkShared = new Rule({
  id: 'host-network-shared',
  level: 'warning',
  says: 'Tasks that share a host should not be in host network mode, unless each listens on ports of its own.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-host.html',
});

/** The ports that are reserved on every container instance: SSH, Docker and the ECS agent. */
export const RESERVED_BY_DEFAULT = [22, 2375, 2376, 51678, 51679, 51680];

/** The first port that Linux assigns by itself. */
export const FIRST_EPHEMERAL = 32768;

/** A port of the host that a container takes for itself. */
export interface HostPort {
  readonly container: string;
  readonly port: number;
  readonly protocol: string;
}

/** Checks the ports of the host that containers take in bridge or host network mode. */
export function checkHostPortsFree(networkMode: string, taken: HostPort[]): Finding[] {
  const instead =
    networkMode === 'host'
      ? 'Let the program listen on another port, or use another `networkMode`.'
      : 'Use another `hostPort`, or leave it out, so that ECS chooses one.';
  return taken.flatMap(({ container, port, protocol }) => {
    const names = `\`portMappings\` of container ${container}`;
    const reserved = RESERVED_BY_DEFAULT.includes(port);
    return [
      ...hostPortTaken.when(
        reserved && protocol === 'tcp',
        () => `${names} must not take port ${port} of the host, which SSH, Docker or the ECS agent has. ${instead}`,
      ),
      ...hostPortTakenUdp.when(
        reserved && protocol !== 'tcp',
        () => `${names} should not take port ${port} of the host, which ECS reserves, at least for TCP. ${instead}`,
      ),
      ...hostPortEphemeral.when(
        !reserved && port >= FIRST_EPHEMERAL,
        () =>
          `${names} should take a port of the host below ${FIRST_EPHEMERAL}, got: ${port}. The host gives the ports above to outgoing connections ` +
          `and to containers without a \`hostPort\`, so the port may be taken. ${instead}`,
      ),
    ];
  });
}

/** How the processes of a program find each other, if nobody sets it. */
export interface Rendezvous {
  /** The variable that sets the port, alone or after an address. */
  readonly variable: string;
  /** The port where the variable is not set. */
  readonly port: number;
  /** The library that uses the port. */
  readonly program: string;
}

/** A task in host network mode that has only a part of its host. */
export interface HostNetworkTask {
  readonly container: string;
  /** Whether tasks of the same task definition share the host. If not, tasks on other chips do. */
  readonly equalTasks: boolean;
  /** Whether ECS keeps these tasks apart, because they take host ports. */
  readonly takesHostPorts: boolean;
  /** How the processes find each other. Undefined if the task needs only one process. */
  readonly rendezvous?: Rendezvous;
  /** Whether the container sets the variable. */
  readonly rendezvousSet: boolean;
  /** The port that the variable sets on the host itself, if it is known. */
  readonly rendezvousPort?: number;
}

/** Checks that a task in host network mode can share its host with other tasks. */
export function checkHostNetwork(task: HostNetworkTask): Finding[] {
  const { container, equalTasks, takesHostPorts, rendezvous, rendezvousSet, rendezvousPort } = task;
  if (equalTasks && takesHostPorts) return [];
  if (equalTasks && known(rendezvousPort)) return checkHostPorts(2, [rendezvousPort]);
  const byDefault =
    rendezvous && `${rendezvous.program} listens on port ${rendezvous.port} of localhost if ${rendezvous.variable} is not set`;
  return [
    ...hostNetworkShared.when(
      equalTasks,
      () =>
        `\`networkMode\` host gives all tasks on a host the same ports, but several tasks with container ${container} share a host. All but the ` +
        `first cannot listen on a port that is fixed${byDefault ? `; ${byDefault}` : ''}. Use bridge or awsvpc, or \`tasksPerInstance\` 1. If ` +
        'each task chooses free ports by itself, acknowledge this warning.',
    ),
    ...hostNetworkShared.when(
      !equalTasks && rendezvous !== undefined && !rendezvousSet,
      () =>
        `Container ${container} shares the ports of its host with tasks on other chips, because \`networkMode\` is host. ${byDefault}, so two such ` +
        `tasks on a host clash. Set ${rendezvous?.variable} in \`environment\` to a port that no other task on the host has, use bridge, or ` +
        'acknowledge this warning.',
    ),
  ];
}
