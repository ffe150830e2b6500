import { aws_ec2 as ec2, aws_ecs as ecs, Stack, Token } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { CapacitySlice, ISlicedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { PoolInstanceType } from '../pool-instance-type';
import { sliceLedgerOf } from './slice-ledger';
import { checkPartitionNamed } from '../../rules/partition-rules';
import { enforce, known } from '../../rules/rule';
import { checkStrategyNumbers, checkStrategyPools } from '../../rules/strategy-rules';

/** The most that ECS takes as a base. */
const MAX_BASE = 100_000;

/** How many tasks of a service a pool in a strategy gets. */
export interface CapacityStrategyShare {
  /**
   * How many tasks of each service go to this pool before any goes to another. A whole number from 0 to 100,000, and for one pool only, else
   * it is an error.
   *
   * @default - all slices of the pool for the first one, where no pool has a base or a weight; else 0
   */
  readonly base?: number;

  /**
   * The share of this pool in the tasks beyond the base, beside the weights of the others. A whole number from 0 to 1,000, else it is an
   * error, and so is 0 for all pools.
   *
   * @default - 0 for the pool that has the base, 1 for the others
   */
  readonly weight?: number;
}

/** A pool in a strategy, whatever its accelerator. */
export interface CapacityStrategyPool extends CapacityStrategyShare {
  /** The pool. */
  readonly capacity: ISlicedCapacity;
}

/** What a family tells the strategy that it makes. */
export interface CapacityStrategyProps {
  /** The pools, in order. */
  readonly pools: CapacityStrategyPool[];
}

/**
 * Several pools of one cluster, with the same slices, among which ECS divides the tasks of each service.
 *
 * This is what the accelerator families share; use theirs, for example `NeuronCapacityStrategy`.
 */
export abstract class CapacityStrategy extends Construct implements ISlicedCapacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.EC2;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly poolInstanceType: PoolInstanceType;
  public readonly tasksPerInstance: number;
  public readonly slice: CapacitySlice;
  public readonly partitionSlices?: CapacitySlice[];
  public readonly maxInstances?: number;
  public readonly efaInterfaces?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly defaultNetworkMode?: ecs.NetworkMode;

  /** The connections of the hosts of all pools. */
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _parts: ISlicedCapacity[];

  protected constructor(scope: Construct, id: string, props: CapacityStrategyProps) {
    super(scope, id);
    const facts = props.pools.map(({ capacity, base, weight }) => ({
      ...{ path: capacity.node.path, cluster: clusterIdentity(capacity), providers: capacity.capacityProviderStrategies.length },
      ...{ instanceType: capacity.poolInstanceType.name, tasksPerInstance: capacity.tasksPerInstance, base, weight },
      ...{ slice: JSON.stringify([capacity.slice.chips, capacity.slice.hostPorts]), efaInterfaces: capacity.efaInterfaces ?? 0 },
    }));
    enforce(this, [...props.pools.flatMap(({ capacity }) => checkPartitionNamed(capacity)), ...checkStrategyPools(facts)]);
    const slices = sliceLedgerOf(props.pools[0].capacity).slices;
    enforce(this, checkStrategyNumbers(facts, slices));

    this._parts = props.pools.map(({ capacity }) => capacity);
    this.capacityProviderStrategies = divided(props.pools, slices);
    const [first] = this._parts;
    this.cluster = first.cluster;
    this.placementConstraints = first.placementConstraints;
    this.poolInstanceType = first.poolInstanceType;
    this.tasksPerInstance = first.tasksPerInstance;
    this.slice = first.slice;
    this.efaInterfaces = first.efaInterfaces;
    this.defaultNetworkMode = first.defaultNetworkMode;
    this.interruptible = this._parts.some(({ interruptible }) => interruptible);
    this.maxInstances = sum(this._parts.map(({ maxInstances }) => maxInstances));
    this.vpcSubnets = allSubnets(this._parts);
    this.connections = new ec2.Connections({ securityGroups: this._parts.flatMap(({ connections }) => connections.securityGroups) });
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    // Slices are alike, and hosts that can be interrupted have the stricter rules.
    const strictest = this._parts.find(({ interruptible }) => interruptible) ?? this._parts[0];
    return strictest.taskDefinitionMixins(options);
  }

  /** @internal */
  public _divide(tasks: number, round: (tasks: number) => number): number[] | undefined {
    const shares = this.capacityProviderStrategies.map(({ base = 0, weight = 0 }) => ({ base, weight }));
    if (!known(...shares.flatMap(({ base, weight }) => [base, weight]))) return undefined;
    const weights = shares.reduce((all, { weight }) => all + weight, 0);
    const beyond = shares.reduce((rest, { base }) => rest - Math.min(rest, base), tasks);
    return shares.map(({ base, weight }) => Math.min(tasks, base) + round((beyond * weight) / weights));
  }
}

function divided(pools: CapacityStrategyPool[], slices: number | undefined): ecs.CapacityProviderStrategy[] {
  const inOrder = pools.every(({ base, weight }) => base === undefined && weight === undefined);
  return pools.map(({ capacity, base, weight }, index) => {
    const ownBase = inOrder && index === 0 ? Math.min(MAX_BASE, slices!) : base;
    const { capacityProvider } = capacity.capacityProviderStrategies[0];
    return { capacityProvider, base: ownBase, weight: weight ?? (ownBase ? 0 : 1) };
  });
}

/** The name of a cluster where it is known at synth, else where it is made. */
function clusterIdentity({ cluster }: ISlicedCapacity): string {
  const name: unknown = Stack.of(cluster).resolve(cluster.clusterName);
  return typeof name === 'string' ? name : cluster.node.path;
}

function sum(counts: (number | undefined)[]): number | undefined {
  return counts.some((count) => count === undefined || Token.isUnresolved(count))
    ? undefined
    : counts.reduce<number>((all, count) => all + count!, 0);
}

/** The subnets of all pools: a task with a network interface of its own has it in the zone of its host. */
function allSubnets(pools: ISlicedCapacity[]): ec2.SubnetSelection | undefined {
  if (pools.every(({ vpcSubnets }) => vpcSubnets === pools[0].vpcSubnets)) return pools[0].vpcSubnets;
  const subnets = pools.flatMap(({ cluster, vpcSubnets }) => cluster.vpc.selectSubnets(vpcSubnets).subnets);
  return { subnets: [...new Set(subnets)] };
}
