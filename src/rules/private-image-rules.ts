import { Finding, Rule } from './rule';

const imagePullRole = new Rule({
  id: 'image-pull-role',
  level: 'warning',
  says: 'An execution role that the app cannot change must already allow ECS to pull the images of private Amazon ECR registries.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html',
});

/** Reports an execution role that cannot get the permission to pull an image. */
export function checkImagePull(facts: { container: string; role: string; repositoryArn: string }): Finding[] {
  return imagePullRole.when(
    true,
    () =>
      `Container ${facts.container} has an image of a private Amazon ECR registry, and this app cannot change the execution role ${facts.role}. ` +
      'Make sure that the role allows ecr:BatchCheckLayerAvailability, ecr:GetDownloadUrlForLayer and ecr:BatchGetImage on ' +
      `${facts.repositoryArn}, and ecr:GetAuthorizationToken on *. Then acknowledge this warning.`,
  );
}
