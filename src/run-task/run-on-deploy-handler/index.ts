// What AWS Lambda runs for `runOnDeploy`. The SDK is the one of the Lambda runtime.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/** Properties of the custom resource. */
export interface Properties {
  readonly StateMachineArn: string;
  readonly Input: string;
  readonly Key: string;
}

/** What the provider framework calls the handlers with. */
export interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  readonly OldResourceProperties?: Properties;
  /** What `onEvent` gave. */
  readonly Data?: { readonly ExecutionArn: string };
}

/** Answer of `onEvent`. */
export interface Started {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly ExecutionArn: string };
}

/** Answer of `isComplete`. */
export interface Completion {
  readonly IsComplete: boolean;
}

const sfn = new SFNClient({});

/** Starts an execution, unless the key is as it was, or the stack rolls back or is deleted. */
export async function onEvent(request: Request): Promise<Started> {
  // One id for ever, so that CloudFormation never takes an update for a replacement, and deletes nothing.
  const PhysicalResourceId = request.PhysicalResourceId ?? `${request.LogicalResourceId}-${request.RequestId}`;
  const ExecutionArn = (await isDue(request)) ? await start(request) : '';
  return { PhysicalResourceId, Data: { ExecutionArn } };
}

/** Whether the execution has ended. One that did not succeed is an error, which fails the deployment. */
export async function isComplete({ Data }: Request): Promise<Completion> {
  if (!Data?.ExecutionArn) return { IsComplete: true };
  const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn: Data.ExecutionArn }));
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { IsComplete: false };
  if (status === 'SUCCEEDED') return { IsComplete: true };
  const why = [error, cause].filter(Boolean).join(': ') || 'it gave no reason';
  throw new Error(`The job ended with ${status}, ${why.slice(0, MAX_REASON)} (${Data.ExecutionArn})`);
}

/** CloudFormation takes 4 KiB in all. */
const MAX_REASON = 2000;

async function isDue(request: Request): Promise<boolean> {
  if (request.RequestType === 'Delete') return false;
  if (request.RequestType === 'Update' && request.OldResourceProperties?.Key === request.ResourceProperties.Key) return false;
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: request.StackId }));
  return !/ROLLBACK|DELETE/.test(Stacks?.[0]?.StackStatus ?? '');
}

/** Starts the execution once for a request, also when Lambda calls twice for it. */
async function start({ RequestId, ResourceProperties }: Request): Promise<string> {
  const { StateMachineArn, Input } = ResourceProperties;
  const name = `deploy-${RequestId}`;
  try {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: StateMachineArn, input: Input, name }));
    return executionArn!;
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    return `${StateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}
