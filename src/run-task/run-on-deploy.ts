import { ArnFormat, aws_iam as iam, aws_stepfunctions as sfn, CustomResource, Stack } from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { DeployProvider } from './deploy-provider';
import { inputOf } from './job-input';
import { RunOnDeployOptions } from './job-start-options';
import { checkDeployOnce } from './job-start-rules';
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
  const provider = DeployProvider.of(scope);
  const deploy = new Construct(scope, id);
  const policy = provider.allow(deploy, [
    new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
    ...(waitForEnd ? [new iam.PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsOf(stateMachine)] })] : []),
  ]);
  const resource = new CustomResource(deploy, 'Run', {
    serviceToken: provider.serviceToken,
    resourceType: 'Custom::MlRunTask',
    properties: {
      StateMachineArn: stateMachine.stateMachineArn,
      Input: Stack.of(scope).toJsonString(inputOf(overrides)),
      Key: key,
      WaitForEnd: `${waitForEnd}`,
    },
  });
  resource.node.addDependency(stateMachine, policy, ...dependsOn);
  return resource;
}

function executionsOf(stateMachine: sfn.StateMachine): string {
  const { stack, stateMachineName } = stateMachine;
  return stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
