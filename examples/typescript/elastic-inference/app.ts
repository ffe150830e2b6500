import * as path from 'path';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack, Validations } from 'aws-cdk-lib';
import { ElasticInferenceAccelerator, ElasticInferenceService } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'ElasticInference');

const ssd = new ElasticInferenceService(stack, 'Ssd', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: new ec2.InstanceType('c5.large'),
  accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
  container: {
    // `cdk deploy` builds the image and pushes it to Amazon ECR. Synthesis only reads the folder.
    image: ecs.ContainerImage.fromAsset(path.join(__dirname, 'image')),
    cpu: 1024,
    memoryReservationMiB: 2048,
    portMappings: [{ containerPort: 8001 }, { containerPort: 8002 }],
  },
});

// Elastic Inference ended in April 2024. Without this line, each synthesis warns about it.
Validations.of(ssd).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'kept to compare it with its successor' });
