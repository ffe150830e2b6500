import { DefaultTokenResolver, IResolvable, IResolveContext, Reference, StringConcat, Token, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Stands for a part of an address that is not known at synth. */
const UNKNOWN = '\u0000(\\d+)\u0000';

/** The domains of private registries, in all partitions and for IPv6. */
const DOMAINS = [
  'amazonaws\\.com(?:\\.cn)?',
  'amazonaws\\.eu',
  'on\\.aws',
  'on\\.amazonwebservices\\.(?:com\\.cn|eu)',
  'c2s\\.ic\\.gov',
  'sc2s\\.sgov\\.gov',
  'cloud\\.adc-e\\.uk',
  'csp\\.hci\\.ic\\.gov',
  'on\\.aws\\.ic\\.gov',
  'on\\.aws\\.scloud',
  'on\\.aws\\.hci\\.ic\\.gov',
  'on\\.cloud-aws\\.adc-e\\.uk',
];

const ANY = UNKNOWN.replace('(', '(?:');

/**
 * The address of an image in a private Amazon ECR registry: account, Region, domain and repository. Registries also have addresses for IPv6
 * (`dkr-ecr`) and for FIPS.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
 */
const PRIVATE = new RegExp(
  `^(\\d{12}|${ANY})\\.dkr([.-])ecr(?:-fips)?\\.([a-z0-9-]+|${ANY})\\.(?:${[...DOMAINS, ANY].join('|')})/([^:@]+)`,
);

const DOCKER_HUB = 'docker.io';

function isUnknown(text: string): boolean {
  return new RegExp(UNKNOWN).test(text);
}

/** An image in a private Amazon ECR registry. Each part may be a token. */
export interface PrivateImage {
  readonly account: string;
  readonly region: string;
  readonly repositoryName: string;
  /** Whether the address is the one for IPv6. */
  readonly dualStack: boolean;
}

/** The address of an image: what is known of it, and the tokens that it contains. */
export class ImageAddress {
  /** Reads an address that may contain tokens, or the intrinsic functions that they resolve to. */
  public static of(scope: IConstruct, image: unknown): ImageAddress {
    const resolver = new AddressResolver();
    const text = resolver.flatten(Tokenization.resolve(image, { scope, resolver, preparing: false }), () => Token.asAny(image));
    return new ImageAddress(text, resolver.unknown);
  }

  private constructor(
    /** The address, with placeholders for what is not known. */
    private readonly text: string,
    private readonly tokens: IResolvable[],
  ) {}

  /** The address, if it is known as a whole. */
  public get known(): string | undefined {
    return this.tokens.length === 0 ? this.text : undefined;
  }

  /** The host name of the registry, which is Docker Hub if the address has none. Undefined if it is not known. */
  public get registry(): string | undefined {
    const [first, ...rest] = this.text.split('/');
    if (rest.length === 0) return isUnknown(first.split(/[:@]/)[0]) ? undefined : DOCKER_HUB;
    if (isUnknown(first)) return undefined;
    return /[.:]/.test(first) || first === 'localhost' ? first.split(':')[0] : DOCKER_HUB;
  }

  /** The address for messages, with dots for what is not known. */
  public get shown(): string {
    return this.text.replace(new RegExp(UNKNOWN, 'g'), '…');
  }

  /** The private image that the address names, or undefined if it is another or not known. */
  public get privateImage(): PrivateImage | undefined {
    const [address, account, separator, region, repositoryName] = PRIVATE.exec(this.text) ?? [];
    if (address === undefined) return undefined;
    const [accountId, regionName, name] = [account, region, repositoryName].map((part) => this.withTokens(part));
    return { account: accountId, region: regionName, repositoryName: name, dualStack: separator === '-' };
  }

  private withTokens(text: string): string {
    return text.replace(new RegExp(UNKNOWN, 'g'), (_, index) => Token.asString(this.tokens[Number(index)]));
  }
}

/**
 * Resolves an address to one string, in which a placeholder stands for each token that has no value at synth. The token itself is kept,
 * because what it resolves to no longer says that it belongs to another stack.
 */
class AddressResolver extends DefaultTokenResolver {
  public readonly unknown: IResolvable[] = [];

  constructor() {
    super(new StringConcat());
  }

  public resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver['resolveToken']>[2],
  ): string {
    if (Reference.isReference(token)) return this.placeholder(token);
    return this.flatten(super.resolveToken(token, context, postProcessor), () => token);
  }

  /** The text of a resolved value. Joins what intrinsic functions join; other functions are not known. */
  public flatten(value: unknown, token: () => IResolvable): string {
    if (typeof value === 'string') return value;
    const { 'Fn::Join': join, 'Fn::Sub': sub } = (value ?? {}) as { 'Fn::Join'?: unknown; 'Fn::Sub'?: unknown };
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map((part) => this.flattenPart(part)).join(join[0] as string);
    if (typeof sub === 'string') return this.substitute(sub, {});
    if (Array.isArray(sub)) return this.substitute(sub[0] as string, (sub[1] ?? {}) as Record<string, unknown>);
    return this.placeholder(token());
  }

  private flattenPart(part: unknown): string {
    return this.flatten(part, () => Token.asAny(part));
  }

  private substitute(text: string, variables: Record<string, unknown>): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      return name in variables ? this.flattenPart(variables[name]) : this.placeholder(Token.asAny({ 'Fn::Sub': `\${${name}}` }));
    });
  }

  private placeholder(token: IResolvable): string {
    return `\u0000${this.unknown.push(token) - 1}\u0000`;
  }
}
