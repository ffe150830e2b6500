import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { CapacityStrategyShare } from './capacity-strategy-share';
import { DividedLedger } from './divided-ledger';
import { SlicedFacts } from './sliced-facts';
import { SlicedView } from './sliced-view';
import { checkPartitionNamed } from '../../rules/partition-rules';
import { checkPlans } from '../../rules/planner-rules';
import { enforceValue } from '../../rules/rule';
import { checkStrategyNumbers, checkStrategyPools } from '../../rules/strategy-rules';
import { ISlicedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { childPath } from '../child-path';
import { sumOf } from '../task-ledger';
import { plannerOf } from '../task-planner';

/** The maximum base that ECS accepts. */
const MAX_BASE = 100_000;

/** A pool of a strategy, whatever its accelerator. */
export interface StrategyPool extends CapacityStrategyShare {
  /** The pool. */
  readonly capacity: ISlicedCapacity;
}

/**
 * Several pools of one cluster with the same slices, among which ECS divides the tasks of each service. The strategies of the accelerator
 * families extend it.
 * @internal
 */
export abstract class CapacityStrategy extends SlicedView {
  private readonly pools: ISlicedCapacity[];

  protected constructor(scope: Construct, id: string, pools: StrategyPool[]) {
    const capacities = pools.map(({ capacity }) => capacity);
    const slices = checkPools(childPath(scope, id), pools);
    const capacityProviderStrategies = divided(pools, slices);
    const [first] = capacities;
    const facts: SlicedFacts = {
      cluster: first.cluster,
      capacityProviderStrategies,
      placementConstraints: first.placementConstraints,
      interruptible: capacities.some(({ interruptible }) => interruptible),
      _hostType: first._hostType,
      _hostTimes: capacities.flatMap(({ _hostTimes }) => _hostTimes ?? []),
      tasksPerInstance: first.tasksPerInstance,
      slice: first.slice,
      maxInstances: sumOf(capacities.map(({ maxInstances }) => maxInstances)),
      efaInterfaces: first.efaInterfaces,
      vpcSubnets: allSubnets(capacities),
      defaultNetworkMode: first.defaultNetworkMode,
      connections: new ec2.Connections({ securityGroups: capacities.flatMap(({ connections }) => connections.securityGroups) }),
    };
    super(scope, id, facts, new DividedLedger(capacities, capacityProviderStrategies));
    this.pools = capacities;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    // All slices are the same. Hosts that can be interrupted have stricter rules.
    const strictest = this.pools.find(({ interruptible }) => interruptible) ?? this.pools[0];
    return strictest.taskDefinitionMixins(options);
  }
}

/** Checks the pools of a strategy. Returns the number of slices of the first pool, if it is known. */
function checkPools(path: string, pools: StrategyPool[]): number | undefined {
  for (const { capacity } of pools) enforceValue(path, checkPlans(capacity._hostType !== undefined));
  const facts = pools.map(({ capacity, base, weight }) => ({
    path: capacity.node.path,
    cluster: clusterIdentity(capacity),
    providers: capacity.capacityProviderStrategies.length,
    instanceType: capacity._hostType.name,
    tasksPerInstance: capacity.tasksPerInstance,
    base,
    weight,
    slice: JSON.stringify([capacity.slice.chips, capacity.slice.hostPorts]),
    cpuUnits: capacity.slice.cpuUnits,
    memory: capacity.slice.memory.toMebibytes(),
    efaInterfaces: capacity.efaInterfaces ?? 0,
  }));
  enforceValue(path, [...pools.flatMap(({ capacity }) => checkPartitionNamed(capacity)), ...checkStrategyPools(facts)]);
  const { slices } = plannerOf(pools[0].capacity).ledger;
  enforceValue(path, checkStrategyNumbers(facts, slices));
  return slices;
}

function divided(pools: StrategyPool[], slices: number | undefined): ecs.CapacityProviderStrategy[] {
  const inOrder = pools.every(({ base, weight }) => base === undefined && weight === undefined);
  return pools.map(({ capacity, base, weight }, index) => {
    const ownBase = inOrder && index === 0 ? Math.min(MAX_BASE, slices ?? MAX_BASE) : base;
    const { capacityProvider } = capacity.capacityProviderStrategies[0];
    return { capacityProvider, base: ownBase, weight: weight ?? (ownBase ? 0 : 1) };
  });
}

/** What identifies a cluster: its name if it is known at synth, or else its construct path. */
function clusterIdentity({ cluster }: ISlicedCapacity): string {
  const name: unknown = Stack.of(cluster).resolve(cluster.clusterName);
  return typeof name === 'string' ? name : cluster.node.path;
}

/** The subnets of all pools, because a task in `awsvpc` network mode has its network interface in the zone of its host. */
function allSubnets(pools: ISlicedCapacity[]): ec2.SubnetSelection | undefined {
  if (pools.every(({ vpcSubnets }) => vpcSubnets === pools[0].vpcSubnets)) return pools[0].vpcSubnets;
  const subnets = pools.flatMap(({ cluster, vpcSubnets }) => cluster.vpc.selectSubnets(vpcSubnets).subnets);
  return { subnets: [...new Set(subnets)] };
}
