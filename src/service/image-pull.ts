import { Annotations, aws_ecr as ecr, aws_ecs as ecs, Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** An image of a private Amazon ECR registry by its address: account, Region, domain, repository. */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** What aws-cdk-lib says of such an image. */
const NEEDS_POLICY = '@aws-cdk/aws-ecs:ecrImageRequiresPolicy';

/**
 * Lets ECS pull an image that is given by its address in a private Amazon ECR registry, such as those of the AWS Deep Learning Containers.
 *
 * aws-cdk-lib grants this for `ContainerImage.fromEcrRepository`, and takes an address given to `fromRegistry` for a public image.
 */
export function grantImagePull(scope: Construct, container: ecs.ContainerDefinition): void {
  const { imageName, taskDefinition } = container;
  const match = Token.isUnresolved(imageName) ? null : ECR_IMAGE.exec(imageName);
  if (!match) return;
  const [, account, region, repositoryName] = match;
  const repositoryArn = Arn.format(
    { service: 'ecr', account, region, resource: 'repository', resourceName: repositoryName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
    Stack.of(scope),
  );
  ecr.Repository.fromRepositoryAttributes(scope, 'ImageRepository', { repositoryArn, repositoryName }).grantPull(
    taskDefinition.obtainExecutionRole(),
  );
  Annotations.of(container).acknowledgeWarning(NEEDS_POLICY, 'the policy is attached here');
}
