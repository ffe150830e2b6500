/**
 * Jobs: one on Fargate with a schedule, one of several nodes on Fargate, and one of several nodes with accelerators and EFA.
 *
 * On an account: 35 minutes, and Fargate tasks for less than 1 USD (us-east-1, 2026-07). The pool of trn1.32xlarge stays empty, because no
 * assertion starts `Train`; to try it, run the command that the stack puts out, which costs 43 USD an hour and needs a quota of 256 vCPUs of
 * "Running On-Demand Trn instances".
 */
import { aws_ecs as ecs, aws_scheduler as scheduler, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof } from './support';
import { MlRunTask, NeuronCapacity, NeuronInstanceType } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'RunTask');
const vpc = makeVpc(stack);

const python = (program: string): ecs.ContainerDefinitionOptions => ({
  image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.13'),
  command: ['python', '-c', program],
});

const evaluate = new MlRunTask(stack, 'Evaluate', { vpc, container: python('print("evaluated")'), timeout: Duration.hours(1) });
evaluate.schedule('Nightly', { schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' }) });

/** The first node waits for the second one, which finds it by its address. */
const MEET = `
import os, socket, time
rank, port = os.environ["NODE_RANK"], int(os.environ["MASTER_PORT"])
if rank == "0":
    print(socket.create_server(("", port)).accept()[1])
else:
    for attempt in range(60):
        try:
            socket.create_connection((os.environ["MASTER_ADDR"], port)).close()
            break
        except OSError:
            time.sleep(2)
    else:
        raise SystemExit("the first node does not answer")
`;
const meet = new MlRunTask(stack, 'Meet', {
  capacity: evaluate.capacity,
  nodes: 2,
  container: python(MEET),
  timeout: Duration.minutes(30),
});

const capacity = new NeuronCapacity(stack, 'Trn1', {
  vpc,
  vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
  instanceType: NeuronInstanceType.TRN1_32_XLARGE,
  efa: true,
});
const train = new MlRunTask(stack, 'Train', { capacity, nodes: 2, container: python(MEET), timeout: Duration.days(1) });
new CfnOutput(stack, 'RunTaskCommand', { value: train.runTaskCommand });
new CfnOutput(stack, 'StartExecutionCommand', { value: train.startExecutionCommand });

new Proof(app, stack)
  .succeeds(evaluate)
  .fails(evaluate, { command: ['python', '-c', 'raise SystemExit(3)'] }, 'MlRunTask.ProgramFailed', 'Container main exited with code 3')
  .succeeds(meet);
