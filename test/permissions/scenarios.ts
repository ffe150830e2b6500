import {
  App,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  Duration,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import {
  Ec2Capacity,
  ElasticInferenceAccelerator,
  ElasticInferenceService,
  MlRunTask,
  MlRunTaskProps,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { container, newApp } from '../support';

/** The account and the Region of the stacks; cross-stack values need both. */
export const ENV = { account: '111111111111', region: 'us-east-1' };

/** A stack with a VPC that makes no role of its own. */
export function stackWithVpc(app: App = newApp(), id = 'Stack'): { stack: Stack; vpc: ec2.Vpc } {
  const stack = new Stack(app, id, { env: ENV });
  return { stack, vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) };
}

const instanceType = NeuronInstanceType.INF2_XLARGE;

/** A service on a pool of its own, on a cluster that is made by `cluster`. */
export function serviceOn(cluster?: (app: App, vpc: ec2.IVpc, stack: Stack) => ecs.ICluster): Stack {
  const app = newApp();
  const { stack, vpc } = stackWithVpc(app);
  const capacity = new NeuronCapacity(stack, 'Pool', cluster ? { cluster: cluster(app, vpc, stack), instanceType } : { vpc, instanceType });
  new NeuronService(stack, 'Bert', { capacity, container });
  return stack;
}

/** A service whose image is in a private registry, on hosts that Session Manager can connect to. */
export function privateImage(): Stack {
  const { stack, vpc } = stackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, ssmSessionPermissions: true });
  const image = ecs.ContainerImage.fromRegistry('111111111111.dkr.ecr.us-east-1.amazonaws.com/models/bert:1');
  new NeuronService(stack, 'Bert', { capacity, container: { ...container, image } });
  return stack;
}

/** A cluster of the app, in a stack of its own. */
export function clusterOfOtherStack(app: App): ecs.ICluster {
  const { stack, vpc } = stackWithVpc(app, 'Clusters');
  return new ecs.Cluster(stack, 'Shared', { vpc });
}

/** A cluster that another app has made. */
export function importedCluster(_: App, vpc: ec2.IVpc, stack: Stack): ecs.ICluster {
  return ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
}

/** A cluster whose ECS Exec is encrypted and logged. */
export function auditedCluster(stack: Stack, vpc: ec2.IVpc): ecs.Cluster {
  return new ecs.Cluster(stack, 'Cluster', {
    vpc,
    executeCommandConfiguration: {
      kmsKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
      logConfiguration: {
        cloudWatchLogGroup: new logs.LogGroup(stack, 'ExecLog'),
        s3Bucket: new s3.Bucket(stack, 'ExecBucket', { enforceSSL: true }),
        s3KeyPrefix: 'exec',
      },
      logging: ecs.ExecuteCommandLogging.OVERRIDE,
    },
  });
}

/** A Managed Instances capacity. */
export function managed(): Stack {
  const { stack, vpc } = stackWithVpc();
  new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType] });
  return stack;
}

/** A service with Elastic Inference. */
export function elasticInference(): Stack {
  const { stack, vpc } = stackWithVpc();
  const capacity = new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c5.large') });
  const service = new ElasticInferenceService(stack, 'Ssd', {
    capacity,
    accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
    container: { ...container, memoryReservationMiB: 1024 },
  });
  Validations.of(service).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'to look at its role' });
  return stack;
}

const training: MlRunTaskProps = { container, timeout: Duration.minutes(30) };

/** A job on Fargate. */
export function job(more: (job: MlRunTask, stack: Stack) => void = () => {}, props: Partial<MlRunTaskProps> = {}): Stack {
  const { stack, vpc } = stackWithVpc();
  more(new MlRunTask(stack, 'Train', { ...training, vpc, ...props }), stack);
  return stack;
}

/** A job with ECS Exec, on a cluster that encrypts and logs it. */
export function jobWithExec(): Stack {
  const { stack, vpc } = stackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { cluster: auditedCluster(stack, vpc), instanceType });
  new MlRunTask(stack, 'Train', { ...training, capacity, enableExecuteCommand: true });
  return stack;
}

/** A job whose tasks run together. */
export function jobOfNodes(networkMode: ecs.NetworkMode): Stack {
  const { stack, vpc } = stackWithVpc();
  const type = NeuronInstanceType.TRN1_32_XLARGE;
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: type, maxInstances: 4 });
  new MlRunTask(stack, 'Train', { ...training, capacity, nodes: 2, networkMode });
  return stack;
}

/** A job that a schedule, an object, another state machine and a user start. */
export function jobWithStarters(): Stack {
  return job((train, stack) => {
    const deadLetterQueue = new sqs.Queue(stack, 'Missed', { enforceSSL: true });
    train.schedule('Nightly', { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)), deadLetterQueue });
    train.onObjectCreated('OnObject', new s3.Bucket(stack, 'Bucket', { enforceSSL: true }), { prefix: 'in/' });
    new sfn.StateMachine(stack, 'Parent', { definitionBody: sfn.DefinitionBody.fromChainable(train.step(stack, 'Step')) });
    train.grantStart(new iam.Role(stack, 'Starter', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  });
}
