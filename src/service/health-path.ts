import { AspectPriority, Aspects, aws_ecs as ecs, aws_elasticloadbalancingv2 as elb, Lazy, Stack } from 'aws-cdk-lib';
import { HealthUrl, healthUrls } from './health-url';
import { ServiceTarget, targetsOf } from './target-groups';
import { renderedProperties } from '../capacity/cfn-resources';
import { Container, environment } from '../capacity/task/task-containers';
import { checkHealthPath } from '../rules/health-path-rules';
import { enforceAtSynth, Finding } from '../rules/rule';

/** After aspects that change the tree, so that their target groups are found too. */
const AFTER_CHANGES = AspectPriority.READONLY - 1;

/**
 * Gives target groups of a service that have no health check path the path that the container health check calls, whoever creates them. A
 * load balancer asks for `/` by default, which a model server usually doesn't answer.
 */
export function takeHealthPaths(service: ecs.BaseService): void {
  const { taskDefinition } = service;
  const resource = service.node.defaultChild as ecs.CfnService;
  const visit = () => uniqueTargets(resource).forEach((target) => supplement(target, taskDefinition));
  Aspects.of(resource).add({ visit }, { priority: AFTER_CHANGES });
  enforceAtSynth(service, () => uniqueTargets(resource).flatMap((target) => check(target, taskDefinition)));
}

/** The target groups of a service, each once. */
function uniqueTargets(service: ecs.CfnService): ServiceTarget[] {
  return [...new Map(targetsOf(service).map((target) => [target.targetGroup, target])).values()];
}

function check(target: ServiceTarget, taskDefinition: ecs.TaskDefinition): Finding[] {
  const { targetGroup, container, port } = target;
  const checks = healthChecks(targetGroup);
  if (!checks?.pathless) return [];
  const [other] = urlsOn(target, checks, taskDefinition);
  return checkHealthPath({ targetGroup: ownerPath(targetGroup), container, port, protocol: checks.protocol ?? 'HTTP', other });
}

/** The path of a resource, or of the L2 construct that it belongs to. */
function ownerPath({ node }: elb.CfnTargetGroup): string {
  return node.id === 'Resource' && node.scope ? node.scope.node.path : node.path;
}

/** The target groups that are being read. */
const READING = new WeakSet<elb.CfnTargetGroup>();

/** Sets what the target group leaves out, when it is rendered. */
function supplement(target: ServiceTarget, taskDefinition: ecs.TaskDefinition): void {
  const { targetGroup } = target;
  const { healthCheckPath, healthCheckProtocol } = targetGroup;
  const url = (): HealthUrl | undefined => {
    // The target group is read as it is without what is set here, for this service or for another one.
    if (READING.has(targetGroup)) return undefined;
    READING.add(targetGroup);
    const checks = healthChecks(targetGroup);
    READING.delete(targetGroup);
    if (!checks?.pathless) return undefined;
    return urlsOn(target, checks, taskDefinition).find(({ protocol }) => protocol === (checks.protocol ?? protocol));
  };
  targetGroup.healthCheckPath = Lazy.uncachedString({ produce: (context) => context.resolve(healthCheckPath) ?? url()?.path });
  targetGroup.healthCheckProtocol = Lazy.uncachedString({
    // HTTP is the default, also of target groups that send requests over HTTPS.
    produce: (context) => context.resolve(healthCheckProtocol) ?? (url()?.protocol === 'HTTPS' ? 'HTTPS' : undefined),
  });
}

/** The health checks of a target group that are requests with a path. */
interface HealthChecks {
  /** The protocol that the target group sets for them. */
  readonly protocol?: string;
  /** The port that they go to, if it is not that of the requests. */
  readonly port?: number;
  /** Whether they ask for `/` because nothing else is set, and need another answer than 404. */
  readonly pathless: boolean;
}

/** The health checks of a target group. Undefined if they have no path, or are not known at synth. */
function healthChecks(targetGroup: elb.CfnTargetGroup): HealthChecks | undefined {
  const { Protocol, ProtocolVersion, TargetType, ...set } = renderedProperties(targetGroup);
  const protocol = set.HealthCheckProtocol;
  // Health checks over TCP have no path, and those over gRPC have one that every server answers with the status that they expect.
  const http = [protocol ?? Protocol].every((one) => one === 'HTTP' || one === 'HTTPS');
  if (!http || ProtocolVersion === 'GRPC' || TargetType === 'lambda' || set.HealthCheckEnabled === false) return undefined;
  const port = set.HealthCheckPort === undefined || set.HealthCheckPort === 'traffic-port' ? undefined : Number(set.HealthCheckPort);
  const { HttpCode } = (set.Matcher ?? {}) as { HttpCode?: unknown };
  const pathless = set.HealthCheckPath === undefined && !acceptsNotFound(HttpCode);
  return { protocol: protocol as string | undefined, port, pathless };
}

/** Whether a list of status codes, such as `200,404` or `200-499`, has 404. */
function acceptsNotFound(codes: unknown): boolean {
  if (typeof codes !== 'string') return false;
  const ranges = codes.split(',').map((part) => part.split('-').map(Number));
  return ranges.some(([first, last = first]) => first <= 404 && 404 <= last);
}

/** The URLs of container health checks on the port that the target group asks, those of its own container first. */
function urlsOn(target: ServiceTarget, checks: HealthChecks, taskDefinition: ecs.TaskDefinition): HealthUrl[] {
  const resource = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  const containers: Container[] = Stack.of(resource).resolve(resource.containerDefinitions) ?? [];
  // Except in bridge mode, the containers of a task have each other's ports on localhost.
  const shared = taskDefinition.networkMode !== ecs.NetworkMode.BRIDGE;
  const { container, port } = askedBy(target, checks, shared, containers);
  const own = containers.filter(({ name }) => name === container);
  const others = shared ? containers.filter(({ name }) => name !== container) : [];
  return [...own, ...others].flatMap(urlsOf).filter((url) => url.port === port);
}

function urlsOf(container: Container): HealthUrl[] {
  const { command = [] } = (container.healthCheck ?? {}) as Partial<ecs.CfnTaskDefinition.HealthCheckProperty>;
  return healthUrls(command, Object.fromEntries(environment(container).map(({ name, value }) => [name, value])));
}

/** The container and its port that health checks go to. The port is undefined if it is not known at synth. */
function askedBy(
  { container, port }: ServiceTarget,
  checks: HealthChecks,
  shared: boolean,
  containers: Container[],
): Pick<ServiceTarget, 'container' | 'port'> {
  if (checks.port === undefined || shared) return { container, port: checks.port ?? port };
  const mapped = containers.flatMap(({ name, portMappings }) =>
    ((portMappings ?? []) as ecs.CfnTaskDefinition.PortMappingProperty[]).map((mapping) => ({ name, ...mapping })),
  );
  const found = mapped.find(({ hostPort }) => hostPort === checks.port);
  return { container: found?.name ?? container, port: found?.containerPort };
}
