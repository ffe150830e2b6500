import {
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb,
  CfnResource,
  DefaultTokenResolver,
  IPostProcessor,
  IResolvable,
  IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { cfnResources, givenOverride } from '../capacity/cfn-resources';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** A target group of this app, and the container of a service that it sends requests to. */
export interface ServiceTarget {
  readonly targetGroup: elb.CfnTargetGroup;
  readonly container: string;
  /** The port of the container. Undefined if it is not known at synth. */
  readonly port?: number;
}

/** Target groups of a service, including those of its overrides and of other stacks. Imported ones are left out. */
export function targetsOf(service: ecs.CfnService): ServiceTarget[] {
  return loadBalancers(service).flatMap(({ targetGroupArn, containerName, containerPort, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].flatMap((arn) => {
      const targetGroup = targetGroupOf(service, arn);
      if (!targetGroup || typeof containerName !== 'string') return [];
      return [{ targetGroup, container: containerName, port: typeof containerPort === 'number' ? containerPort : undefined }];
    }),
  );
}

/** The load balancers of a service, whose references to target groups are `Found`. */
interface LoadBalancer {
  readonly targetGroupArn?: unknown;
  readonly containerName?: unknown;
  readonly containerPort?: unknown;
  readonly advancedConfiguration?: { readonly alternateTargetGroupArn?: unknown };
}

// Only this property is resolved, because the rest of the service is not complete when aspects run.
function loadBalancers(service: ecs.CfnService): LoadBalancer[] {
  const resolve = (value: unknown) => Tokenization.resolve(value, { scope: service, resolver: new Finder(), preparing: false });
  const given: LoadBalancer[] = resolve(service.loadBalancers) ?? [];
  const override = lowerNames(resolve(givenOverride(service, 'LoadBalancers'))) as
    LoadBalancer[] | Record<string, LoadBalancer> | undefined;
  if (Array.isArray(override)) return override;
  return given.map((one, index) => ({ ...one, ...override?.[index] }));
}

/** What a reference to a target group resolves to here. */
class Found {
  constructor(public readonly targetGroup: elb.CfnTargetGroup) {}
}

/** Resolves references to target groups to the target groups, also if they are in another stack. */
class Finder extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token) && isTargetGroup(token.target)) return new Found(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

function targetGroupOf(service: ecs.CfnService, arn: unknown): elb.CfnTargetGroup | undefined {
  if (arn instanceof Found) return arn.targetGroup;
  // An override can name it by its logical ID.
  const id = (arn as { Ref?: string } | undefined)?.Ref;
  const stack = Stack.of(service);
  if (id === undefined) return undefined;
  return cfnResources<elb.CfnTargetGroup>(stack, TARGET_GROUP).find(
    (one) => Stack.of(one) === stack && stack.resolve(one.logicalId) === id,
  );
}

function isTargetGroup(construct: IConstruct): construct is elb.CfnTargetGroup {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === TARGET_GROUP;
}

/** An override with the names of properties as aws-cdk-lib has them. */
function lowerNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerNames);
  if (typeof value !== 'object' || value === null || value instanceof Found || 'Ref' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.charAt(0).toLowerCase() + name.slice(1), lowerNames(one)]));
}
