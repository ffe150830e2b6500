import * as path from 'path';
import {
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_stepfunctions as sfn,
  CustomResource,
  custom_resources as cr,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { inputOf } from './job-input';
import { RunOnDeployOptions } from './job-start-options';
import { checkDeployOnce, MAX_DEPLOY_WAIT } from './job-start-rules';
import { enforce } from '../rules/rule';

/** What a run on deploy starts, and which resources must exist first. */
export interface RunOnDeployFacts {
  readonly stateMachine: sfn.StateMachine;
  readonly key: string;
  readonly dependsOn: IDependable[];
}

/** Creates the custom resource that runs a job on deploy. */
export function makeRunOnDeploy(scope: Construct, id: string, facts: RunOnDeployFacts, options: RunOnDeployOptions): CustomResource {
  enforce(scope, checkDeployOnce(scope.node.tryFindChild(id) !== undefined));
  const { stateMachine, key, dependsOn } = facts;
  const { waitForEnd = true, overrides } = options;
  const stack = Stack.of(scope);
  const deploy = new Construct(scope, id);
  const logGroup = new logs.LogGroup(deploy, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH });
  const onEventHandler = makeHandler(deploy, 'OnEvent', 'Starts a job at deployment', logGroup);
  stateMachine.grantStartExecution(onEventHandler);
  onEventHandler.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }));
  const isCompleteHandler = waitForEnd ? makeHandler(deploy, 'IsComplete', 'Waits for a job at deployment', logGroup) : undefined;
  if (isCompleteHandler) stateMachine.grantExecution(isCompleteHandler, 'states:DescribeExecution');

  const provider = new cr.Provider(deploy, 'Provider', {
    onEventHandler,
    isCompleteHandler,
    logGroup,
    ...(waitForEnd ? { queryInterval: Duration.seconds(15), totalTimeout: MAX_DEPLOY_WAIT, disableWaiterStateMachineLogging: true } : {}),
  });
  const resource = new CustomResource(deploy, 'Resource', {
    serviceToken: provider.serviceToken,
    resourceType: 'Custom::MlRunTask',
    properties: {
      StateMachineArn: stateMachine.stateMachineArn,
      Input: stack.toJsonString(inputOf(overrides)),
      Key: key,
    },
  });
  resource.node.addDependency(stateMachine, ...dependsOn);
  return resource;
}

function makeHandler(scope: Construct, id: 'OnEvent' | 'IsComplete', description: string, logGroup: logs.ILogGroup): lambda.Function {
  return new lambda.Function(scope, id, {
    code: lambda.Code.fromAsset(path.join(__dirname, 'run-on-deploy-handler'), { exclude: ['*.d.ts'] }),
    handler: `index.${id === 'OnEvent' ? 'onEvent' : 'isComplete'}`,
    runtime: lambda.determineLatestNodeRuntime(scope),
    description,
    timeout: Duration.minutes(1),
    logGroup,
  });
}
