/**
 * Fails if the deletion of a stack has left something behind: a resource that was retained, or a host that still runs.
 *
 *     npx tsx scripts/integ-left.ts NeuronSharedPool us-west-2
 */
import { CloudFormationClient, paginateListStackResources, paginateListStacks } from '@aws-sdk/client-cloudformation';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';

const GONE = 'DELETE_COMPLETE';

const [stackName, region] = process.argv.slice(2);

/** The id of the stack of that name that was deleted last. CloudFormation lists deleted stacks for 90 days, the newest first. */
async function deletedStack(client: CloudFormationClient): Promise<string> {
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, { StackStatusFilter: [GONE] })) {
    const found = StackSummaries.find((stack) => stack.StackName === stackName);
    if (found) return found.StackId!;
  }
  throw new Error(`CloudFormation has deleted no stack called ${stackName} in ${region}`);
}

async function retained(): Promise<string[]> {
  const client = new CloudFormationClient({ region });
  const left: string[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: await deletedStack(client) })) {
    for (const { LogicalResourceId, ResourceStatus, ResourceType } of StackResourceSummaries) {
      if (ResourceStatus !== GONE) left.push(`${LogicalResourceId} (${ResourceType}): ${ResourceStatus}`);
    }
  }
  return left;
}

async function running(): Promise<string[]> {
  const client = new EC2Client({ region });
  const filters = [
    { Name: 'tag:cdk-ecs-ml-integ', Values: [stackName] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ];
  const left: string[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters: filters })) {
    left.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map((host) => `${host.InstanceId}: ${host.State?.Name}`)));
  }
  return left;
}

async function main(): Promise<void> {
  const left = [...(await retained()), ...(await running())];
  if (left.length > 0) throw new Error(`The stack ${stackName} has left behind:\n${left.join('\n')}`);
  console.log(`${stackName}: nothing is left`);
}

void main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
