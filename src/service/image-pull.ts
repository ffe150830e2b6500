import { Annotations, Arn, ArnFormat, Aspects, AspectPriority, aws_ecr as ecr, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Container } from '../capacity/task/task-containers';
import { known } from '../rules/rule';

/** An image of a private Amazon ECR registry by its address: account, Region, domain, repository. */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** What aws-cdk-lib says of such an image. */
const NEEDS_POLICY = '@aws-cdk/aws-ecs:ecrImageRequiresPolicy';

/**
 * Lets ECS pull the images that are given by their address in a private Amazon ECR registry, such as those of the AWS Deep Learning
 * Containers: of every container, also of sidecars that come later.
 *
 * aws-cdk-lib grants this for `ContainerImage.fromEcrRepository`, and takes an address given to `fromRegistry` for a public image.
 */
export function grantImagePulls(taskDefinition: ecs.TaskDefinition): void {
  const granted = new Set<string>();
  const visit = (construct: unknown) => {
    if (construct !== taskDefinition) return;
    const resource = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    const containers: Container[] = Stack.of(taskDefinition).resolve(resource.containerDefinitions) ?? [];
    for (const { name, image } of containers) {
      const [address, ...place] = (known(image) && ECR_IMAGE.exec(image)) || [];
      if (address === undefined) continue;
      acknowledgePolicy(taskDefinition.findContainer(name));
      if (granted.has(address)) continue;
      granted.add(address);
      grantPull(taskDefinition, place);
    }
  };
  Aspects.of(taskDefinition).add({ visit }, { priority: AspectPriority.MUTATING });
}

function grantPull(taskDefinition: ecs.TaskDefinition, [account, region, repositoryName]: string[]): void {
  const repositoryArn = Arn.format(
    { service: 'ecr', account, region, resource: 'repository', resourceName: repositoryName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
    Stack.of(taskDefinition),
  );
  const id = `ImageRepository${account}${region}${repositoryName}`;
  ecr.Repository.fromRepositoryAttributes(taskDefinition, id, { repositoryArn, repositoryName }).grantPull(
    taskDefinition.obtainExecutionRole(),
  );
}

/** Containers that a mixin adds have no L2, and so no warning of it. */
function acknowledgePolicy(container?: ecs.ContainerDefinition): void {
  if (container) Annotations.of(container).acknowledgeWarning(NEEDS_POLICY, 'the policy is attached here');
}
