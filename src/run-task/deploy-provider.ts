import * as path from 'path';
import { aws_iam as iam, aws_lambda as lambda, aws_logs as logs, custom_resources as cr, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkDeployMany, MAX_DEPLOY_WAIT } from './job-start-rules';
import { enforce } from '../rules/rule';

/** The construct ID of the provider in its stack. */
const ID = 'MlRunTaskDeployProvider';

/** The provider of the custom resources that run jobs on deploy. All jobs of a stack share one. */
export class DeployProvider extends Construct {
  /** The provider of the stack of a job. */
  public static of(job: Construct): DeployProvider {
    const stack = Stack.of(job);
    return (stack.node.tryFindChild(ID) as DeployProvider | undefined) ?? new DeployProvider(stack);
  }

  public readonly serviceToken: string;

  private readonly role: iam.IRole;
  private readonly logGroup: logs.LogGroup;
  private jobs = 0;

  private constructor(stack: Stack) {
    super(stack, ID);
    this.logGroup = new logs.LogGroup(this, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH });
    this.role = this.makeRole('Role');
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }));
    const provider = new cr.Provider(this, 'Provider', {
      onEventHandler: this.makeHandler('OnEvent', 'Starts jobs at deployment'),
      isCompleteHandler: this.makeHandler('IsComplete', 'Waits for jobs at deployment'),
      frameworkOnEventRole: this.makeRole('FrameworkOnEventRole'),
      frameworkCompleteAndTimeoutRole: this.makeRole('FrameworkCompleteRole'),
      logGroup: this.logGroup,
      queryInterval: Duration.seconds(15),
      totalTimeout: MAX_DEPLOY_WAIT,
      disableWaiterStateMachineLogging: true,
    });
    this.serviceToken = provider.serviceToken;
  }

  /**
   * Lets the provider start and describe executions of a job. Each job has a policy of its own, so that jobs of a stack can depend on each
   * other.
   */
  public allow(scope: Construct, statements: iam.PolicyStatement[]): iam.Policy {
    this.jobs++;
    enforce(scope, checkDeployMany(this.jobs));
    return new iam.Policy(scope, 'Policy', { roles: [this.role], statements });
  }

  /** A role for functions that write to the log group. The one that `lambda.Function` makes can write to all log groups. */
  private makeRole(id: string): iam.Role {
    const role = new iam.Role(this, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    return role;
  }

  private makeHandler(id: 'OnEvent' | 'IsComplete', description: string): lambda.Function {
    return new lambda.Function(this, id, {
      code: lambda.Code.fromAsset(path.join(__dirname, 'run-on-deploy-handler'), { exclude: ['*.d.ts'] }),
      handler: `index.${id === 'OnEvent' ? 'onEvent' : 'isComplete'}`,
      runtime: lambda.determineLatestNodeRuntime(this),
      description,
      timeout: Duration.minutes(1),
      role: this.role,
      logGroup: this.logGroup,
    });
  }
}
