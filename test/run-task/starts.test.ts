import {
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  CfnParameter,
  Duration,
  Size,
  TimeZone,
} from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { container, makeJob } from './support';
import { FargateCapacity, JobOverrides, MlRunTask } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { execute } from '../support/asl';
import { deployed, stateMachineOf } from '../support/state-machine';

/** Findings about the queues and topics that a test creates. */
const OF_TESTS = ['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'AwsSolutions-SNS3'];

/** Findings about the custom resource with which aws-cdk-lib turns on the events of a bucket. */
const BUCKET_NOTIFICATIONS = ['AwsSolutions-IAM4', 'AwsSolutions-IAM5', 'AwsSolutions-L1'];

/** Findings about the state machines that a test creates. */
const OF_FLOWS = ['AwsSolutions-IAM5', 'AwsSolutions-SF1', 'AwsSolutions-SF2'];

const nightly = scheduler.ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN });

/** What a schedule asks Step Functions for. */
function requestOf(template: ReturnType<typeof synth>): Record<string, string> {
  const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
  return JSON.parse(deployed((schedule.Properties as { Target: { Input: unknown } }).Target.Input) as string) as Record<string, string>;
}

describe('schedule', () => {
  test('names its executions after itself, in characters that Step Functions takes, and describes itself', () => {
    const { stack, job } = makeJob();
    const token = new CfnParameter(stack, 'Epochs').valueAsString;
    job.schedule('Nightly retraining (Berlin) of the small and of the large model', {
      schedule: nightly,
      overrides: { environment: { EPOCHS: token, AT: '<aws.scheduler.scheduled-time>' } },
    });
    const template = synth(stack);
    expect(requestOf(template)).toMatchObject({
      Name: 'Nightly-retraining-Berlin-of-the-small-a-<aws.scheduler.execution-id>',
      Input: '{"environment":{"EPOCHS":"Epochs","AT":"<aws.scheduler.scheduled-time>"}}',
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { Description: 'Runs Stack/Train' });
  });

  test('starts the state machine, in a time zone, within a window, with new attempts and a dead-letter queue', () => {
    const { stack, job } = makeJob();
    job.schedule('Nightly', {
      schedule: nightly,
      flexibleWindow: Duration.minutes(15),
      retryAttempts: 3,
      maxEventAge: Duration.hours(2),
      deadLetterQueue: new sqs.Queue(stack, 'Lost'),
      overrides: {
        command: ['python', 'train.py', '--layers', '64,32'],
        environment: { EPOCHS: '3' },
        memory: Size.gibibytes(8),
        count: 2,
      },
    });
    const template = synth(stack, ...OF_TESTS);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:sfn:startExecution']] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Lost'), 'Arn'] } },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 },
      },
    });
    expect(requestOf(template)).toEqual({
      StateMachineArn: expect.stringMatching(/^TrainStateMachine/) as string,
      Name: 'Nightly-<aws.scheduler.execution-id>',
      Input: JSON.stringify({
        command: ['python', 'train.py', '--layers', '64,32'],
        environment: { EPOCHS: '3' },
        memory: 8192,
        count: 2,
      }),
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^SchedulerRole') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 'states:StartExecution', Effect: 'Allow', Resource: stack.resolve(job.stateMachine.stateMachineArn) as object },
        ]),
      },
    });
  });

  test('is on time, for a day, and may be off', () => {
    const { stack, job } = makeJob();
    job.schedule('Nightly', { schedule: nightly, enabled: false, description: 'Retrains every night' });
    synth(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'DISABLED',
      Description: 'Retrains every night',
      Target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400 } },
    });
  });

  test.each<[string, object, RegExp]>([
    ['flexibleWindow', { flexibleWindow: Duration.hours(25) }, /1440/],
    ['retryAttempts', { retryAttempts: 186 }, /185/],
    ['maxEventAge', { maxEventAge: Duration.seconds(59) }, /60|1 minute/],
    ['overrides', { overrides: { count: 41 } }, /`count` must be at most 40, got: 41/],
  ])('%s beyond its limit is an error', (_, options, message) => {
    const { job } = makeJob();
    expect(() => job.schedule('Nightly', { schedule: nightly, ...options })).toThrow(message);
  });
});

describe('onObjectCreated', () => {
  const patternOf = (options?: { prefix?: string; suffix?: string }) => {
    const { stack, job } = makeJob();
    job.onObjectCreated('Uploads', new s3.Bucket(stack, 'Uploads', { eventBridgeEnabled: true }), options);
    const rules = synth(stack, ...BUCKET_NOTIFICATIONS, 'AwsSolutions-S1', 'AwsSolutions-S10').findResources('AWS::Events::Rule');
    return Object.entries(rules).find(([id]) => id.startsWith('TrainUploads'))![1].Properties;
  };

  test('starts a run for each object, with its bucket and key', () => {
    const { EventPattern, Targets } = patternOf();
    expect(EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: expect.stringMatching(/^Uploads/) as string }] } },
    });
    expect(Targets[0].InputTransformer).toEqual({
      InputPathsMap: { 'detail-bucket-name': '$.detail.bucket.name', 'detail-object-key': '$.detail.object.key' },
      InputTemplate: '{"environment":{"INPUT_BUCKET":<detail-bucket-name>,"INPUT_KEY":<detail-object-key>}}',
    });
  });

  test.each([
    [{ prefix: 'in/' }, [{ prefix: 'in/' }]],
    [{ suffix: '.csv' }, [{ suffix: '.csv' }]],
    [{ prefix: 'in/', suffix: '.csv' }, [{ wildcard: 'in/*.csv' }]],
    [{ prefix: 'a*b\\', suffix: '.csv' }, [{ wildcard: 'a\\*b\\\\*.csv' }]],
  ])('%j', (options, key) => {
    expect(patternOf(options).EventPattern.detail.object).toEqual({ key });
  });

  test.each<[string, JobOverrides, string]>([
    ['a command', { command: ['sed', 's/<b>//'] }, '`command` of the overrides contains <b>'],
    ['a variable', { environment: { PATTERN: 'in/<detail-object-key>' } }, '`environment` of the overrides contains <detail-object-key>'],
    [
      'text beside a field of the event',
      { command: [`<x.y> ${events.EventField.fromPath('$.detail.object.size')}`] },
      '`command` of the overrides contains <x.y>',
    ],
  ])('refuses %s with a name in angle brackets, which EventBridge would replace', (_what, overrides, message) => {
    const { stack, job } = makeJob();
    expect(() => job.onObjectCreated('Uploads', new s3.Bucket(stack, 'Uploads'), { overrides })).toThrow(
      `Stack/Train: ${message}, which EventBridge takes for a variable of the event. Put the text into \`command\` or \`environment\` of the container of ` +
        'the job, or into a script in its image. For a field of the event, use `events.EventField.fromPath()`. [cdk-ecs-ml:job-event-placeholder]',
    );
  });

  test('accepts text with a bracket, and a variable that EventBridge defines', () => {
    const { stack, job } = makeJob();
    const overrides = { command: ['sh', '-c', 'test 1 < 2 && cat <in >out'], environment: { RULE: '<aws.events.rule-name>' } };
    expect(() => job.onObjectCreated('Uploads', new s3.Bucket(stack, 'Uploads'), { overrides })).not.toThrow();
  });

  test('lets the job read what it is started for, and takes more from the event', () => {
    const { stack, job } = makeJob();
    const bucket = s3.Bucket.fromBucketName(stack, 'Imported', 'uploads-of-ours');
    job.onObjectCreated('Uploads', bucket, {
      prefix: 'in/',
      overrides: { command: ['python', 'convert.py', events.EventField.fromPath('$.detail.object.key')], environment: { MODE: 'full' } },
      deadLetterQueue: new sqs.Queue(stack, 'Lost'),
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
    });
    const template = synth(stack, ...BUCKET_NOTIFICATIONS, ...OF_TESTS);
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          InputTransformer: {
            InputPathsMap: { 'detail-bucket-name': '$.detail.bucket.name', 'detail-object-key': '$.detail.object.key' },
            InputTemplate:
              '{"command":["python","convert.py",<detail-object-key>],"environment":{"MODE":"full","INPUT_BUCKET":<detail-bucket-name>,"INPUT_KEY":<detail-object-key>}}',
          },
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: Match.anyValue(),
        }),
      ],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainTaskDefinitionTaskRole') }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
            Resource: Match.arrayWith([{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::uploads-of-ours/in/*']] }]),
          }),
        ],
      },
    });
  });
});

describe('step', () => {
  test('runs the job nested, waits for it, and puts its result where it is told', () => {
    const { stack, job } = makeJob();
    const step = job.step(stack, 'Retrain', {
      resultPath: '$.training',
      executionName: sfn.JsonPath.format('train-{}', sfn.JsonPath.stringAt('$.key')),
      overrides: { command: sfn.JsonPath.listAt('$.command'), environment: { KEY: sfn.JsonPath.stringAt('$.key') } },
    });
    const flow = new sfn.Pass(stack, 'Before').next(step).next(new sfn.Succeed(stack, 'After'));
    new sfn.StateMachine(stack, 'Flow', { definitionBody: sfn.DefinitionBody.fromChainable(flow) });
    const template = synth(stack, ...OF_FLOWS);
    expect(stateMachineOf(template, 'Flow')).toMatchObject({
      States: {
        Retrain: {
          Next: 'After',
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          ResultPath: '$.training',
          ResultSelector: { 'tasks.$': '$.Output.tasks' },
          Parameters: {
            StateMachineArn: expect.stringMatching(/^TrainStateMachine/) as string,
            'Name.$': "States.Format('train-{}', $.key)",
            Input: {
              'command.$': '$.command',
              environment: { 'KEY.$': '$.key' },
              'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id',
            },
          },
        },
      },
    });
  });

  test('in JSONata takes its input from the state and gives the result on', async () => {
    const { stack, job } = makeJob();
    const step = job.step(stack, 'Retrain', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      stateName: 'Train again',
      overrides: { environment: { KEY: '{% $states.input.key %}' } },
    });
    new sfn.StateMachine(stack, 'Flow', {
      definitionBody: sfn.DefinitionBody.fromChainable(step),
      queryLanguage: sfn.QueryLanguage.JSONATA,
    });
    const flow = stateMachineOf(synth(stack, ...OF_FLOWS), 'Flow');
    const run = await execute(flow, { key: 'in/a.csv' }, () => ({ result: { Output: { tasks: [{ exitCode: 0 }] } } }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { tasks: [{ exitCode: 0 }] }, visited: ['Train again'] });
    expect(run.calls[0].args.Input).toMatchObject({ environment: { KEY: 'in/a.csv' } });
  });

  test('in JSONata has no result path', () => {
    const { stack, job } = makeJob();
    expect(() => job.step(stack, 'Retrain', { queryLanguage: sfn.QueryLanguage.JSONATA, resultPath: '$.x' })).toThrow(
      'Stack/Train: `resultPath` applies to `queryLanguage` JSONPath only, got: $.x with JSONata. Leave it out and assign the result to a variable. ' +
        '[cdk-ecs-ml:job-step-result-path]',
    );
  });
});

describe('runOnDeploy', () => {
  const resourceOf = (template: ReturnType<typeof synth>) => Object.values(template.findResources('Custom::MlRunTask'))[0];

  test('runs when the task definition changes, with the roles and the network in place', () => {
    const { stack, job } = makeJob();
    new s3.Bucket(stack, 'Data').grantRead(job);
    job.runOnDeploy();
    const template = synth(stack, 'AwsSolutions-IAM5', 'AwsSolutions-S1', 'AwsSolutions-S10');
    const { Properties, DependsOn } = resourceOf(template);
    expect(Properties).toMatchObject({
      StateMachineArn: { Ref: expect.stringMatching(/^TrainStateMachine/) as string },
      Key: { Ref: expect.stringMatching(/^TrainTaskDefinition/) as string },
      Input: '{}',
    });
    for (const name of [
      'TrainStateMachine',
      'TrainTaskDefinitionTaskRoleDefaultPolicy',
      'TrainTaskDefinitionExecutionRoleDefaultPolicy',
      'VpcPrivateSubnet1DefaultRoute',
    ]) {
      expect(DependsOn).toContainEqual(expect.stringMatching(new RegExp(`^${name}`)));
    }
    expect(warnings(stack)).toEqual([]);
  });

  test('runs when the key changes, with overrides', () => {
    const { stack, job } = makeJob();
    job.runOnDeploy({ key: 'data-2026-11', overrides: { environment: { DATA: '2026-11' } } });
    expect(resourceOf(synth(stack)).Properties).toMatchObject({ Key: 'data-2026-11', Input: '{"environment":{"DATA":"2026-11"}}' });
  });

  test('waits, at most the hour that CloudFormation does', () => {
    const { stack, job } = makeJob();
    job.runOnDeploy();
    const template = synth(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.onEvent' });
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.isComplete' });
    const waiter = deployed(
      Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).find(([id]) => id.includes('waiter'))![1],
    );
    const { DefinitionString } = (waiter as { Properties: { DefinitionString: string } }).Properties;
    const [retry] = (
      JSON.parse(DefinitionString) as { States: Record<string, { Retry: { IntervalSeconds: number; MaxAttempts: number }[] }> }
    ).States['framework-isComplete-task'].Retry;
    expect(retry.IntervalSeconds * retry.MaxAttempts).toBe(3600);
  });

  test('does not wait when told so', () => {
    const { stack, job } = makeJob({ timeout: Duration.hours(6) });
    job.runOnDeploy({ waitForEnd: false });
    const template = synth(stack);
    expect(resourceOf(template).Properties).toMatchObject({ WaitForEnd: 'false' });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('states:DescribeExecution');
  });

  function stackOf(jobs: number, more: (jobs: MlRunTask[]) => void = () => {}) {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new FargateCapacity(stack, 'Fargate', { vpc });
    const made = Array.from(
      { length: jobs },
      (_, index) => new MlRunTask(stack, `Job${index}`, { capacity, container, timeout: Duration.minutes(30) }),
    );
    more(made);
    return stack;
  }

  test('needs one provider for a stack, and two resources for each job', () => {
    const size = (jobs: number, deploys: boolean) => {
      const stack = stackOf(jobs, (made) => deploys && made.forEach((job) => job.runOnDeploy()));
      return Object.keys((synth(stack).toJSON() as { Resources: object }).Resources).length;
    };
    const cost = (jobs: number) => size(jobs, true) - size(jobs, false);
    expect(cost(2) - cost(1)).toBe(2);
    expect(cost(10) - cost(1)).toBe(18);
  });

  test('lets one job wait for the run of another', () => {
    const stack = stackOf(2, ([first, second]) => {
      second.node.addDependency(first.runOnDeploy());
      second.runOnDeploy();
    });
    expect(() => synth(stack)).not.toThrow();
  });

  test('is for at most 20 jobs of a stack, whose permissions fit into one role', () => {
    const permitted = synth(stackOf(20, (made) => made.forEach((job) => job.runOnDeploy())));
    const policies = Object.entries(permitted.findResources('AWS::IAM::Policy')).filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('MlRunTaskDeployProviderRole'),
    );
    const size = policies.reduce(
      (sum, [, { Properties }]) => sum + JSON.stringify(deployed((Properties as { PolicyDocument: unknown }).PolicyDocument)).length,
      0,
    );
    // ARNs of an account are about 80 characters longer than those of the tests.
    expect(size + 2 * 80 * 20).toBeLessThan(10_240);
    expect(() => stackOf(21, (made) => made.forEach((job) => job.runOnDeploy()))).toThrow(
      'Stack/Job20/RunOnDeploy: At most 20 jobs of a stack can run on deploy, because the policies of an IAM role have a maximum size. Put the other jobs ' +
        'into another stack or a nested stack. [cdk-ecs-ml:job-deploy-many]',
    );
  });

  test('lets you choose when the job may take longer than CloudFormation waits', () => {
    const { job } = makeJob({ timeout: Duration.hours(6) });
    const message =
      'Stack/Train: The `timeout` of the job is 6 hours, but CloudFormation waits for at most 1 hour. Set `waitForEnd: false` to start the job ' +
      'without waiting for it, or reduce `timeout` to at most Duration.hours(1). [cdk-ecs-ml:job-deploy-wait]';
    expect(() => job.runOnDeploy()).toThrow(message);
    expect(() => job.runOnDeploy({ waitForEnd: true })).toThrow(message);
    expect(() => makeJob({ timeout: Duration.hours(1) }).job.runOnDeploy()).not.toThrow();
  });

  test('can be called once per job', () => {
    const { stack, job } = makeJob();
    job.runOnDeploy();
    expect(() => job.runOnDeploy({ key: 'other' })).toThrow(
      'Stack/Train: This job already runs on deploy. Call `runOnDeploy()` once per job: combine everything that should start a run in one `key`, ' +
        'or create another `MlRunTask` for the other run. [cdk-ecs-ml:job-deploy-once]',
    );
    synth(stack).resourceCountIs('Custom::MlRunTask', 1);
  });
});

test.each<[string, (job: MlRunTask, target: events.IRuleTarget) => void, string[]]>([
  [
    'onFailed tells of runs that failed, timed out or were stopped',
    (job, to) => job.onFailed('Alert', to),
    ['FAILED', 'TIMED_OUT', 'ABORTED'],
  ],
  ['onSucceeded tells of runs that succeeded', (job, to) => job.onSucceeded('Alert', to), ['SUCCEEDED']],
])('%s', (_, subscribe, status) => {
  const { stack, job } = makeJob();
  subscribe(job, new targets.SnsTopic(new sns.Topic(stack, 'Alerts')));
  synth(stack, ...OF_TESTS).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stack.resolve(job.stateMachine.stateMachineArn)], status },
    },
    Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Alerts') } })],
  });
});

test('onFailed without a target takes it later', () => {
  const { stack, job } = makeJob();
  job.onFailed('Alert').addTarget(new targets.SnsTopic(new sns.Topic(stack, 'Alerts')));
  const rules = synth(stack, ...OF_TESTS).findResources('AWS::Events::Rule', { Properties: { EventPattern: { source: ['aws.states'] } } });
  expect(Object.values(rules)).toMatchObject([{ Properties: { Targets: [{}] } }]);
});

test('metrics are those of the state machine', () => {
  const { stack, job } = makeJob();
  const names = [job.metricSucceeded(), job.metricFailed(), job.metricTimedOut(), job.metricDuration()].map((metric) => {
    expect(stack.resolve(metric.dimensions)).toEqual({ StateMachineArn: stack.resolve(job.stateMachine.stateMachineArn) as object });
    return [metric.namespace, metric.metricName, metric.statistic];
  });
  expect(names).toEqual([
    ['AWS/States', 'ExecutionsSucceeded', 'Sum'],
    ['AWS/States', 'ExecutionsFailed', 'Sum'],
    ['AWS/States', 'ExecutionsTimedOut', 'Sum'],
    ['AWS/States', 'ExecutionTime', 'Average'],
  ]);
});

test('grantStart lets somebody start the job and nothing else', () => {
  const { stack, job } = makeJob();
  const role = new iam.Role(stack, 'Starter', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  job.grantStart(role);
  synth(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^Starter') }],
    PolicyDocument: {
      Statement: [
        { Action: 'states:StartExecution', Effect: 'Allow', Resource: stack.resolve(job.stateMachine.stateMachineArn) as object },
      ],
    },
  });
});
