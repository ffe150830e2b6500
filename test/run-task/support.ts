import { aws_ec2 as ec2, aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { MlRunTask, MlRunTaskProps } from '../../src';
import { newStackWithVpc } from '../support';

/** A training program. */
export const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('my-training'),
  command: ['python', 'train.py'],
};

/** A job on a small CPU capacity of its own, unless the props say otherwise. */
export function makeJob(props: Partial<MlRunTaskProps> = {}): { stack: Stack; vpc: ec2.Vpc; job: MlRunTask } {
  const { stack, vpc } = newStackWithVpc();
  const timeout = Duration.minutes(30);
  const job = new MlRunTask(stack, 'Train', { vpc: props.capacity ? undefined : vpc, container, timeout, ...props });
  return { stack, vpc, job };
}

/** The variable that tells a program which execution runs it, as the tests' executions set it. */
export const EXECUTION = { Name: 'JOB_EXECUTION_ARN', Value: 'arn:aws:states:us-east-1:111111111111:execution:job:run-1' };
