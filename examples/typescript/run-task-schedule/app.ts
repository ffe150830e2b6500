import {
  App,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_events_targets as targets,
  aws_scheduler as scheduler,
  aws_sns as sns,
  Duration,
  Stack,
  TimeZone,
} from 'aws-cdk-lib';
import { MlRunTask } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'RunTaskSchedule');

const evaluate = new MlRunTask(stack, 'Evaluate', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  container: {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.13'),
    command: ['python', '-c', 'print("evaluated")'],
  },
  timeout: Duration.hours(1),
});

evaluate.schedule('Nightly', {
  schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
  flexibleWindow: Duration.minutes(15),
});

evaluate.onFailed('Alert', new targets.SnsTopic(new sns.Topic(stack, 'Failures', { enforceSSL: true })));
