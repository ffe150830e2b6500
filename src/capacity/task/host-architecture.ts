import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { imageAssetOf } from './image-assets';
import { Container } from './task-containers';
import { checkImage, checkRuntimePlatform } from '../../rules/architecture-rules';
import { enforceAtSynth, Finding, known } from '../../rules/rule';
import { Architecture, HostArchitecture } from '../architecture';

const EXPECTED = new WeakMap<ecs.CfnTaskDefinition, Set<string>>();

/**
 * Checks that the image assets of all containers, and the runtime platform, fit the hosts of a task. A service and several mixins may ask
 * for the same check; it runs once.
 */
export function expectArchitecture(task: ecs.CfnTaskDefinition, host: HostArchitecture): void {
  const expected = EXPECTED.get(task) ?? new Set();
  EXPECTED.set(task, expected);
  if (expected.has(host.hosts)) return;
  expected.add(host.hosts);
  enforceAtSynth(task, () => checkArchitecture(task, host));
}

function checkArchitecture(task: ecs.CfnTaskDefinition, { hosts, architecture, taskDecides }: HostArchitecture): Finding[] {
  const stack = Stack.of(task);
  const platform = (stack.resolve(task.runtimePlatform) ?? {}) as ecs.CfnTaskDefinition.RuntimePlatformProperty;
  const chosen = taskDecides && known(platform.cpuArchitecture) && platform.cpuArchitecture === 'ARM64' ? 'arm64' : architecture;
  if (chosen === undefined) return [];
  const containers: Container[] = stack.resolve(task.containerDefinitions) ?? [];
  const images = containers.flatMap(({ name, image }) => {
    const asset = imageAssetOf(task, image);
    return asset ? checkImage({ container: name, hosts, architecture: chosen, platform: asset.platform, builder: buildPlatform() }) : [];
  });
  return [...images, ...checkRuntimePlatform(hosts, chosen, platform.cpuArchitecture)];
}

/** The platform for which Docker builds on this machine by default. Undefined for a machine that cannot be judged. */
function buildPlatform(): string | undefined {
  const byNode: Record<string, Architecture> = { x64: 'amd64', arm64: 'arm64' };
  const own = byNode[process.arch];
  return process.env.DOCKER_DEFAULT_PLATFORM || (own && `linux/${own}`);
}
