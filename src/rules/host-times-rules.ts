import { Duration } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';

const DRAINING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html';
const BLOCKS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html';

const outlivesDraining = new Rule({
  id: 'job-outlives-draining',
  level: 'warning',
  says: 'A job that may run for more than 48 hours should run on a pool with managed termination protection, because draining keeps a host for at most 48 hours.',
  source: DRAINING,
});

const outlivesHost = new Rule({
  id: 'job-outlives-host',
  level: 'warning',
  says: 'A job on Managed Instances should end within 14 days, because ECS then begins to replace the host.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-patching.html',
});

const outlivesBlock = new Rule({
  id: 'job-outlives-block',
  level: 'warning',
  says: 'A job in a Capacity Block should end before the hosts of the block stop.',
  source: BLOCKS,
});

const blockNotBegun = new Rule({
  id: 'capacity-block-not-begun',
  level: 'warning',
  says: 'A service, or a job that runs at deployment, should not be deployed before its Capacity Block begins.',
  source: BLOCKS,
});

const protectedHosts = new Rule({
  id: 'protected-hosts',
  level: 'warning',
  says: 'The hosts of a pool with managed termination protection must lose their protection before the pool is deleted. The warning says how.',
  source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html',
});

/** The facts about hosts that say how long tasks can run. */
interface Times {
  readonly removesBusyHosts?: boolean;
  readonly replacesHosts?: boolean;
  readonly starts?: Date;
  readonly ends?: Date;
}

const HOURS = 3600;

/** Checks that the hosts of a job last as long as the job may run. */
export function checkJobTimes(timeout: Duration, hosts: Times[]): Finding[] {
  const seconds = timeout.isUnresolved() ? undefined : timeout.toSeconds({ integral: false });
  if (!known(seconds)) return [];
  const got = `\`timeout\` is ${timeout.toHumanString()}`;
  return [
    ...outlivesDraining.when(
      seconds > 48 * HOURS && hosts.some(({ removesBusyHosts }) => removesBusyHosts),
      () =>
        `${got}, but when the pool scales in or replaces a host, ECS waits for tasks for at most 48 hours, and then EC2 terminates the host. Set ` +
        '`enableManagedTerminationProtection` of the pool without `updatePolicy`, or save checkpoints and acknowledge this warning.',
    ),
    ...outlivesHost.when(
      seconds > 14 * 24 * HOURS && hosts.some(({ replacesHosts }) => replacesHosts),
      () =>
        `${got}, but ECS begins to replace a managed host when it is 14 days old, and stops its tasks at most 7 days later. Shorten it, use a ` +
        'pool of EC2 hosts, or save checkpoints and acknowledge this warning.',
    ),
    ...hosts.flatMap(({ starts, ends }) => {
      const left = ends && Math.floor((ends.getTime() - (starts?.getTime() ?? Date.now())) / 1000);
      return outlivesBlock.when(
        left !== undefined && seconds > left,
        () =>
          `${got}, but the hosts of the Capacity Block run for ${hoursOf(left)} only, until ${ends?.toISOString()}. Shorten it, or save checkpoints ` +
          'and acknowledge this warning.',
      );
    }),
  ];
}

function hoursOf(seconds: number = 0): string {
  return `${Math.max(0, Math.floor(seconds / 360) / 10)} hours`;
}

/** Checks that what starts at deployment has hosts then. `what` says what starts, and `instead` what to do. */
export function checkBlockBegun(hosts: Times[], what: string, instead: string): Finding[] {
  const waiting = hosts.flatMap(({ starts }) => (starts && starts.getTime() > Date.now() ? [starts] : []));
  return blockNotBegun.when(
    waiting.length > 0,
    () =>
      `${what}, but its Capacity Block begins at ${waiting[0]?.toISOString()} and has no host before. The deployment waits for it, fails after some ` +
      `hours, and is rolled back. ${instead}`,
  );
}

/** Warns that protected hosts keep a pool from being deleted. */
export function checkProtectedHosts(stackName: string, groupId: string): Finding[] {
  const stack = known(stackName) ? stackName : '<name of the stack>';
  return protectedHosts.when(
    true,
    () =>
      'With `enableManagedTerminationProtection`, CloudFormation cannot delete the Auto Scaling group while hosts are protected. Before you delete ' +
      `the pool, run: GROUP=$(aws cloudformation describe-stack-resource --stack-name ${stack} --logical-resource-id ${groupId} --query ` +
      'StackResourceDetail.PhysicalResourceId --output text); aws autoscaling set-instance-protection --no-protected-from-scale-in ' +
      '--auto-scaling-group-name "$GROUP" --instance-ids $(aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names "$GROUP" ' +
      "--query 'AutoScalingGroups[].Instances[].InstanceId' --output text). Keep the command, then acknowledge this warning.",
  );
}
