// The states of a job whose tasks run together. docs/decisions/0010-multi-node-jobs.md explains the design.
import { Token } from 'aws-cdk-lib';
import { JOB_ERRORS } from './job-errors';
import { jsonata, text } from './job-expressions';
import { runKey, RUN_VARIABLE } from './job-meeting-states';
import { firstNodeGroup } from './job-setup';
import { JobFacts, NodesFacts, RETRY_CHOICES, runTaskStates, State, States, WAIT_SECONDS } from './job-states';

/** The port on which nodes connect to the first one: the default of PyTorch. */
const MASTER_PORT = '29500';

/** The facts that determine the state machine of a multi-node job. */
type Facts = JobFacts & { readonly nodes: NodesFacts };

const RUN_ID = '$states.context.Execution.Name & "-" & $string($states.input.attempt)';

/** The states that run all nodes, starting with the state `first`. A retry runs all nodes again. */
export function nodeStates(first: string, facts: Facts, partition: string): Record<string, State> {
  const { noCapacity, interrupted, failed } = JOB_ERRORS;
  const blamed = `$states.errorOutput.Error in [${text(noCapacity)}, ${text(interrupted)}] ? "platform" : $states.errorOutput.Error = ${text(failed)} ? "program" : "nothing"`;
  return {
    [first]: {
      Type: 'Pass',
      Output: { input: jsonata('$states.input.input'), retries: facts.retries, attempt: 1 },
      Next: 'Run nodes',
    },
    'Run nodes': {
      Type: 'Parallel',
      Arguments: { input: jsonata('$states.input.input'), attempt: jsonata('$states.input.attempt'), run: jsonata(RUN_ID) },
      Branches: [firstNode(facts, partition), otherNodes(facts, partition)],
      // When one branch fails, Step Functions stops the tasks of the other branch.
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Output: jsonata(
            `$merge([$states.input, {"kind": $states.errorOutput.Error, "message": $states.errorOutput.Cause, "blame": ${blamed}}])`,
          ),
          Next: 'Retry?',
        },
      ],
      Output: { tasks: jsonata('$append([$states.result[0]], $states.result[1])') },
      End: true,
    },
    'Retry?': {
      Type: 'Choice',
      Choices: RETRY_CHOICES,
      Default: 'Fail',
    },
    'Wait before retry': {
      Type: 'Wait',
      Seconds: WAIT_SECONDS,
      Output: jsonata('$merge([$states.input, {"attempt": $states.input.attempt + 1}])'),
      Next: 'Run nodes',
    },
    Fail: { Type: 'Fail', Error: jsonata('$states.input.kind'), Cause: jsonata('$states.input.message') },
  };
}

/** The states that run one node, with `variables` in addition to those of every node. The label keeps the names of states unique. */
function node(facts: Facts, partition: string, label: string, variables: Record<string, string>): States {
  const all = { [RUN_VARIABLE]: '$states.input.run', NNODES: text(`${facts.nodes.count}`), MASTER_PORT: text(MASTER_PORT), ...variables };
  const list = Object.entries(all).map(([name, value]) => `{"Name": ${text(name)}, "Value": ${value}}`);
  const withVariables = { ...facts, overrides: { ...facts.overrides, variables: `[${list.join(', ')}]` } };
  return labeled(label, {
    StartAt: 'Run task',
    States: {
      ...runTaskStates(withVariables, partition, 'Task succeeded?'),
      'Task succeeded?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' }],
        Default: 'Fail',
      },
    },
  });
}

/** The same states, with the label in their names. */
function labeled(label: string, machine: States): States {
  const name = (state: string) => `${state} (${label})`;
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'Next' || key === 'Default' ? name(inner as string) : follow(inner)]),
    );
  };
  const states = Object.entries(machine.States).map(([state, body]) => [name(state), follow(body) as State] as const);
  return { StartAt: name(machine.StartAt), States: Object.fromEntries(states) };
}

function firstNode(facts: Facts, partition: string): States {
  const runTask = { ...facts.runTask, Group: firstNodeGroup(facts.runTask.Group as string) };
  return node({ ...facts, runTask }, partition, 'first node', { NODE_RANK: text('0') });
}

/** The states that wait until the first node runs and its address is known, and then run the other nodes. */
function otherNodes(facts: Facts, partition: string): States {
  const { noCapacity } = JOB_ERRORS;
  const item = {
    Run: { S: jsonata(runKey('$states.context.Execution.Id', '$states.input.run')) },
    Token: { S: jsonata('$states.context.Task.Token') },
    Expires: { N: jsonata(`$string($floor($millis() / 1000) + ${facts.nodes.seconds})`) },
  };
  return {
    StartAt: 'Wait for first node',
    States: {
      'Wait for first node': {
        Type: 'Task',
        Resource: `arn:${partition}:states:::aws-sdk:dynamodb:putItem.waitForTaskToken`,
        Arguments: { TableName: facts.nodes.table, Item: item },
        TimeoutSeconds: facts.nodes.seconds,
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'First node missing' }],
        Output: jsonata('$merge([$states.input, {"address": $states.result.address}])'),
        Next: 'Run other nodes',
      },
      'First node missing': {
        Type: 'Fail',
        Error: noCapacity,
        Cause: `The first node did not run within ${facts.nodes.seconds} seconds.`,
      },
      'Run other nodes': {
        Type: 'Map',
        Items: jsonata(`[1..${facts.nodes.count - 1}]`),
        ItemSelector: {
          input: jsonata('$states.input.input'),
          attempt: jsonata('$states.input.attempt'),
          run: jsonata('$states.input.run'),
          address: jsonata('$states.input.address'),
          rank: jsonata('$states.context.Map.Item.Value'),
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          ...node(facts, partition, 'other node', { NODE_RANK: '$string($states.input.rank)', MASTER_ADDR: '$states.input.address' }),
        },
        End: true,
      },
    },
  };
}
