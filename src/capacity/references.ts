import { DefaultTokenResolver, IResolvable, IResolveContext, IPostProcessor, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The constructs that a value refers to, also from within text, intrinsic functions and values that are computed at synth. */
export function referencesIn(scope: IConstruct, value: unknown): Set<IConstruct> {
  const collector = new Collector();
  Tokenization.resolve(value, { scope, resolver: collector, preparing: false });
  return collector.targets;
}

class Collector extends DefaultTokenResolver {
  public readonly targets = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) this.targets.add(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}
