import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { admit, elasticInferenceEndpoint } from './elastic-inference-endpoint';
import { checkEc2Linux } from './elastic-inference-rules';
import { ElasticInferenceServiceProps } from './elastic-inference-service-props';
import { TaskDefinitionInferenceAccelerators } from './task-definition-inference-accelerators';
import { IEc2Capacity } from '../capacity/capacity';
import { Ec2Capacity } from '../capacity/ec2/ec2-capacity';
import { checked } from '../rules/checked';
import { enforce } from '../rules/rule';
import { AcceleratedService } from '../service/accelerated-service';
import { capacityFor, roomToRoll } from '../service/own-capacity';
import { makeService, Service } from '../service/service';

/** Checks that the accelerator can be reached, with the tool of the container image. */
const HEALTH_CHECK: ecs.HealthCheck = {
  command: ['CMD-SHELL', 'LD_LIBRARY_PATH=/opt/ei_health_check/lib /opt/ei_health_check/bin/health_check'],
  retries: 2,
  timeout: Duration.seconds(15),
  interval: Duration.seconds(30),
  startPeriod: Duration.seconds(60),
};

/** The actions that the runtime in the container calls. AWS documents no narrower policy. */
const ACTIONS = ['elastic-inference:Connect', 'iam:List*', 'iam:Get*', 'ec2:Describe*', 'ec2:Get*'];

/**
 * An ECS service whose tasks use Amazon Elastic Inference accelerators.
 *
 * Amazon Elastic Inference ended in April 2024. Use this construct only to read, compare and migrate existing services. Each synthesis
 * reports one warning with the end date and the replacement.
 *
 * Tasks can only run on EC2 and Linux, on hosts of any instance type. The container image must have a framework that supports Elastic
 * Inference, and its health check.
 *
 * @see https://docs.aws.amazon.com/elastic-inference/latest/developerguide/basics.html
 *
 * @example
 * const ssd = new ElasticInferenceService(this, 'Ssd', {
 *   vpc,
 *   instanceType: new ec2.InstanceType('c5.large'),
 *   accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
 *   container: {
 *     image: ecs.ContainerImage.fromRegistry('my-model-server'),
 *     memoryReservationMiB: 2048,
 *     portMappings: [{ containerPort: 8002 }],
 *   },
 * });
 * Validations.of(ssd).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'only to compare templates' });
 */
@checked
export class ElasticInferenceService extends AcceleratedService {
  /** The pool that the service runs on. */
  public readonly capacity: IEc2Capacity;

  /** The interface VPC endpoint through which tasks reach their accelerators. */
  public readonly endpoint: ec2.IInterfaceVpcEndpoint;
  /** @internal */
  protected readonly _made: Service;

  constructor(scope: Construct, id: string, props: ElasticInferenceServiceProps) {
    super(scope, id);
    const accelerators = new TaskDefinitionInferenceAccelerators({ accelerators: props.accelerators });
    this.capacity = this.pool(props);

    const container = { ...props.container, healthCheck: props.container.healthCheck ?? HEALTH_CHECK };
    this._made = makeService(this, { ...props, container }, this.capacity);
    this.taskDefinition.with(accelerators);
    this.taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: ACTIONS, resources: ['*'] }));

    this.endpoint = props.endpoint ?? elasticInferenceEndpoint(this, this.cluster.vpc, this.capacity.vpcSubnets);
    admit(this, this.service, this.endpoint);
    // Only the ECS service depends on the endpoint, because the security group of its tasks must exist before the rule that admits them.
    this.service.node.defaultChild!.node.addDependency(this.endpoint);
  }

  private pool(props: ElasticInferenceServiceProps): IEc2Capacity {
    const { vpc, instanceType, maxInstances } = props;
    const capacity = capacityFor(this, props.capacity, {
      props: { vpc, instanceType, maxInstances },
      required: ['vpc', 'instanceType'],
      make: (own): IEc2Capacity =>
        new Ec2Capacity(this, 'Capacity', {
          ...own,
          maxInstances: maxInstances ?? roomToRoll(props.desiredCount),
        }),
    });
    // The name in the ECS API, for example MANAGED_INSTANCES.
    enforce(this, checkEc2Linux({ compatibilities: [ecs.Compatibility[capacity.compatibility]] }));
    return capacity;
  }
}
