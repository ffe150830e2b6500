import { aws_ecs as ecs, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { taskSize } from './guest-size';
import { Placement, placementOnType, RenderedConstraint } from './placement-expression';
import { PoolProvider } from './pool-provider';
import { Guest } from '../../rules/host-guest-rules';
import { known } from '../../rules/rule';
import { ISlicedCapacity } from '../capacity';
import { cfnResources, referencesOf, renderedProperties } from '../cfn-resources';
import { clusterIdentity, nameIdentity } from '../cluster-identity';
import { referencesIn } from '../references';
import { takesSlice } from '../task/task-claims';
import { isTaskDefinition } from '../task/task-containers';

/** What can start tasks without a service. */
const STARTERS = ['AWS::Events::Rule', 'AWS::Pipes::Pipe', 'AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine'];

/** The tasks of the app, or of the stage of the pool, that may run on the hosts of a pool, but take no slice. Call it when the construct tree is complete. */
export function guestsOn(pool: ISlicedCapacity): Guest[] {
  const app = Stage.of(pool) ?? pool.node.root;
  const services = cfnResources<ecs.CfnService>(app, 'AWS::ECS::Service').flatMap((service) => ofService(service, pool));
  const started = STARTERS.flatMap((type) => cfnResources(app, type)).flatMap((starter) => ofStarter(starter, pool));
  return [...services, ...started.filter(({ path }, index) => started.findIndex((other) => other.path === path) === index)];
}

function ofService(service: ecs.CfnService, pool: ISlicedCapacity): Guest[] {
  if (nameIdentity(service, service.cluster ?? 'default') !== clusterIdentity(pool.cluster)) return [];
  const [task] = taskDefinitionsOf(service, service.taskDefinition);
  if (task && takesSlice(task)) return [];
  const { SchedulingStrategy, LaunchType, DesiredCount } = renderedProperties(service);
  const provider = new PoolProvider(pool);
  if (!provider.takes(service, { launchType: LaunchType, strategy: service.capacityProviderStrategy })) return [];
  const constraints = [...constraintsOf(service), ...(task ? constraintsOf(task) : [])];
  const daemon = SchedulingStrategy === 'DAEMON';
  const apart = daemon || constraints.some(({ Type }) => Type === 'distinctInstance');
  const path = service.node.scope instanceof ecs.BaseService ? service.node.scope.node.path : service.node.path;
  const tasks = !apart && known(DesiredCount as number | undefined) ? Number(DesiredCount) : 1;
  return guest(placementOnType(constraints, pool._hostType.name), { path, daemon, tasks, ...(task && taskSize(task)) });
}

/** The task definitions that a rule, a schedule, a pipe or a state machine may run on the cluster of a pool. */
function ofStarter(starter: CfnResource, pool: ISlicedCapacity): Guest[] {
  const targets = [...referencesOf(starter)];
  const text = JSON.stringify(renderedProperties(starter));
  const tasks = taskDefinitionsOf(starter, text, targets).filter((task) => runsOnEc2(task) && !takesSlice(task));
  if (tasks.length === 0 || !mentionsCluster(pool, targets, text)) return [];
  const [, launchType] = /LaunchType\W+(\w+)/.exec(text) ?? [];
  const strategy = text.includes('CapacityProvider') ? text : undefined;
  if (!new PoolProvider(pool).takes(starter, { launchType, strategy, targets })) return [];
  const expressions = [...text.matchAll(/attribute:ecs\.instance-type[^"\\]*/g)].map(([Expression]) => ({ Expression }));
  return tasks.flatMap((task) =>
    guest(placementOnType([...expressions, ...constraintsOf(task)], pool._hostType.name), {
      path: pathOf(task),
      daemon: false,
      tasks: 1,
      ...taskSize(task),
    }),
  );
}

function guest(placement: Placement, facts: Omit<Guest, 'certain'>): Guest[] {
  return placement === 'off' || facts.tasks === 0 ? [] : [{ ...facts, certain: placement === 'on' }];
}

function constraintsOf(resource: CfnResource): RenderedConstraint[] {
  const constraints = renderedProperties(resource).PlacementConstraints;
  return Array.isArray(constraints) ? constraints : [];
}

/** The task definitions that a value refers to or names by their family. */
function taskDefinitionsOf(scope: CfnResource, value: unknown, targets = [...referencesIn(scope, value)]): ecs.CfnTaskDefinition[] {
  const referred = targets.filter(isTaskDefinition);
  const text = JSON.stringify(Stack.of(scope).resolve(value) ?? '');
  const named = cfnResources<ecs.CfnTaskDefinition>(Stage.of(scope) ?? scope.node.root, 'AWS::ECS::TaskDefinition').filter(
    ({ family }) => known(family) && new RegExp(`"${family}(:\\d+)?\\\\*"`).test(text),
  );
  return [...new Set([...referred, ...named])];
}

function runsOnEc2(task: ecs.CfnTaskDefinition): boolean {
  const { RequiresCompatibilities: compatibilities } = renderedProperties(task);
  return !Array.isArray(compatibilities) || compatibilities.includes('EC2');
}

function mentionsCluster({ cluster }: ISlicedCapacity, targets: IConstruct[], text: string): boolean {
  const identity = clusterIdentity(cluster);
  const refers = targets.some((target) => isCluster(target) && nameIdentity(target, target.ref) === identity);
  const name: unknown = Stack.of(cluster).resolve(cluster.clusterName);
  return refers || (typeof name === 'string' && new RegExp(`[/"\\\\]${name}[\\\\"]`).test(text));
}

function isCluster(target: IConstruct): target is ecs.CfnCluster {
  return CfnResource.isCfnResource(target) && target.cfnResourceType === 'AWS::ECS::Cluster';
}

/** The path of a task definition, by the construct that the user knows. */
function pathOf({ node }: ecs.CfnTaskDefinition): string {
  return node.scope instanceof ecs.TaskDefinition ? node.scope.node.path : node.path;
}
