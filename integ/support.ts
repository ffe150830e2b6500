/** What the apps have in common: a container that runs anywhere, and what is asserted when they run on an account. */
import { ExpectedResult, IApiCall, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_stepfunctions as sfn, Duration, RemovalPolicies, Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** A Region that has all instance types of the apps. */
const REGION = 'us-west-2';

/** The longest time that CloudFormation waits for an assertion, which is a custom resource. */
const LONGEST = { totalTimeout: Duration.minutes(55), interval: Duration.seconds(20) };

/** An app whose assertions refer to its stack by exports, as they always did. Without the setting, aws-cdk-lib warns. */
export function newApp(): App {
  return new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
}

/** Leaves out the custom resource for the default security group, whose code would be in the snapshot. One NAT gateway is enough here. */
export function makeVpc(scope: Construct): ec2.Vpc {
  return new ec2.Vpc(scope, 'Vpc', { restrictDefaultSecurityGroup: false, natGateways: 1 });
}

/** A web server in a small public image, that ends at once if the host has given it no device. No model is needed. */
export function webServer(devices = '/dev/neuron*'): ecs.ContainerDefinitionOptions {
  return {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.13'),
    command: ['sh', '-c', `ls ${devices} && exec python -m http.server 8080`],
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/'] },
  };
}

/** A service of the app. */
interface ServiceFacts {
  readonly cluster: ecs.ICluster;
  readonly service: ecs.BaseService;
}

/**
 * The proof that an app works, on a real account: assertions that run one after the other, after the stacks are deployed. CloudFormation
 * has then already waited for each service to be steady, so that most of them end quickly.
 */
export class Proof {
  private readonly test: IntegTest;
  private last?: IApiCall;

  constructor(app: App, stack: Stack) {
    // Nothing of a test is worth keeping, and what stays behind is found by this tag.
    RemovalPolicies.of(stack).destroy();
    Tags.of(stack).add('cdk-ecs-ml-integ', stack.stackName);
    this.test = new IntegTest(app, 'Integ', {
      testCases: [stack],
      regions: [REGION],
      // Runs in the folder of this file. Fails if the deletion of the stack has left anything behind.
      hooks: { postDestroy: [`npx tsx ../scripts/integ-left.ts ${stack.stackName} ${REGION}`] },
      // The snapshot has not been deployed by anyone, so that there is nothing to update from.
      stackUpdateWorkflow: false,
    });
  }

  /** The deployment of a service is complete, and all of its tasks run. */
  public isSteady({ cluster, service }: ServiceFacts, desiredCount: number): this {
    const parameters = { cluster: cluster.clusterName, services: [service.serviceName] };
    this.waits('ECS', 'describeServices', parameters, 'services.0.deployments.0.rolloutState', ExpectedResult.exact('COMPLETED'));
    this.waits('ECS', 'describeServices', parameters, 'services.0.runningCount', ExpectedResult.exact(desiredCount));
    return this;
  }

  /** The only host of a cluster runs so many tasks at once. */
  public runsOnOneHost(cluster: ecs.ICluster, tasks: number): this {
    const hosts = this.then(this.test.assertions.awsApiCall('ECS', 'listContainerInstances', { cluster: cluster.clusterName }));
    const containerInstances = [hosts.getAttString('containerInstanceArns.0')];
    const parameters = { cluster: cluster.clusterName, containerInstances };
    this.waits('ECS', 'describeContainerInstances', parameters, 'containerInstances.0.runningTasksCount', ExpectedResult.exact(tasks));
    return this;
  }

  /** A rolling update completes, and is not rolled back. */
  public rolls(facts: ServiceFacts, desiredCount: number): this {
    const [cluster, service] = [facts.cluster.clusterName, facts.service.serviceName];
    const update = this.then(this.test.assertions.awsApiCall('ECS', 'updateService', { cluster, service, forceNewDeployment: true }));
    const deployment = update.getAttString('service.deployments.0.id');
    this.isSteady(facts, desiredCount);
    // After a rollback another deployment would be the first one.
    const described = this.test.assertions.awsApiCall('ECS', 'describeServices', { cluster, services: [service] });
    this.then(described).assertAtPath('services.0.deployments.0.id', ExpectedResult.exact(deployment));
    return this;
  }

  /** An execution of a job succeeds. */
  public succeeds(job: { readonly stateMachine: sfn.IStateMachine }, input: object = {}): this {
    this.waits('SFN', 'describeExecution', this.start(job, input), 'status', ExpectedResult.exact('SUCCEEDED'));
    return this;
  }

  /** An execution of a job fails, with an error and a cause that matches. */
  public fails(job: { readonly stateMachine: sfn.IStateMachine }, input: object, error: string, cause: string): this {
    const execution = this.start(job, input);
    this.waits('SFN', 'describeExecution', execution, 'status', ExpectedResult.exact('FAILED'));
    this.waits('SFN', 'describeExecution', execution, 'error', ExpectedResult.exact(error));
    this.waits('SFN', 'describeExecution', execution, 'cause', ExpectedResult.stringLikeRegexp(cause));
    return this;
  }

  private start({ stateMachine }: { readonly stateMachine: sfn.IStateMachine }, input: object): object {
    const parameters = { stateMachineArn: stateMachine.stateMachineArn, input: JSON.stringify(input) };
    const execution = this.then(this.test.assertions.awsApiCall('SFN', 'startExecution', parameters));
    return { executionArn: execution.getAttString('executionArn') };
  }

  /** Calls an API until its answer has a value at a path. Only that value is returned, because an answer may have only 4 KB. */
  private waits(service: string, api: string, parameters: object, path: string, expected: ExpectedResult): void {
    this.then(this.test.assertions.awsApiCall(service, api, parameters).assertAtPath(path, expected).waitForAssertions(LONGEST));
  }

  private then<T extends IApiCall>(call: T): T {
    this.last?.next(call);
    this.last = call;
    return call;
  }
}
