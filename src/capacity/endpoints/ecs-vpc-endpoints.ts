import { AspectPriority, Aspects, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { endpointsOf, GATEWAY_SERVICES, HOST_SERVICES, missingEndpoints, serves } from './vpc-endpoints';
import { servicesCalledIn } from './vpc-users';
import { checked } from '../../rules/checked';
import { enforce, enforceAtSynth } from '../../rules/rule';
import { checkEndpointTwice } from '../../rules/vpc-endpoint-rules';
import { checkOwnEnvironment } from '../environment';
import { checkSelection } from '../subnets';

/** After aspects that change the tree, so that the permissions that they add count. */
const AFTER_CHANGES = AspectPriority.READONLY - 1;

/** Properties of `EcsVpcEndpoints`. */
export interface EcsVpcEndpointsProps {
  /**
   * The VPC of the endpoints. Endpoints that it already has in this app are not created again.
   */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the interface endpoints.
   *
   * @default - one private or isolated subnet in each Availability Zone
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Services that need an endpoint in addition, for example those that tasks call with the permissions of a role from another app. Amazon S3
   * and DynamoDB get gateway endpoints.
   *
   * @default - only the services that hosts and tasks are known to call
   */
  readonly additionalServices?: ec2.InterfaceVpcEndpointAwsService[];

  /**
   * Services that get no endpoint, for example because an imported VPC already has one. They include gateway endpoints: for Amazon S3, use
   * `InterfaceVpcEndpointAwsService.S3`.
   *
   * @default - none
   */
  readonly excludedServices?: ec2.InterfaceVpcEndpointAwsService[];
}

/**
 * The VPC endpoints that hosts and tasks in isolated subnets use.
 *
 * It creates those that every host needs to join its cluster, pull images from Amazon ECR and write logs. When the app is synthesized, it adds
 * what the hosts, services and jobs of the app in the VPC are known to call: secrets, parameters, ECS Exec, Session Manager, and services such
 * as AWS KMS, CloudWatch, Amazon SQS or DynamoDB that the policies of their roles name. Each interface endpoint is billed per hour and
 * Availability Zone.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 *
 * @example
 * new EcsVpcEndpoints(this, 'Endpoints', { vpc, additionalServices: [ec2.InterfaceVpcEndpointAwsService.SQS] });
 */
@checked
export class EcsVpcEndpoints extends Construct {
  /** The interface endpoints that were created. When the app is synthesized, the list gets those of the services that hosts and tasks call. */
  public readonly interfaceEndpoints: ec2.InterfaceVpcEndpoint[] = [];

  /** The gateway endpoint for Amazon S3, where Amazon ECR stores image layers. Undefined if the VPC already had one. */
  public readonly s3Endpoint?: ec2.GatewayVpcEndpoint;

  private readonly made = new Map<string, ec2.IVpcEndpoint>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EcsVpcEndpointsProps,
  ) {
    super(scope, id);
    enforce(this, [...checkOwnEnvironment(this, { vpc: props.vpc }), ...checkSelection(props.vpc, props.subnets, 'subnets')]);
    this.addMissing([...HOST_SERVICES, ...(props.additionalServices ?? []).map(({ shortName }) => shortName)]);
    this.s3Endpoint = this.made.get('s3') as ec2.GatewayVpcEndpoint | undefined;
    const visit = (construct: unknown) => {
      if (construct === this) this.addMissing(servicesCalledIn(props.vpc));
    };
    Aspects.of(this).add({ visit }, { priority: AFTER_CHANGES });
    enforceAtSynth(this, () => checkEndpointTwice(this.others()));
  }

  /** Adds endpoints for those of the services that have none in the VPC. */
  private addMissing(services: string[]): void {
    const { vpc, excludedServices = [] } = this.props;
    const excluded = excludedServices.map(({ shortName }) => shortName);
    for (const service of missingEndpoints(vpc, [...new Set(services)])) {
      if (!excluded.includes(service)) this.made.set(service, this.addEndpoint(service));
    }
  }

  private addEndpoint(service: string): ec2.IVpcEndpoint {
    const { vpc, subnets, additionalServices = [] } = this.props;
    const id = service.replace('.', '-');
    if (GATEWAY_SERVICES.includes(service)) {
      return new ec2.GatewayVpcEndpoint(this, id, { vpc, service: new ec2.GatewayVpcEndpointAwsService(service) });
    }
    const given = additionalServices.find(({ shortName }) => shortName === service);
    const endpoint = new ec2.InterfaceVpcEndpoint(this, id, {
      vpc,
      service: given ?? new ec2.InterfaceVpcEndpointAwsService(service),
      subnets,
    });
    this.interfaceEndpoints.push(endpoint);
    return endpoint;
  }

  /** Endpoints that were added to the VPC later, for services that have one of ours. */
  private others(): { service: string; path: string }[] {
    const own = [...this.made.values()].map(({ node }) => node.defaultChild);
    const others = endpointsOf(this.props.vpc).filter((endpoint) => !own.includes(endpoint));
    return [...this.made.keys()].flatMap((service) =>
      others
        .filter((other) => serves(other, service) && (GATEWAY_SERVICES.includes(service) || other.privateDnsEnabled === true))
        .map(({ node }) => ({ service, path: node.scope?.node.path ?? node.path })),
    );
  }
}
