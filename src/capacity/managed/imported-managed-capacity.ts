import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { ManagedPlanner } from './managed-planner';
import { enforce } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { IManagedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { CapacityAttributes } from '../capacity-attributes';
import { placementOnManaged } from '../placement';
import { checkImportedSelection } from '../subnets';
import { TaskPlanner } from '../task-planner';

/**
 * Managed Instances of another stack or app. The classes of the accelerator families extend it.
 * @internal
 */
export abstract class ImportedManagedCapacity extends Construct implements IManagedCapacity {
  public readonly compatibility = ecs.Compatibility.MANAGED_INSTANCES;
  public readonly cluster: ecs.ICluster;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _hostTypes: AcceleratedInstanceType[];

  /** @internal */
  public readonly _planner: TaskPlanner;

  protected constructor(scope: Construct, id: string, attributes: CapacityAttributes, hostTypes: AcceleratedInstanceType[]) {
    super(scope, id);
    enforce(this, checkImportedSelection(attributes));
    this.cluster = attributes.cluster;
    this.capacityProviderStrategies = [{ capacityProvider: attributes.capacityProviderName, weight: 1 }];
    this.placementConstraints = placementOnManaged(hostTypes.map(({ name }) => name));
    this.interruptible = attributes.interruptible ?? false;
    this.vpcSubnets = attributes.vpcSubnets;
    this.connections = new ec2.Connections({ securityGroups: attributes.securityGroups });
    this._hostTypes = hostTypes;
    this._planner = new ManagedPlanner(this);
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];
}
