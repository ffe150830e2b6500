import { aws_ecs as ecs, aws_iam as iam, CfnResource, Stack } from 'aws-cdk-lib';
import { servicesOfRole } from './role-services';
import { referencesIn } from '../references';

/**
 * What the library reads of a container. All of it is private in aws-cdk-lib, which has no other way to read containers before they are
 * rendered. Rendering them earlier would drop what is added to them later.
 */
interface ContainerParts {
  readonly secrets?: SecretPart[];
  readonly logDriverConfig?: { readonly logDriver: string; readonly secretOptions?: SecretPart[] };
  readonly imageConfig?: { readonly repositoryCredentials?: { readonly credentialsParameter: string } };
}

interface SecretPart {
  readonly valueFrom: unknown;
}

/** The VPC endpoint services that ECS calls before the containers of a task can start: for images, logs and secrets. */
export function servicesToStart(task: ecs.TaskDefinition): string[] {
  const containers = partsOf(task);
  const secrets = containers.flatMap(({ secrets: own = [], logDriverConfig, imageConfig }) => [
    ...[...own, ...(logDriverConfig?.secretOptions ?? [])].map(({ valueFrom }) => valueFrom),
    ...(imageConfig?.repositoryCredentials ? [imageConfig.repositoryCredentials.credentialsParameter] : []),
  ]);
  return [
    'ecr.api',
    'ecr.dkr',
    ...(containers.some(({ logDriverConfig }) => logDriverConfig?.logDriver === 'awslogs') ? ['logs'] : []),
    // Amazon ECR keeps the layers of images in Amazon S3.
    's3',
    ...secrets.flatMap((secret) => serviceOfSecret(task, secret)),
  ];
}

/** The VPC endpoint services that the containers of a task, or ECS in their name, may call by their roles. */
export function servicesOfTaskRoles({ taskRole, executionRole }: ecs.TaskDefinition): string[] {
  return [taskRole, executionRole].filter((role): role is iam.IRole => role !== undefined).flatMap(servicesOfRole);
}

function partsOf(task: ecs.TaskDefinition): ContainerParts[] {
  return (task as unknown as { readonly containers?: ContainerParts[] }).containers ?? [];
}

/** The service that a secret comes from, by its ARN. A name without an ARN is that of a parameter. */
function serviceOfSecret(task: ecs.TaskDefinition, valueFrom: unknown): string[] {
  const isSecret = [...referencesIn(task, valueFrom)].some(
    (target) => CfnResource.isCfnResource(target) && target.cfnResourceType === 'AWS::SecretsManager::Secret',
  );
  const resolved: unknown = Stack.of(task).resolve(valueFrom);
  const text = JSON.stringify(resolved) ?? '';
  if (isSecret || text.includes(':secretsmanager:')) return ['secretsmanager'];
  return text.includes(':ssm:') || (typeof resolved === 'string' && !resolved.startsWith('arn:')) ? ['ssm'] : [];
}
