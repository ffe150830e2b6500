// The states of a job whose tasks run together. docs/decisions/0010-multi-node-jobs.md explains the design.
import { Token } from 'aws-cdk-lib';
import { JOB_ERRORS } from './job-errors';
import { jsonata, text } from './job-expressions';
import { JobFacts, RETRY_CHOICES, runTaskStates, State, States, WAIT_SECONDS } from './job-states';

/** The port on which nodes connect to the first one: the default of PyTorch. */
const MASTER_PORT = '29500';

/** The facts that determine the state machine of a multi-node job. */
export type NodesFacts = JobFacts & { readonly nodes: number };

const RUN_ID = '$states.context.Execution.Name & "-" & $string($states.input.attempt)';

/** The states that run all nodes, starting with the state `first`. A retry runs all nodes again. */
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
function node(facts: NodesFacts, partition: string, label: string, variables: Record<string, string>): States {
  const all = { JOB_RUN_ID: '$states.input.run', NNODES: text(`${facts.nodes}`), MASTER_PORT: text(MASTER_PORT), ...variables };
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

function firstNode(facts: NodesFacts, partition: string): States {
  return node(facts, partition, 'first node', { NODE_RANK: text('0') });
}

/** The states that wait for the first node to run, find its address, and then run the other nodes. */
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
  // A task without its own network interface has the address of its host.
  const ofHost: Record<string, State> = {
    'Describe container instance': call(
      'ecs:describeContainerInstances',
      { Cluster, ContainerInstances: [jsonata('$states.input.host')] },
      '{"instance": $states.result.ContainerInstances[0].Ec2InstanceId}',
      'Describe instance',
    ),
    'Describe instance': call(
      'ec2:describeInstances',
      { InstanceIds: [jsonata('$states.input.instance')] },
      '{"address": $states.result.Reservations[0].Instances[0].PrivateIpAddress}',
      'Run other nodes',
    ),
  };
  return {
    StartAt: 'Wait for tasks',
    States: {
      'Wait for tasks': { Type: 'Wait', Seconds: 10, Next: 'List tasks' },
      'List tasks': call(
        'ecs:listTasks',
        { Cluster, Family: facts.family, DesiredStatus: 'RUNNING' },
        '{"tasks": [$states.result.TaskArns]}',
        'Tasks found?',
      ),
      'Tasks found?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($states.input.tasks) > 0'), Next: 'Describe tasks' }],
        Default: 'Wait for tasks',
      },
      'Describe tasks': call('ecs:describeTasks', { Cluster, Tasks: jsonata('$states.input.tasks') }, found, 'First node running?'),
      'First node running?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata('$states.input.found'), Next: NetworkConfiguration ? 'Run other nodes' : 'Describe container instance' },
        ],
        Default: 'Wait for tasks',
      },
      ...(NetworkConfiguration ? {} : ofHost),
      'Run other nodes': {
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
          ...node(facts, partition, 'other node', { NODE_RANK: '$string($states.input.rank)', MASTER_ADDR: '$states.input.address' }),
        },
        End: true,
      },
    },
  };
}
