// The states of a job whose tasks run together. docs/decisions/0010-multi-node-jobs.md says why they are as they are.
import { Token } from 'aws-cdk-lib';
import { JOB_ERRORS } from './job-errors';
import { jsonata, text } from './job-expressions';
import { JobFacts, mayRetry, runTaskStates, State, States, WAIT_SECONDS } from './job-states';

/** The port that nodes meet at: what PyTorch takes unless told otherwise. */
const MASTER_PORT = '29500';

/** What a job of several nodes is made from. */
export type NodesFacts = JobFacts & { readonly nodes: number };

const RUN_ID = '$states.context.Execution.Name & "-" & $string($states.input.attempt)';

/** The states that run all nodes, named so that `first` is the one to begin with; all of them again while new attempts are left. */
export function nodeStates(first: string, facts: NodesFacts, partition: string): Record<string, State> {
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
      // When a branch fails, Step Functions stops the tasks of the other one.
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Output: jsonata(
            `$merge([$states.input, {"kind": $states.errorOutput.Error, "message": $states.errorOutput.Cause, "blame": ${blamed}}])`,
          ),
          Next: 'What now?',
        },
      ],
      Output: { tasks: jsonata('$append([$states.result[0]], $states.result[1])') },
      End: true,
    },
    'What now?': {
      Type: 'Choice',
      Choices: [
        { Condition: mayRetry('platform'), Next: 'Wait' },
        { Condition: mayRetry('program'), Next: 'Wait' },
      ],
      Default: 'Fail',
    },
    Wait: {
      Type: 'Wait',
      Seconds: WAIT_SECONDS,
      Output: jsonata('$merge([$states.input, {"attempt": $states.input.attempt + 1}])'),
      Next: 'Run nodes',
    },
    Fail: { Type: 'Fail', Error: jsonata('$states.input.kind'), Cause: jsonata('$states.input.message') },
  };
}

/** Runs a task once, which has these variables beside those that every node has. State names are unique, so `of` tells them apart. */
function node(facts: NodesFacts, partition: string, of: string, variables: Record<string, string>): States {
  const all = { JOB_RUN_ID: '$states.input.run', NNODES: text(`${facts.nodes}`), MASTER_PORT: text(MASTER_PORT), ...variables };
  const list = Object.entries(all).map(([name, value]) => `{"Name": ${text(name)}, "Value": ${value}}`);
  const withVariables = { ...facts, overrides: { ...facts.overrides, variables: `[${list.join(', ')}]` } };
  return renamed(of, {
    StartAt: 'Run task',
    States: {
      ...runTaskStates(withVariables, partition, 'Did it?'),
      'Did it?': { Type: 'Choice', Choices: [{ Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' }], Default: 'Fail' },
    },
  });
}

/** States with ` of …` in their names. */
function renamed(of: string, machine: States): States {
  const name = (state: string) => `${state} of ${of}`;
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

function firstNode(facts: NodesFacts, partition: string): States {
  return node(facts, partition, 'the first node', { NODE_RANK: text('0') });
}

/** Looks for the address of the first node until it runs, then runs the others. */
function otherNodes(facts: NodesFacts, partition: string): States {
  const { Cluster, NetworkConfiguration } = facts.runTask;
  const call = (action: string, args: Record<string, unknown>, output: string, next: string): State => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::aws-sdk:${action}`,
    Arguments: args,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 }],
    Output: jsonata(`$merge([$states.input, ${output}])`),
    Next: next,
  });
  const found = `(
    $run := $states.input.run;
    $first := $states.result.Tasks[LastStatus = "RUNNING" and $count(Overrides.ContainerOverrides.Environment[Name = "JOB_RUN_ID" and Value = $run]) > 0];
    $address := $first.Containers.NetworkInterfaces.PrivateIpv4Address;
    $merge([{"found": $exists($first)}, $exists($address) ? {"address": [$address][0]} : {}, $exists($first.ContainerInstanceArn) ? {"host": $first.ContainerInstanceArn} : {}])
  )`;
  // Tasks without a network interface of their own have the address of their host.
  const ofHost: Record<string, State> = {
    'Ask for the host': call(
      'ecs:describeContainerInstances',
      { Cluster, ContainerInstances: [jsonata('$states.input.host')] },
      '{"instance": $states.result.ContainerInstances[0].Ec2InstanceId}',
      'Ask for its address',
    ),
    'Ask for its address': call(
      'ec2:describeInstances',
      { InstanceIds: [jsonata('$states.input.instance')] },
      '{"address": $states.result.Reservations[0].Instances[0].PrivateIpAddress}',
      'Run the others',
    ),
  };
  return {
    StartAt: 'Give it time',
    States: {
      'Give it time': { Type: 'Wait', Seconds: 10, Next: 'List tasks' },
      'List tasks': call(
        'ecs:listTasks',
        { Cluster, Family: facts.family, DesiredStatus: 'RUNNING' },
        '{"tasks": [$states.result.TaskArns]}',
        'Are there any?',
      ),
      'Are there any?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($states.input.tasks) > 0'), Next: 'Describe tasks' }],
        Default: 'Give it time',
      },
      'Describe tasks': call('ecs:describeTasks', { Cluster, Tasks: jsonata('$states.input.tasks') }, found, 'Is the first running?'),
      'Is the first running?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$states.input.found'), Next: NetworkConfiguration ? 'Run the others' : 'Ask for the host' }],
        Default: 'Give it time',
      },
      ...(NetworkConfiguration ? {} : ofHost),
      'Run the others': {
        Type: 'Map',
        Items: jsonata(`[1..${facts.nodes - 1}]`),
        ItemSelector: {
          input: jsonata('$states.input.input'),
          attempt: jsonata('$states.input.attempt'),
          run: jsonata('$states.input.run'),
          address: jsonata('$states.input.address'),
          rank: jsonata('$states.context.Map.Item.Value'),
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          ...node(facts, partition, 'another node', { NODE_RANK: '$string($states.input.rank)', MASTER_ADDR: '$states.input.address' }),
        },
        End: true,
      },
    },
  };
}
