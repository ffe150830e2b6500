import { aws_logs as logs, aws_stepfunctions as sfn, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * CloudWatch Logs limits the size of the resource policy to which Step Functions adds each log group. Names with this prefix share an entry.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
const PREFIX = '/aws/vendedlogs/states';

/** The options of a state machine's logs: every event, without data that could hold a secret, unless the user says otherwise. */
export function executionLogs(scope: Construct, options: sfn.LogOptions = {}): sfn.LogOptions {
  const { level = sfn.LogLevel.ALL, includeExecutionData = false } = options;
  if (level === sfn.LogLevel.OFF) return { level };
  return { level, includeExecutionData, destination: options.destination ?? makeLogGroup(scope) };
}

function makeLogGroup(scope: Construct): logs.LogGroup {
  return new logs.LogGroup(scope, 'ExecutionLogs', {
    logGroupName: `${PREFIX}/${Stack.of(scope).stackName}-${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}`,
    retention: logs.RetentionDays.ONE_MONTH,
    // A log group with a name that stays would fail the next deployment of the stack.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
