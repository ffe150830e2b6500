// The Lambda functions behind `runOnDeploy`. They use the AWS SDK of the Lambda runtime.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/** Properties of the custom resource. */
export interface Properties {
  readonly StateMachineArn: string;
  readonly Input: string;
  readonly Key: string;
  readonly WaitForEnd: 'true' | 'false';
}

/** The event that the provider framework passes to the handlers. */
export interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  readonly OldResourceProperties?: Properties;
  /** The data that `onEvent` returned. */
  readonly Data?: { readonly ExecutionArn: string };
}

/** The response of `onEvent`. */
export interface Started {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly ExecutionArn: string };
}

/** The response of `isComplete`. */
export interface Completion {
  readonly IsComplete: boolean;
}

const sfn = new SFNClient({});

/** Starts an execution, unless the key is unchanged or the stack is rolling back or being deleted. */
export async function onEvent(request: Request): Promise<Started> {
  // The ID never changes, so that CloudFormation does not treat an update as a replacement and delete the old resource.
  const PhysicalResourceId = request.PhysicalResourceId ?? `${request.LogicalResourceId}-${request.RequestId}`;
  const ExecutionArn = (await isDue(request)) ? await start(request) : '';
  return { PhysicalResourceId, Data: { ExecutionArn } };
}

/** Reports whether the execution has ended. An execution that did not succeed throws an error, which fails the deployment. */
export async function isComplete({ Data, ResourceProperties }: Request): Promise<Completion> {
  if (!Data?.ExecutionArn || ResourceProperties.WaitForEnd === 'false') return { IsComplete: true };
  const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn: Data.ExecutionArn }));
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { IsComplete: false };
  if (status === 'SUCCEEDED') return { IsComplete: true };
  const why = [error, cause].filter(Boolean).join(': ') || 'no reason was given';
  throw new Error(`The job ended with status ${status}: ${why.slice(0, MAX_REASON)} (${Data.ExecutionArn})`);
}

/** Leaves room for the rest of the response, which CloudFormation limits to 4 KiB. */
const MAX_REASON = 2000;

async function isDue(request: Request): Promise<boolean> {
  if (request.RequestType === 'Delete') return false;
  if (request.RequestType === 'Update' && request.OldResourceProperties?.Key === request.ResourceProperties.Key) return false;
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: request.StackId }));
  return !/ROLLBACK|DELETE/.test(Stacks?.[0]?.StackStatus ?? '');
}

/** Starts one execution for each request, even if Lambda invokes the handler twice for the same request. */
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
