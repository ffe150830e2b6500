import { Annotations, Arn, ArnFormat, Aspects, AspectPriority, aws_ecr as ecr, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Container } from '../capacity/task/task-containers';
import { known } from '../rules/rule';

/** The address of an image in a private Amazon ECR registry: account, Region, domain and repository. */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** The warning of aws-cdk-lib about such an image. */
const NEEDS_POLICY = '@aws-cdk/aws-ecs:ecrImageRequiresPolicy';

/**
 * Lets ECS pull images that are given by their address in a private Amazon ECR registry, such as those of the AWS Deep Learning Containers.
 * This applies to every container, including sidecars that are added later.
 *
 * aws-cdk-lib grants this for `ContainerImage.fromEcrRepository`, but treats an address in `fromRegistry` as that of a public image.
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

/** Acknowledges the warning. A container that a mixin adds has no L2, so it has no warning. */
function acknowledgePolicy(container?: ecs.ContainerDefinition): void {
  if (container) Annotations.of(container).acknowledgeWarning(NEEDS_POLICY, 'cdk-ecs-ml attaches the policy');
}
