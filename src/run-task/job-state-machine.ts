import { aws_logs as logs, aws_stepfunctions as sfn, Aws, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { jobDefinition } from './job-definition';
import { InputField, logLink, text } from './job-expressions';
import { MAX_COUNT } from './job-override-rules';
import { findNodePermissions, runTaskPermissions } from './job-role';
import { JobSetup, memoryOverride, ownedVariables, placementConstraintsOf } from './job-setup';
import { memoryRange } from './job-size';
import { clusterAssociation } from '../capacity/cluster-membership';
import { plannerOf } from '../capacity/task-planner';

/** Properties of the state machine of a job. */
export interface JobStateMachineProps extends JobSetup {
  readonly retries: number;
  readonly programRetries: number;
}

/** Creates the state machine of a job under `scope`. */
export function makeJobStateMachine(scope: Construct, props: JobStateMachineProps): sfn.StateMachine {
  const { capacity, task, timeout } = props;
  const stack = Stack.of(scope);
  const definition = jobDefinition(
    {
      runTask: runTaskArguments(props),
      overrides: { container: task.container.containerName, memoryOf: memoryOverride(props) },
      family: task.taskDefinition.family,
      nodes: props.nodes,
      input: inputFields(props),
      count: props.count,
      retries: { platform: props.retries, program: props.programRetries },
      log: task.logGroup && logAddress(task.logGroup, task.container.containerName),
      timeout: timeout.toSeconds(),
    },
    Aws.PARTITION,
  );
  const stateMachine = new sfn.StateMachine(scope, 'StateMachine', {
    definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(definition, 2)),
  });
  const statements = [
    ...runTaskPermissions(scope, capacity.cluster, task.taskDefinition),
    ...(props.nodes === undefined ? [] : findNodePermissions(scope, capacity.cluster, props.network)),
  ];
  for (const statement of statements) stateMachine.addToRolePolicy(statement);
  stateMachine.node.addDependency(clusterAssociation(capacity, capacity.cluster));
  return stateMachine;
}

/**
 * The arguments of `RunTask` in the format of Step Functions. They have no launch type, because capacity does not scale out for a task with
 * one.
 */
function runTaskArguments(props: JobStateMachineProps): Record<string, unknown> {
  const { capacity, task, network, enableExecuteCommand } = props;
  const constraints = placementConstraintsOf(props);
  return {
    Cluster: capacity.cluster.clusterArn,
    TaskDefinition: task.taskDefinition.taskDefinitionArn,
    CapacityProviderStrategy: capacity.capacityProviderStrategies.map(({ capacityProvider, weight, base }) => ({
      CapacityProvider: capacityProvider,
      Weight: weight,
      Base: base,
    })),
    PlacementConstraints:
      constraints.length > 0 ? constraints.map(({ type, expression }) => ({ Type: type, Expression: expression })) : undefined,
    NetworkConfiguration: network.awsVpc && {
      AwsvpcConfiguration: {
        Subnets: network.awsVpc.subnets,
        SecurityGroups: network.awsVpc.securityGroups,
        AssignPublicIp: network.awsVpc.assignPublicIp,
      },
    },
    EnableECSManagedTags: true,
    PropagateTags: 'TASK_DEFINITION',
    EnableExecuteCommand: enableExecuteCommand,
  };
}

function inputFields(props: JobSetup): InputField[] {
  const { capacity, nodes } = props;
  const owned = Object.keys(ownedVariables(props));
  const number = (name: string, from: number | string, to?: number | string): InputField => ({
    name,
    isFine: `$type($value) = "number" and $value = $floor($value) and $value >= ${from}${to === undefined ? '' : ` and $value <= ${to}`}`,
    mustBe: `a whole number${to === undefined ? `, ${from} or more` : ` from ${from} to ${to}`}`,
  });
  const texts = '$count($filter($texts, function($one) { $type($one) != "string" })) = 0';
  const limits = plannerOf(capacity).overrideLimits;
  return [
    {
      name: 'command',
      isFine: `$type($value) = "array" and $count($value) > 0 and ($texts := $value; ${texts})`,
      mustBe: 'a non-empty list of strings, the program and its arguments',
    },
    {
      name: 'environment',
      isFine: `$type($value) = "object" and ($texts := $each($value, function($one) { $one }); ${texts})${noneOf(owned)}`,
      mustBe: `an object whose values are strings${owned.length > 0 ? `, without ${owned.join(', ')}, which the job or its capacity sets` : ''}`,
    },
    // A capacity that limits overrides sets the cpu units itself.
    ...(limits ? [] : [number('cpu', 1)]),
    // Containers that are added to the task later leave less memory.
    number(
      'memory',
      late(() => memoryRange(props).least),
      limits?.memory && late(() => memoryRange(props).most),
    ),
    // Nodes always run together.
    ...(nodes === undefined ? [number('count', 1, MAX_COUNT)] : []),
  ];
}

/** A number that is only known when the state machine is rendered, as text. */
function late(value: () => number | undefined): string {
  return Lazy.string({ produce: () => String(value()) });
}

/** A JSONata condition that an object has none of the fields. */
function noneOf(names: string[]): string {
  return names.length === 0 ? '' : ` and $count($keys($value)[$ in [${names.map(text).join(', ')}]]) = 0`;
}

/** A JSONata expression for the console URL of a task's log. */
function logAddress(logGroup: logs.ILogGroup, container: string): string {
  return logLink({ region: Aws.REGION, logGroup: logGroup.logGroupName, container });
}
