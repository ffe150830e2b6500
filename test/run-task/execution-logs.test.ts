import { aws_logs as logs, aws_stepfunctions as sfn, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { container, EXECUTION, makeJob } from './support';
import { MlRunTaskProps } from '../../src';
import { synth } from '../support';

type Logging = { LoggingConfiguration?: unknown; TracingConfiguration?: unknown };

function loggingOf(props: Partial<MlRunTaskProps> = {}): Logging & { logGroups: Record<string, unknown>[] } {
  const template = synth(makeJob(props).stack, 'AwsSolutions-SF1', 'AwsSolutions-SF2');
  const ofJob = (resources: Record<string, Record<string, unknown>>) =>
    Object.entries(resources)
      .filter(([id]) => id.startsWith('Train'))
      .map(([, resource]) => resource);
  const [machine] = ofJob(template.findResources('AWS::StepFunctions::StateMachine'));
  const named = template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.anyValue() } });
  return { ...(machine.Properties as Logging), logGroups: ofJob(named) };
}

test('by default logs every event without data, where the resource policy of CloudWatch Logs has room, and traces', () => {
  const { LoggingConfiguration, TracingConfiguration, logGroups } = loggingOf();
  expect(LoggingConfiguration).toEqual({
    Destinations: [
      { CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [expect.stringMatching(/^TrainExecutionLogs/) as string, 'Arn'] } } },
    ],
    IncludeExecutionData: false,
    Level: 'ALL',
  });
  expect(TracingConfiguration).toEqual({ Enabled: true });
  expect(logGroups).toMatchObject([
    {
      DeletionPolicy: 'Delete',
      Properties: { LogGroupName: expect.stringMatching(/^\/aws\/vendedlogs\/states\/Stack-Stack-Train-/) as string, RetentionInDays: 30 },
    },
  ]);
});

test('an option alone leaves the others as they are', () => {
  expect(loggingOf({ executionLogs: { level: sfn.LogLevel.ERROR } }).LoggingConfiguration).toMatchObject({
    IncludeExecutionData: false,
    Level: 'ERROR',
  });
  expect(loggingOf({ executionLogs: { includeExecutionData: true } }).LoggingConfiguration).toMatchObject({
    IncludeExecutionData: true,
    Level: 'ALL',
  });
});

test('logs can go to a group of the user', () => {
  const { stack } = makeJob();
  const destination = logs.LogGroup.fromLogGroupName(stack, 'Mine', 'mine');
  const { LoggingConfiguration, logGroups } = loggingOf({ executionLogs: { destination } });
  expect(JSON.stringify(LoggingConfiguration)).toContain(':log-group:mine:*');
  expect(logGroups).toEqual([]);
});

test('logs and traces can be off', () => {
  const { LoggingConfiguration, TracingConfiguration, logGroups } = loggingOf({
    executionLogs: { level: sfn.LogLevel.OFF },
    tracingEnabled: false,
  });
  expect(LoggingConfiguration).toEqual({ Level: 'OFF' });
  expect(TracingConfiguration).toEqual({ Enabled: false });
  expect(logGroups).toEqual([]);
});

test('only the job names the execution', () => {
  const environment = { [EXECUTION.Name]: 'mine' };
  const message =
    /`environment` of (the container|the overrides) must not set JOB_EXECUTION_ARN: The job sets it to the execution that runs the task/;
  expect(() => makeJob({ container: { ...container, environment } })).toThrow(message);
  expect(() => makeJob().job.runTaskCommandWith({ environment })).toThrow(message);
});

test('tags of the job reach its tasks, for cost allocation', () => {
  const { stack, job } = makeJob();
  Tags.of(job).add('project', 'churn');
  const template = synth(stack);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', { Tags: [{ Key: 'project', Value: 'churn' }] });
  expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain(
    '\\"PropagateTags\\": \\"TASK_DEFINITION\\"',
  );
});
