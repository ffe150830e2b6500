import { aws_ec2 as ec2, Lazy, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checked } from '../../rules/checked';
import { checkEfaLaunchTemplate, checkEfaType } from '../../rules/efa-rules';
import { enforceAtSynth, enforceValue } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { isLaunchTemplate } from '../purchase/launch-template-market';

/** Properties of `LaunchTemplateEfa`. */
export interface LaunchTemplateEfaProps {
  /**
   * The instance type of the launch template. Must support Elastic Fabric Adapter.
   */
  readonly instanceType: AcceleratedInstanceType;
}

/** The data of a launch template, with its tokens resolved. */
type Data = Readonly<ec2.CfnLaunchTemplate.LaunchTemplateDataProperty>;

/**
 * Gives the instances of a launch template an Elastic Fabric Adapter interface on each network card.
 *
 * You can apply it to any launch template, L1 or L2. The launch template must have security groups, given by id, and must not have network
 * interfaces. Its security groups move to every interface. They must allow all traffic from and to themselves, by id.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateEfa({ instanceType: NeuronInstanceType.TRN1_32_XLARGE }));
 */
@checked
export class LaunchTemplateEfa extends Mixin {
  constructor(private readonly props: LaunchTemplateEfaProps) {
    super();
    enforceValue('LaunchTemplateEfa', checkEfaType('instanceType', props.instanceType, props.instanceType._typesWithEfa));
  }

  public supports(construct: IConstruct): boolean {
    return isLaunchTemplate(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isLaunchTemplate(construct)) return;
    const before = construct.launchTemplateData;
    construct.launchTemplateData = Lazy.uncachedAny({ produce: (context) => this.change(context.resolve(before) ?? {}) });
    enforceAtSynth(construct, () => {
      const data: Data = Stack.of(construct).resolve(before) ?? {};
      return checkEfaLaunchTemplate({
        wantedType: this.props.instanceType.name,
        instanceType: data.instanceType,
        networkInterfaces: isGiven(data.networkInterfaces),
        securityGroupIds: isGiven(data.securityGroupIds),
        securityGroupNames: isGiven(data.securityGroups),
      });
    });
  }

  /** Moves the security groups to the interfaces, because EC2 refuses a launch template that has both. */
  private change({ securityGroupIds, ...data }: Data): Data {
    return { ...data, networkInterfaces: networkInterfaces(this.props.instanceType, securityGroupIds) };
  }
}

/**
 * The layout that EC2 recommends for every type with EFA: an ordinary primary interface, an EFA-only interface on the same card, and an
 * EFA-only interface as device 0 of each other card. The Neuron pages show an older layout for Trn1, in which all interfaces are EFA
 * interfaces with addresses, on device 1 so that routes stay unambiguous. EFA-only interfaces have no addresses, so they need no routes and
 * leave the addresses of the subnet to tasks.
 *
 * There is no subnet, because the Auto Scaling group sets it, and no public address, because EC2 refuses it for hosts with several
 * interfaces.
 */
function networkInterfaces(
  { efaInterfaces }: AcceleratedInstanceType,
  groups: string[] | undefined,
): ec2.CfnLaunchTemplate.NetworkInterfaceProperty[] {
  const common = { groups, deleteOnTermination: true };
  return [
    { networkCardIndex: 0, deviceIndex: 0, interfaceType: 'interface', ...common },
    ...Array.from({ length: efaInterfaces }, (_, card) => ({
      networkCardIndex: card,
      deviceIndex: card === 0 ? 1 : 0,
      interfaceType: 'efa-only',
      ...common,
    })),
  ];
}

/** Whether a list has entries, or is an intrinsic function that may return some. */
function isGiven(list: unknown): boolean {
  return list !== undefined && !(Array.isArray(list) && list.length === 0);
}
