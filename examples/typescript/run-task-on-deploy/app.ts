import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3, Duration, Stack } from 'aws-cdk-lib';
import { MlRunTask, NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'RunTaskOnDeploy');
const models = new s3.Bucket(stack, 'Models', { enforceSSL: true });
const capacity = new NeuronCapacity(stack, 'Inf2', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: NeuronInstanceType.INF2_8_XLARGE,
  maxInstances: 2,
});

const environment = { MODEL: 'my-model', VERSION: '7', BUCKET: models.bucketName };
const compile = new MlRunTask(stack, 'Compile', {
  capacity,
  container: { image: ecs.ContainerImage.fromRegistry('my-compiler'), environment },
  timeout: Duration.minutes(50),
});
models.grantReadWrite(compile);

const service = new NeuronService(stack, 'Serve', {
  capacity,
  container: {
    image: ecs.ContainerImage.fromRegistry('my-model-server'),
    environment,
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
  },
});
models.grantRead(service);

service.service.node.addDependency(compile.runOnDeploy({ key: environment.VERSION }));
