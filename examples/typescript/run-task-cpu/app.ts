import * as path from 'path';
import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3, CfnOutput, Duration, Size, Stack } from 'aws-cdk-lib';
import { FargateCapacity, MlRunTask } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'RunTaskCpu');
const bucket = new s3.Bucket(stack, 'Data', { enforceSSL: true, eventBridgeEnabled: true });

const train = new MlRunTask(stack, 'Train', {
  capacity: new FargateCapacity(stack, 'Cpu', { vpc: new ec2.Vpc(stack, 'Vpc'), cpu: 2048, memory: Size.gibibytes(8) }),
  container: {
    image: ecs.ContainerImage.fromAsset(path.join(__dirname, 'image')),
    command: ['--layers', '64,32', '--epochs', '200'],
    environment: { OUTPUT_BUCKET: bucket.bucketName },
  },
  timeout: Duration.hours(2),
});
bucket.grantWrite(train, 'models/*');

train.onObjectCreated('Table', bucket, { prefix: 'tables/', suffix: '.csv' });

new CfnOutput(stack, 'RunTask', {
  value: train.runTaskCommandWith({
    command: ['--layers', '16'],
    environment: { INPUT_BUCKET: bucket.bucketName, INPUT_KEY: 'tables/iris.csv' },
  }),
});
new CfnOutput(stack, 'StartExecution', { value: train.startExecutionCommand });
