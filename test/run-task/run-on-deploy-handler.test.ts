import { createServer, IncomingMessage, Server } from 'http';
import { AddressInfo } from 'net';
import type * as Handler from '../../src/run-task/run-on-deploy-handler';

const STATE_MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:Train';
const EXECUTION = 'arn:aws:states:us-east-1:111111111111:execution:Train:deploy-11111111-2222-3333-4444-555555555555';

/** A call that the handler made over HTTP. */
interface Asked {
  readonly action: string;
  readonly input: Record<string, string>;
}

let server: Server;
let handler: typeof Handler;
let asked: Asked[];
let stackStatus: string;
/** The responses of Step Functions by action: a result, or an error with its `__type`. */
let answers: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    void readBody(incoming).then((body) => {
      const target = incoming.headers['x-amz-target'] as string | undefined;
      if (!target) {
        asked.push({ action: 'DescribeStacks', input: Object.fromEntries(new URLSearchParams(body)) });
        response.end(stacks(stackStatus));
        return;
      }
      const action = target.split('.')[1];
      asked.push({ action, input: JSON.parse(body) as Record<string, string> });
      const answer = answers[action];
      response.writeHead(answer.__type ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  handler = jest.requireActual<typeof Handler>('../../src/run-task/run-on-deploy-handler');
});

afterAll(() => new Promise((closed) => server.close(closed)));

beforeEach(() => {
  asked = [];
  stackStatus = 'UPDATE_IN_PROGRESS';
  answers = { StartExecution: { executionArn: EXECUTION, startDate: 1 } };
});

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function stacks(status: string): string {
  const stack = `<StackName>Stack</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-21T00:00:00Z</CreationTime>`;
  return (
    '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>' +
    `${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
  );
}

function request(changes: Partial<Handler.Request> = {}): Handler.Request {
  return {
    RequestType: 'Create',
    RequestId: '11111111-2222-3333-4444-555555555555',
    StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Stack/0123',
    LogicalResourceId: 'TrainRunOnDeploy',
    ResourceProperties: properties('task:2'),
    ...changes,
  };
}

function properties(Key: string): Handler.Properties {
  return { StateMachineArn: STATE_MACHINE, Input: '{"count":2}', Key, WaitForEnd: 'true' };
}

const update = (from: string, to: string) =>
  request({
    RequestType: 'Update',
    PhysicalResourceId: 'as-it-was',
    OldResourceProperties: properties(from),
    ResourceProperties: properties(to),
  });

test('a new resource starts an execution with the input, named after the request', async () => {
  expect(await handler.onEvent(request())).toEqual({
    PhysicalResourceId: 'TrainRunOnDeploy-11111111-2222-3333-4444-555555555555',
    Data: { ExecutionArn: EXECUTION },
  });
  expect(asked).toEqual([
    { action: 'DescribeStacks', input: expect.objectContaining({ StackName: request().StackId }) as object },
    {
      action: 'StartExecution',
      input: { stateMachineArn: STATE_MACHINE, input: '{"count":2}', name: 'deploy-11111111-2222-3333-4444-555555555555' },
    },
  ]);
});

test('an update with another key starts one, and stays the same resource', async () => {
  expect(await handler.onEvent(update('task:1', 'task:2'))).toEqual({ PhysicalResourceId: 'as-it-was', Data: { ExecutionArn: EXECUTION } });
});

test('an update with the same key starts nothing, and is complete', async () => {
  const started = await handler.onEvent(update('task:2', 'task:2'));
  expect(started).toEqual({ PhysicalResourceId: 'as-it-was', Data: { ExecutionArn: '' } });
  expect(await handler.isComplete({ ...update('task:2', 'task:2'), ...started })).toEqual({ IsComplete: true });
  expect(asked).toEqual([]);
});

test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'])('a stack in %s starts nothing', async (status) => {
  stackStatus = status;
  expect((await handler.onEvent(update('task:2', 'task:1'))).Data.ExecutionArn).toBe('');
  expect(asked.map(({ action }) => action)).toEqual(['DescribeStacks']);
});

test('a deletion starts nothing', async () => {
  expect((await handler.onEvent(request({ RequestType: 'Delete', PhysicalResourceId: 'as-it-was' }))).Data.ExecutionArn).toBe('');
  expect(asked).toEqual([]);
});

test('a request that comes twice finds the execution of the first time', async () => {
  answers.StartExecution = { __type: 'com.amazonaws.swf.service.v2.model#ExecutionAlreadyExists', message: 'Execution Already Exists' };
  expect((await handler.onEvent(request())).Data.ExecutionArn).toBe(EXECUTION);
});

test('a start that is refused fails the deployment', async () => {
  answers.StartExecution = { __type: 'AccessDeniedException', message: 'not authorized to perform: states:StartExecution' };
  await expect(handler.onEvent(request())).rejects.toThrow('not authorized to perform: states:StartExecution');
});

const running = request({ PhysicalResourceId: 'it', Data: { ExecutionArn: EXECUTION } });
const describe = (status: string, more: object = {}) => {
  answers.DescribeExecution = { executionArn: EXECUTION, stateMachineArn: STATE_MACHINE, status, startDate: 1, ...more };
};

test.each([
  ['RUNNING', false],
  ['PENDING_REDRIVE', false],
  ['SUCCEEDED', true],
])('an execution that is %s is complete: %s', async (status, IsComplete) => {
  describe(status);
  expect(await handler.isComplete(running)).toEqual({ IsComplete });
  expect(asked).toEqual([{ action: 'DescribeExecution', input: { executionArn: EXECUTION } }]);
});

test('an execution that the deployment does not wait for is complete at once', async () => {
  describe('RUNNING');
  const ResourceProperties = { ...properties('task:2'), WaitForEnd: 'false' as const };
  expect(await handler.isComplete({ ...running, ResourceProperties })).toEqual({ IsComplete: true });
  expect(asked).toEqual([]);
});

test('an execution that failed fails the deployment, with its cause', async () => {
  describe('FAILED', {
    error: 'MlRunTask.ProgramFailed',
    cause: 'Container main exited with code 1. Logs: https://console.aws.amazon.com/',
  });
  await expect(handler.isComplete(running)).rejects.toThrow(
    'The job ended with status FAILED: MlRunTask.ProgramFailed: Container main exited with code 1. Logs: https://console.aws.amazon.com/ ' +
      `(${EXECUTION})`,
  );
});

test.each(['TIMED_OUT', 'ABORTED'])('an execution that is %s fails the deployment', async (status) => {
  describe(status);
  await expect(handler.isComplete(running)).rejects.toThrow(`The job ended with status ${status}: no reason was given (${EXECUTION})`);
});

test('a long cause is cut to what CloudFormation takes', async () => {
  describe('FAILED', { error: 'MlRunTask.ProgramFailed', cause: 'x'.repeat(30_000) });
  await expect(handler.isComplete(running)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^.{1000,2200}$/) as string }),
  );
});
