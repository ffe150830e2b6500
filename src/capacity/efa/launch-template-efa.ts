import { aws_ec2 as ec2, Lazy, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkEfaLaunchTemplate, checkEfaType } from '../../rules/efa-rules';
import { enforceAtSynth, enforceValue } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { isLaunchTemplate } from '../purchase/launch-template-market';

/** Properties of `LaunchTemplateEfa`. */
export interface LaunchTemplateEfaProps {
  /**
   * The instance type of the launch template. One without Elastic Fabric Adapter is an error.
   */
  readonly instanceType: AcceleratedInstanceType;
}

/** The data of a launch template once it is resolved. */
type Data = Readonly<ec2.CfnLaunchTemplate.LaunchTemplateDataProperty>;

/**
 * Gives the instances of a launch template an Elastic Fabric Adapter interface on each network card.
 *
 * Works on a launch template that you already have, L1 or L2. Its security groups move to every interface; they must allow all traffic
 * from and to themselves, by name. A launch template without security groups, or with network interfaces of its own, is an error.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateEfa({ instanceType: NeuronInstanceType.TRN1_32XLARGE }));
 */
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

  /** Security groups stand on the interfaces, or beside them where there are none: EC2 refuses both. */
  private change({ securityGroupIds, ...data }: Data): Data {
    return { ...data, networkInterfaces: networkInterfaces(this.props.instanceType, securityGroupIds) };
  }
}

/**
 * The layout that EC2 recommends for every type with EFA: an ordinary primary interface, an EFA-only one beside it, and an EFA-only one as
 * device 0 of each further card. The Neuron pages show an older one for Trn1, where all are EFA interfaces with addresses, on device 1 so
 * that routes stay unambiguous. EFA-only interfaces have no address to route by, and leave addresses of the subnet to tasks.
 * No subnet, for the Auto Scaling group has them, and no public address, which EC2 refuses to hosts with several interfaces.
 */
function networkInterfaces(
  { efaInterfaces }: AcceleratedInstanceType,
  groups: string[] | undefined,
): ec2.CfnLaunchTemplate.NetworkInterfaceProperty[] {
  const common = { groups, deleteOnTermination: true };
  return [
    { networkCardIndex: 0, deviceIndex: 0, interfaceType: 'interface', ...common },
    ...Array.from({ length: efaInterfaces }, (_, card) => ({
      ...{ networkCardIndex: card, deviceIndex: card === 0 ? 1 : 0, interfaceType: 'efa-only' },
      ...common,
    })),
  ];
}

/** Whether a list has something in it, or is an intrinsic function that may give something. */
function isGiven(list: unknown): boolean {
  return list !== undefined && !(Array.isArray(list) && list.length === 0);
}
