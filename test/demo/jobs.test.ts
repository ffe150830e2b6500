import { capacities, pool, PROVIDER, TemplateResources, service, taskDefinition } from './support';

test('a job that a state machine starts', () => {
  const Resources = {
    ...pool('inf2.xlarge', 0, 1),
    Task: taskDefinition([4096]),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        DefinitionString: { 'Fn::Join': ['', ['{"CapacityProvider":"', PROVIDER, '","TaskDefinition":"', { Ref: 'Task' }, '"}']] },
      },
    },
  };
  expect(capacities({ Pool: { Resources } })).toBe(
    `
  Capacity Inf2: 0 to 1 instance of inf2.xlarge, 1 slice on each host
    host     4 vCPU, 1 chip x 2 NeuronCores
    slice    4096 cpu units, 2 NeuronCores
    job      Train, 1 task per run
    in use   1 of 1 slice when all tasks run; the drawing fills one host at a time

  1 host with 1 Train
  ┌────────┐
  │ Train  │
  │ chip 0 │
  │ [■■]   │
  └────────┘`.slice(1),
  );
});

test('a task definition of a service is no job, whatever else refers to it', () => {
  const Dashboard = { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: [{ Ref: 'Task' }, PROVIDER] } };
  const Resources = { ...pool('inf2.xlarge', 0, 2), Task: taskDefinition([4096]), A: service('A', PROVIDER), Dashboard };
  expect(capacities({ Pool: { Resources } })).toContain('in use   1 of 2 slices');
});

const STRATEGY = [{ CapacityProvider: PROVIDER, Weight: 1 }];

/** A state machine as aws-cdk-lib renders it: the definition as text, joined with references, here `<LogicalId>`. */
function stateMachine(runTask: object, output: object = {}): TemplateResources[string] {
  const definition = {
    StartAt: 'Check',
    States: {
      Check: { Type: 'Pass', Output: { input: '{% $states.input %}', ...output }, Next: 'Run' },
      Run: {
        Type: 'Map',
        Items: '{% [1..$states.input.count] %}',
        ItemProcessor: {
          StartAt: 'Run task',
          States: { 'Run task': { Type: 'Task', Resource: 'arn:<Partition>:states:::ecs:runTask.sync', Arguments: runTask } },
        },
      },
    },
  };
  const texts = JSON.stringify(definition).split(/<(\w+)>/);
  const parts = texts.map((text, i) => (i % 2 === 0 ? text : { Ref: text }));
  return { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: { 'Fn::Join': ['', parts] } } };
}

/** The line of the job, of a pool with that resource. */
function jobLine(starter: TemplateResources[string], task = taskDefinition([4096])): string | undefined {
  return capacities({ Pool: { Resources: { ...pool('inf2.xlarge', 0, 9), Task: task, Starter: starter } } })
    .split('\n')
    .find((line) => line.startsWith('    job'));
}

const RUN = { Cluster: '<Cluster>', TaskDefinition: '<Task>', CapacityProviderStrategy: [{ CapacityProvider: '<Provider>', Weight: 1 }] };

test.each([
  ['one task', RUN, {}, '1 task per run'],
  ['as many as a state says', RUN, { count: 3 }, '3 tasks per run'],
  ['as many as the call says', { ...RUN, Count: 2 }, {}, '2 tasks per run'],
  ['nodes that work together', { ...RUN, Overrides: '{% [{"Name": "NNODES", "Value": "4"}] %}' }, { count: 4 }, '4 nodes per run'],
])('a state machine in text with references: %s', (_, runTask, output, says) => {
  expect(jobLine(stateMachine(runTask, output))).toBe(`    job      Train, ${says}`);
});

test('a job on Fargate', () => {
  const fargate = { ...RUN, CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }] };
  const Task = taskDefinition([256], {}, {}, { Cpu: '1024', Memory: '2048' });
  expect(capacities({ Pool: { Resources: { Task, Machine: stateMachine(fargate) } } })).toBe(
    `
  Capacity FARGATE: no accelerators, no hosts of your own
    job      Train, 1 task per run: 1024 cpu units and 2048 MiB per task`.slice(1),
  );
});

test.each([
  ['rate(1 day)', 'schedule rate(1 day)'],
  [undefined, 'a schedule'],
])('a schedule that runs tasks without a state machine: %s', (ScheduleExpression, says) => {
  const EcsParameters = { TaskDefinitionArn: { Ref: 'Task' }, CapacityProviderStrategy: STRATEGY, TaskCount: 2 };
  const Properties = { ScheduleExpression, Target: { EcsParameters } };
  expect(jobLine({ Type: 'AWS::Scheduler::Schedule', Properties })).toBe(`    job      Train, 2 tasks per run, started by ${says}`);
});

test('what starts the state machine', () => {
  const Arn = { Ref: 'Machine' };
  const Resources = {
    ...pool('inf2.xlarge', 0, 1),
    Task: taskDefinition([4096]),
    Machine: stateMachine(RUN),
    Nightly: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'cron(0 3 * * ? *)', Target: { Arn } } },
    File: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.s3'] }, Targets: [{ Arn }] } },
    Deploy: { Type: 'Custom::RunOnDeploy', Properties: { StateMachineArn: Arn } },
    Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Resource: Arn } } },
  };
  const starts = 'schedule cron(0 3 * * ? *), an event or each\n             deployment';
  expect(capacities({ Pool: { Resources } })).toContain(`    job      Train, 1 task per run, started by ${starts}\n`);
});

test('a rule that only looks at what becomes of the state machine starts nothing', () => {
  const Failed = {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { detail: { arn: [{ Ref: 'Machine' }] } }, Targets: [{ Arn: 'topic' }] },
  };
  const Resources = { ...pool('inf2.xlarge', 0, 1), Task: taskDefinition([4096]), Machine: stateMachine(RUN), Failed };
  expect(capacities({ Pool: { Resources } })).toContain('    job      Train, 1 task per run\n');
});

test('a rule that runs tasks by their launch type', () => {
  const EcsParameters = { TaskDefinitionArn: { Ref: 'Task' }, LaunchType: 'EC2', TaskCount: 1 };
  expect(jobLine({ Type: 'AWS::Events::Rule', Properties: { Targets: [{ EcsParameters }] } })).toBe(
    '    job      Train, 1 task per run, started by an event: 4096 cpu units per task',
  );
});

test.each([
  ['is no JSON', { 'Fn::Join': ['', ['{"TaskDefinition":"', { Ref: 'Task' }]] }],
  ['is elsewhere', { 'Fn::Sub': '{}' }],
  ['runs no task', '{"States":{}}'],
])('a state machine whose definition %s is no job', (_, DefinitionString) => {
  expect(jobLine({ Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString } })).toBe(undefined);
});
