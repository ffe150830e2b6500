import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checkHostGuests } from './host-guests';
import { SlicePlanner } from './slice-planner';
import { SlicedFacts } from './sliced-facts';
import { checkSlicedHosts, dividedHosts, SlicedHosts } from './sliced-hosts';
import { enforceValue } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice, ISlicedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { Ec2CapacityAttributes } from '../ec2/ec2-capacity-attributes';
import { HostTimes } from '../host-times';
import { placementOnPool } from '../placement';
import { checkImportedSelection } from '../subnets';
import { TaskLedger } from '../task-ledger';
import { TaskPlanner } from '../task-planner';

/**
 * A capacity with slices that creates no hosts: an imported pool, a partition of a pool, or a strategy over pools. The classes of the
 * accelerator families extend it.
 * @internal
 */
export abstract class SlicedView extends Construct implements ISlicedCapacity {
  public readonly compatibility = ecs.Compatibility.EC2;
  public readonly cluster: ecs.ICluster;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly tasksPerInstance: number;
  public readonly slice: CapacitySlice;
  public readonly partitionSlices?: CapacitySlice[];
  public readonly maxInstances?: number;
  public readonly efaInterfaces?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly defaultNetworkMode?: ecs.NetworkMode;
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _hostType: AcceleratedInstanceType;

  /** @internal */
  public readonly _hostTimes?: HostTimes[];

  /** @internal */
  public readonly _planner: TaskPlanner;

  protected constructor(scope: Construct, id: string, facts: SlicedFacts, ledger?: TaskLedger) {
    super(scope, id);
    this.cluster = facts.cluster;
    this.capacityProviderStrategies = facts.capacityProviderStrategies;
    this.placementConstraints = facts.placementConstraints;
    this.interruptible = facts.interruptible;
    this._hostType = facts._hostType;
    this._hostTimes = facts._hostTimes;
    this.tasksPerInstance = facts.tasksPerInstance;
    this.slice = facts.slice;
    this.partitionSlices = facts.partitionSlices;
    this.maxInstances = facts.maxInstances;
    this.efaInterfaces = facts.efaInterfaces;
    this.vpcSubnets = facts.vpcSubnets;
    this.defaultNetworkMode = facts.defaultNetworkMode;
    this.connections = facts.connections;
    this._planner = new SlicePlanner(this, ledger);
    // Not for a strategy, which has a ledger of its own, or for a partition: they share the hosts of other capacities.
    if (!ledger && !facts.slice.chips) checkHostGuests(this);
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];
}

/** The facts about an imported pool. `path` is the construct path, for messages. */
export function importedFacts(path: string, attributes: Ec2CapacityAttributes, hosts: SlicedHosts): SlicedFacts {
  enforceValue(path, checkSlicedHosts(hosts));
  const { cluster, capacityProviderName, interruptible = false, maxInstances, vpcSubnets, securityGroups } = attributes;
  enforceValue(path, checkImportedSelection(attributes));
  return {
    ...dividedHosts(hosts),
    cluster,
    capacityProviderStrategies: [{ capacityProvider: capacityProviderName, weight: 1 }],
    placementConstraints: placementOnPool(hosts.instanceType.name),
    interruptible,
    maxInstances,
    vpcSubnets,
    defaultNetworkMode: hosts.defaultNetworkMode,
    connections: new ec2.Connections({ securityGroups }),
  };
}
