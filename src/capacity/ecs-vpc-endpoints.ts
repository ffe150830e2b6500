import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { cfnResources } from './cfn-resources';

/** What a container instance and its tasks call, by the last part of the service name. */
const INTERFACE_SERVICES = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'];
const GATEWAY_SERVICES = ['s3'];

/** Properties of `EcsVpcEndpoints`. */
export interface EcsVpcEndpointsProps {
  /**
   * The VPC to make the endpoints in. Endpoints that it already has in this app are left out.
   */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets to place the interface endpoints in.
   *
   * @default - one private or isolated subnet in each Availability Zone
   */
  readonly subnets?: ec2.SubnetSelection;
}

/**
 * The VPC endpoints without which a host in an isolated subnet can't join its cluster, pull an image from Amazon ECR or write a log.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 *
 * @example
 * new EcsVpcEndpoints(this, 'Endpoints', { vpc });
 */
export class EcsVpcEndpoints extends Construct {
  /**
   * The services that a host needs and that the VPC has no endpoint for in this app.
   * @internal
   */
  public static _missing(vpc: ec2.IVpc): string[] {
    const present = cfnResources<ec2.CfnVPCEndpoint>(vpc.node.root, 'AWS::EC2::VPCEndpoint')
      .filter((endpoint) => endpoint.vpcId === vpc.vpcId)
      .map((endpoint) => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)));
    // The name holds the Region, often as a reference: what counts is how it ends.
    return [...INTERFACE_SERVICES, ...GATEWAY_SERVICES].filter((service) => !present.some((name) => name?.includes(`.${service}"`)));
  }

  /** The interface endpoints made. */
  public readonly interfaceEndpoints: ec2.InterfaceVpcEndpoint[];

  /** The gateway endpoint for Amazon S3, where Amazon ECR keeps image layers, if the VPC had none. */
  public readonly s3Endpoint?: ec2.GatewayVpcEndpoint;

  constructor(scope: Construct, id: string, props: EcsVpcEndpointsProps) {
    super(scope, id);
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
