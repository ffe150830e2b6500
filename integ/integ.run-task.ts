import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_scheduler as scheduler, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { MlRunTask, NeuronCapacity, NeuronInstanceType } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'RunTask');
// Leaves out the custom resource for the default security group, because its code would be in the snapshot.
const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });

const evaluate = new MlRunTask(stack, 'Evaluate', {
  vpc,
  container: {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.13'),
    command: ['python', '-c', 'print("evaluated")'],
  },
  timeout: Duration.hours(1),
});
evaluate.schedule('Nightly', { schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' }) });

const capacity = new NeuronCapacity(stack, 'Trn1', {
  vpc,
  vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
  instanceType: NeuronInstanceType.TRN1_32_XLARGE,
  efa: true,
});
const train = new MlRunTask(stack, 'Train', {
  capacity,
  nodes: 2,
  container: {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-training-neuronx:2.9.0-neuronx-py312-sdk2.30.0-ubuntu24.04'),
    command: ['torchrun', 'train.py'],
  },
  timeout: Duration.days(1),
});
new CfnOutput(stack, 'RunTaskCommand', { value: train.runTaskCommand });
new CfnOutput(stack, 'StartExecutionCommand', { value: train.startExecutionCommand });

new IntegTest(app, 'Integ', { testCases: [stack] });
