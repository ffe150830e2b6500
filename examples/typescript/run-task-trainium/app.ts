import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Launcher, MlRunTask, NeuronCapacity, NeuronInstanceType, PurchaseOption } from 'cdk-ecs-ml';

const image = 'public.ecr.aws/neuron/pytorch-training-neuronx:2.9.0-neuronx-py312-sdk2.30.0-ubuntu24.04';

const stack = new Stack(new App(), 'RunTaskTrainium');
const checkpoints = new s3.Bucket(stack, 'Checkpoints', { enforceSSL: true });

const capacity = new NeuronCapacity(stack, 'Trn1', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: NeuronInstanceType.TRN1_2_XLARGE,
  maxInstances: 1,
  purchaseOption: PurchaseOption.spot(),
});

const train = new MlRunTask(stack, 'Train', {
  capacity,
  launcher: Launcher.torchrun({ processesPerNode: 2 }),
  container: {
    image: ecs.ContainerImage.fromRegistry(image),
    command: ['train.py', '--resume', checkpoints.s3UrlForObject('latest')],
  },
  timeout: Duration.hours(12),
  retries: 10,
  resumable: true,
});
checkpoints.grantReadWrite(train);

new CfnOutput(stack, 'StartExecution', { value: train.startExecutionCommand });
