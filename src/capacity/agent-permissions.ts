import { aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The permissions of the ECS agent on a host. aws-cdk-lib gives the same to the hosts of a cluster in the same stack. */
export function agentPermissions(cluster: ecs.ICluster): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['ecs:DeregisterContainerInstance', 'ecs:RegisterContainerInstance', 'ecs:Submit*'],
      resources: [cluster.clusterArn],
    }),
    new iam.PolicyStatement({
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
    new iam.PolicyStatement({
      actions: ['ecs:DiscoverPollEndpoint', 'ecr:GetAuthorizationToken', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['*'],
    }),
  ];
}

/**
 * The permission of the ECS agent to drain its own host when EC2 announces an interruption. aws-cdk-lib does not grant it. Without it, the
 * agent only logs a refusal, and tasks run until EC2 stops the host.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-instance-draining-linux-container.html
 */
export function drainingPermission(scope: IConstruct, cluster: ecs.ICluster): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['ecs:UpdateContainerInstancesState'],
    resources: [Stack.of(scope).formatArn({ service: 'ecs', resource: 'container-instance', resourceName: `${cluster.clusterName}/*` })],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
}
