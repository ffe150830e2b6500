import { aws_iam as iam, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { HostFailure } from './host-user-data';

/** How many hosts of a group may fail in a row before the group launches no more. */
const HOSTS = 3;

/** How many of the last activities of a group are looked at: launches and ends, also of hosts that fail at the same time. */
const ACTIVITIES = 10;

/**
 * What happens to a host on which user data fails. The host cannot join its cluster, says why on the console log, and terminates itself, so
 * that its group launches another. If earlier hosts ended in the same way, it stops the group from launching more, because each costs its
 * price until it fails.
 *
 * @param groupId the logical id of the group, which is not made yet
 * @see docs/decisions/0014-hosts-that-fail.md
 */
export function hostFailure(pool: IConstruct, role: iam.Role, groupId: () => string): HostFailure {
  const { region, urlSuffix } = Stack.of(pool);
  return {
    commands: failedHostCommands(region, urlSuffix),
    used: () => permissions(pool, groupId).forEach((statement) => role.addToPolicy(statement)),
  };
}

function failedHostCommands(region: string, urlSuffix: string): string[] {
  return [
    'if [ "$exitCode" -ne 0 ]; then',
    '  set +e',
    '  say() { echo "cdk-ecs-ml: $1" >> /dev/console; }',
    '  systemctl mask --now --no-block ecs',
    "  sed -i '/^ECS_CLUSTER=/d' /etc/ecs/ecs.config",
    '  say "User data of this host ended with exit code $exitCode. The host $failure. It does not join its cluster. The end of its log:"',
    '  tail -n 20 /var/log/cloud-init-output.log >> /dev/console',
    ...pauseGroup(region, urlSuffix).map((command) => `  ${command}`),
    '  say "This host terminates itself."',
    '  shutdown -h now',
    'fi',
  ];
}

/** Calls the API without the AWS CLI, which the image for Neuron lacks. */
function pauseGroup(region: string, urlSuffix: string): string[] {
  const imds = 'http://169.254.169.254/latest';
  return [
    `token=$(curl -fsS --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' ${imds}/api/token)`,
    `imds() { curl -fsS --retry 3 -H "X-aws-ec2-metadata-token: $token" "${imds}/meta-data/$1"; }`,
    'role=$(imds iam/security-credentials/)',
    'credentials=$(imds "iam/security-credentials/$role")',
    `credential() { sed -n "s/.*\\"$1\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p" <<< "$credentials"; }`,
    'autoscaling() {',
    `  curl -fsS --retry 3 --max-time 60 --aws-sigv4 "aws:amz:${region}:autoscaling" \\`,
    '    --user "$(credential AccessKeyId):$(credential SecretAccessKey)" -H "x-amz-security-token: $(credential Token)" \\',
    `    -d "Version=2011-01-01&Action=$1" "https://autoscaling.${region}.${urlSuffix}/"`,
    '}',
    'group=$(autoscaling "DescribeAutoScalingInstances&InstanceIds.member.1=$(imds instance-id)" |',
    "  sed -n 's:.*<AutoScalingGroupName>\\(.*\\)</AutoScalingGroupName>.*:\\1:p')",
    'if [ -n "$group" ]; then',
    `  ended=$(autoscaling "DescribeScalingActivities&AutoScalingGroupName=$group&MaxRecords=${ACTIVITIES}" | grep -o 'EC2 health check' | wc -l)`,
    `  if [ "$ended" -ge ${HOSTS - 1} ] && autoscaling "SuspendProcesses&AutoScalingGroupName=$group&ScalingProcesses.member.1=Launch"; then`,
    '    say "Earlier hosts of $group ended like this, so it launches no more hosts. When the cause is gone, run:"',
    '    say "aws autoscaling resume-processes --auto-scaling-group-name $group --scaling-processes Launch"',
    '  fi',
    'fi',
  ];
}

/** A host that fails may read the activities of groups, and stop its own group from launching more hosts. */
function permissions(pool: IConstruct, groupId: () => string): iam.PolicyStatement[] {
  const stack = Stack.of(pool);
  return [
    new iam.PolicyStatement({
      // Both actions support no other resource.
      actions: ['autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeScalingActivities'],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      actions: ['autoscaling:SuspendProcesses'],
      resources: [stack.formatArn({ service: 'autoscaling', resource: 'autoScalingGroup:*:autoScalingGroupName/*' })],
      // By the tags that CloudFormation sets. If the policy named the group, it would be created after the group, and deleted before it.
      conditions: {
        StringEquals: {
          'aws:ResourceTag/aws:cloudformation:stack-id': stack.stackId,
          'aws:ResourceTag/aws:cloudformation:logical-id': Lazy.string({ produce: groupId }),
        },
      },
    }),
  ];
}
