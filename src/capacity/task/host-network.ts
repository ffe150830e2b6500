import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Container, environment, hostPorts, mappedPorts, setsVariable } from './task-containers';
import { PlacedClaim } from '../../rules/accelerator-use-rules';
import { checkHostNetwork, checkHostPortsFree } from '../../rules/host-port-rules';
import { Finding, known } from '../../rules/rule';

/** The variables that set the port on which the processes of a program find each other: alone, or after an address. */
const RENDEZVOUS = ['NEURON_RT_ROOT_COMM_ID', 'MASTER_PORT'];

const LOOPBACK = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1?\]?)$/i;

/** Checks what the containers of a task take of the network of its host. */
export function checkHostNetworkOf(task: ecs.CfnTaskDefinition, containers: Container[], claims: PlacedClaim[]): Finding[] {
  const networkMode = networkModeOf(task);
  if (networkMode === undefined) return [];
  const shared = claims.filter(({ share }) => share !== undefined && share < 1);
  return [
    ...checkTakenPorts(networkMode, containers),
    ...(networkMode === 'host' && shared.length > 0 ? checkSharedHost(containers, shared) : []),
  ];
}

/** Checks the fixed ports of the host that containers take. The containers are rendered, or about to be created. */
export function checkTakenPorts(networkMode: string, containers: PortUser[]): Finding[] {
  if (!['bridge', 'host'].includes(networkMode)) return [];
  const taken = containers
    .flatMap((container) => mappedPorts(container, networkMode, false))
    .flatMap(({ container, hostPort, protocol }) => (known(hostPort) && hostPort > 0 ? [{ container, port: hostPort, protocol }] : []));
  return checkHostPortsFree(networkMode, taken);
}

/** The port of the host, with its protocol, on which the processes of a container find each other, if its environment sets it. */
export function rendezvousPorts(container: Container): string[] {
  return RENDEZVOUS.map((variable) => rendezvousPort(container, variable))
    .filter((port) => port !== undefined)
    .map((port) => `${port}/tcp`);
}

interface PortUser {
  readonly name: string;
  readonly portMappings?: unknown;
}

function checkSharedHost(containers: Container[], shared: PlacedClaim[]): Finding[] {
  const claim = shared.find(({ rendezvous }) => rendezvous !== undefined) ?? shared[0];
  const main = containers.find(({ name }) => name === claim.container);
  if (!main) return [];
  const { variable } = claim.rendezvous ?? {};
  return checkHostNetwork({
    container: main.name,
    equalTasks: shared.every(({ chips }) => chips === undefined),
    takesHostPorts: containers.some((container) => hostPorts(container, 'host').length > 0),
    rendezvous: claim.rendezvous,
    rendezvousSet: variable === undefined || setsVariable(main, variable),
    rendezvousPort: variable === undefined ? undefined : rendezvousPort(main, variable),
  });
}

/** The network mode of a task definition. Undefined if it is not known at synth. */
export function networkModeOf(task: ecs.CfnTaskDefinition): string | undefined {
  const mode: unknown = Stack.of(task).resolve(task.networkMode);
  if (mode === undefined) return (task.requiresCompatibilities?.includes('EC2') ?? true) ? 'bridge' : 'awsvpc';
  return typeof mode === 'string' ? mode : undefined;
}

/** The port that a variable sets on the host itself, if it is known. */
function rendezvousPort(container: Container, variable: string): number | undefined {
  const valueOf = (wanted: string) => environment(container).find(({ name }) => name === wanted)?.value;
  const value = valueOf(variable);
  const [, address, port] = (typeof value === 'string' && /^(?:(.+):)?(\d+)$/.exec(value)) || [];
  const where = address ?? valueOf('MASTER_ADDR') ?? 'localhost';
  return port !== undefined && typeof where === 'string' && LOOPBACK.test(where) ? Number(port) : undefined;
}
