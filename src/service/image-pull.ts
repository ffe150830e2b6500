import {
  Annotations,
  Arn,
  ArnFormat,
  Aspects,
  AspectPriority,
  aws_ecs as ecs,
  aws_iam as iam,
  region_info,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { ImageAddress, PrivateImage } from './image-address';
import { isAdded } from '../capacity/added-statement';
import { ownContainers } from '../capacity/task/task-containers';
import { checkImagePull } from '../rules/private-image-rules';
import { enforceAtSynth, Finding } from '../rules/rule';

/** The warning of aws-cdk-lib about such an image. */
const NEEDS_POLICY = '@aws-cdk/aws-ecs:ecrImageRequiresPolicy';

/** What ECS calls to pull an image from a repository. */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

/**
 * Lets ECS pull images that are given by their address in a private Amazon ECR registry, such as those of the AWS Deep Learning Containers.
 * This applies to every container, including sidecars that are added later.
 *
 * aws-cdk-lib grants this for `ContainerImage.fromEcrRepository`, but treats an address in `fromRegistry` as that of a public image.
 */
export function grantImagePulls(taskDefinition: ecs.TaskDefinition): void {
  const pulls = new Map<string, Pull>();
  const visit = (construct: unknown) => {
    if (construct !== taskDefinition) return;
    for (const { name, address } of imagesByAddress(taskDefinition)) {
      const image = address.privateImage;
      if (!image) continue;
      const repositoryArn = arnOf(taskDefinition, image);
      const key = JSON.stringify(Stack.of(taskDefinition).resolve(repositoryArn));
      const pull = pulls.get(key) ?? { image, containers: new Set(), permission: allowPull(taskDefinition, repositoryArn) };
      pull.containers.add(name);
      pulls.set(key, pull);
    }
  };
  Aspects.of(taskDefinition).add({ visit }, { priority: AspectPriority.MUTATING });
  enforceAtSynth(taskDefinition, () => [...pulls.values()].flatMap((pull) => checkPull(taskDefinition, pull)));
}

/** The pull of the images of a repository. */
interface Pull {
  readonly image: PrivateImage;
  readonly containers: Set<string>;
  readonly permission: iam.AddToPrincipalPolicyResult;
}

/** The containers whose image is given by its address. Images of repositories and assets are granted by aws-cdk-lib. */
export function imagesByAddress(taskDefinition: ecs.TaskDefinition): { name: string; address: ImageAddress }[] {
  // Rendering the containers now would drop those that aspects add later. aws-cdk-lib has no public way to list them.
  const { containers = [] } = taskDefinition as unknown as { readonly containers?: ecs.ContainerDefinition[] };
  const given = containers.filter((container) => !hasGrant(container)).map(({ containerName, imageName }) => [containerName, imageName]);
  const own = [...ownContainers(taskDefinition.node.defaultChild as ecs.CfnTaskDefinition)];
  return [...given, ...own].map(([name, image]) => ({ name, address: ImageAddress.of(taskDefinition, image) }));
}

/** Whether aws-cdk-lib grants the pull of the image of a container. It has no public way to ask a container for its image. */
function hasGrant(container: ecs.ContainerDefinition): boolean {
  const { image } = (container as unknown as { readonly props?: ecs.ContainerDefinitionProps }).props ?? {};
  return image !== undefined && !(image instanceof ecs.RepositoryImage) && Token.isUnresolved(container.imageName);
}

/** The ARN of a repository. In the most common partition, the ARN works in all of them, as others do in a template. */
function arnOf(taskDefinition: ecs.TaskDefinition, image: PrivateImage): string {
  const partition = partitionOf(image);
  return formatArn(taskDefinition, image, partition === 'aws' ? undefined : partition);
}

function partitionOf({ region }: PrivateImage): string | undefined {
  return Token.isUnresolved(region) ? undefined : region_info.RegionInfo.get(region).partition;
}

function formatArn(taskDefinition: ecs.TaskDefinition, { account, region, repositoryName }: PrivateImage, partition?: string): string {
  return Arn.format(
    {
      partition,
      service: 'ecr',
      account,
      region,
      resource: 'repository',
      resourceName: repositoryName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    },
    Stack.of(taskDefinition),
  );
}

/** Allows the execution role to pull from a repository. `ecr.Repository.grantPull` does not tell whether the role has the statement. */
function allowPull(taskDefinition: ecs.TaskDefinition, repositoryArn: string): iam.AddToPrincipalPolicyResult {
  const { grantPrincipal } = taskDefinition.obtainExecutionRole();
  grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  return grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions: PULL_ACTIONS, resources: [repositoryArn] }));
}

/** Acknowledges the warnings of aws-cdk-lib if the role has the permission, and reports one warning of ours if not. */
function checkPull(taskDefinition: ecs.TaskDefinition, { image, containers, permission }: Pull): Finding[] {
  if (isAdded(permission)) {
    for (const container of containers) acknowledgePolicy(taskDefinition.findContainer(container));
    return [];
  }
  const { executionRole } = taskDefinition;
  const role = `${executionRole?.node.path} (${inWords(taskDefinition, executionRole?.roleName)})`;
  const repositoryArn = inWords(taskDefinition, formatArn(taskDefinition, image, partitionOf(image)));
  return checkImagePull({ container: [...containers][0], role, repositoryArn });
}

/** A text in which tokens are shown by the functions that they resolve to. */
function inWords(scope: IConstruct, text: string | undefined): string {
  const resolved = Stack.of(scope).resolve(text) as string | { readonly 'Fn::Join'?: [string, unknown[]] } | undefined;
  const parts: unknown[] = typeof resolved === 'string' ? [resolved] : (resolved?.['Fn::Join']?.[1] ?? [resolved]);
  return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('');
}

/** Acknowledges the warning. A container that a mixin adds has no L2, so it has no warning. */
function acknowledgePolicy(container?: ecs.ContainerDefinition): void {
  if (container) Annotations.of(container).acknowledgeWarning(NEEDS_POLICY, 'cdk-ecs-ml attaches the policy');
}
