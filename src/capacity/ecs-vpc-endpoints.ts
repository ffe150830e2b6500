import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { cfnResources } from './cfn-resources';
import { checkOwnEnvironment } from './environment';
import { checkSelection } from './subnets';
import { checked } from '../rules/checked';
import { enforce } from '../rules/rule';

/** The services that a container instance and its tasks call, by the last labels of the service name. */
const INTERFACE_SERVICES = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'];
const GATEWAY_SERVICES = ['s3'];

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
}

/**
 * The VPC endpoints that a host in an isolated subnet needs to join its cluster, pull images from Amazon ECR and write logs.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 *
 * @example
 * new EcsVpcEndpoints(this, 'Endpoints', { vpc });
 */
@checked
export class EcsVpcEndpoints extends Construct {
  /**
   * The services that a host needs and for which the VPC has no endpoint in this app.
   * @internal
   */
  public static _missing(vpc: ec2.IVpc): string[] {
    const present = cfnResources<ec2.CfnVPCEndpoint>(vpc.node.root, 'AWS::EC2::VPCEndpoint')
      .filter((endpoint) => endpoint.vpcId === vpc.vpcId)
      .map((endpoint) => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)));
    // Only the end of the name counts, because the name has the Region, often as a reference.
    return [...INTERFACE_SERVICES, ...GATEWAY_SERVICES].filter((service) => !present.some((name) => name?.includes(`.${service}"`)));
  }

  /** The interface endpoints that were created. */
  public readonly interfaceEndpoints: ec2.InterfaceVpcEndpoint[];

  /** The gateway endpoint for Amazon S3, where Amazon ECR stores image layers. Undefined if the VPC already had one. */
  public readonly s3Endpoint?: ec2.GatewayVpcEndpoint;

  constructor(scope: Construct, id: string, props: EcsVpcEndpointsProps) {
    super(scope, id);
    enforce(this, [...checkOwnEnvironment(this, { vpc: props.vpc }), ...checkSelection(props.vpc, props.subnets, 'subnets')]);
    const missing = EcsVpcEndpoints._missing(props.vpc);
    this.interfaceEndpoints = INTERFACE_SERVICES.filter((service) => missing.includes(service)).map(
      (service) =>
        new ec2.InterfaceVpcEndpoint(this, service.replace('.', '-'), {
          vpc: props.vpc,
          service: new ec2.InterfaceVpcEndpointAwsService(service),
          subnets: props.subnets,
        }),
    );
    if (missing.includes('s3')) {
      this.s3Endpoint = new ec2.GatewayVpcEndpoint(this, 's3', { vpc: props.vpc, service: ec2.GatewayVpcEndpointAwsService.S3 });
    }
  }
}
