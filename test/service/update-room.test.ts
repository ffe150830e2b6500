import { aws_applicationautoscaling as scaling, aws_ecs as ecs, aws_s3 as s3, aws_scheduler as scheduler, Duration } from 'aws-cdk-lib';
import { MlRunTask, NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, NeuronServiceProps } from '../../src';
import { fairShare } from '../../src/capacity/task-ledger';
import { scheduledRuns } from '../../src/run-task/job-concurrency';
import { container, newStackWithVpc, synth, warnings } from '../support';

function onPool(props: Partial<NeuronServiceProps> = {}, pool: Partial<NeuronCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, ...pool });
  const service = new NeuronService(stack, 'Service', { capacity, container, ...props });
  const resource = service.service.node.defaultChild as ecs.CfnService;
  const percentages = () => {
    const [found] = Object.values(synth(stack).findResources('AWS::ECS::Service'));
    const { MinimumHealthyPercent, MaximumPercent } = found.Properties.DeploymentConfiguration;
    return [MinimumHealthyPercent, MaximumPercent];
  };
  return { stack, capacity, service, resource, percentages };
}

describe('auto scaling', () => {
  test('from 1 to 12 tasks never stops more than a quarter of them', () => {
    const { stack, service, percentages } = onPool({}, { maxInstances: 13 });
    service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 12 });
    expect(percentages()).toEqual([75, 200]);
    expect(warnings(stack)).toEqual([]);
  });

  test('counts what its schedules set', () => {
    const { service, percentages } = onPool({}, { maxInstances: 13 });
    const scaled = service.service.autoScaleTaskCount({ minCapacity: 4, maxCapacity: 4 });
    scaled.scaleOnSchedule('Day', { schedule: scaling.Schedule.cron({ hour: '8', minute: '0' }), minCapacity: 1, maxCapacity: 12 });
    expect(percentages()).toEqual([75, 200]);
  });

  test('that a scalable target outside the service does counts too', () => {
    const { stack, service, percentages } = onPool({}, { maxInstances: 13 });
    const resourceId = `service/${service.cluster.clusterName}/${service.service.serviceName}`;
    const options = { scalableDimension: 'ecs:service:DesiredCount', serviceNamespace: scaling.ServiceNamespace.ECS };
    new scaling.ScalableTarget(stack, 'Target', { resourceId, minCapacity: 1, maxCapacity: 12, ...options });
    expect(percentages()).toEqual([75, 200]);
  });

  test('to more tasks than the pool holds still updates, with a warning that says how many hosts are missing', () => {
    const { stack, service, percentages } = onPool({}, { maxInstances: 2 });
    service.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 5 });
    expect(percentages()).toEqual([20, 100]);
    expect(warnings(stack)).toEqual([
      expect.stringContaining('pool-holds-most'),
      expect.stringMatching(/Of 5 tasks, of which Stack\/Pool is only certain to hold 2.*leave only 1.*by 3 hosts.*deployment-stops-many/),
    ]);
  });

  test('to a count at which the given percentages cannot replace a task is a warning', () => {
    const { stack, service } = onPool({ minHealthyPercent: 100, maxHealthyPercent: 200 }, { maxInstances: 4 });
    service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 4 });
    synth(stack);
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/can't complete while the service wants 4 tasks.*by 1 host,.*deployment-completes-at-scale/),
    ]);
  });

  test.each([2 ** 53, 1e8, 100_001])('to %d tasks is an error', (maxCapacity) => {
    const { stack, service } = onPool();
    service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity });
    expect(() => synth(stack)).toThrow(
      /`maxCapacity` must be a whole number of tasks from 0 to 100000, got: \d+.*cdk-ecs-ml:desired-count/,
    );
  });

  test.each([2 ** 53, 1e8, 100_001])('a desired count of %d is an error', (desiredCount) => {
    expect(() => onPool({ desiredCount })).toThrow(/`desiredCount` must be a whole number of tasks from 0 to 100000/);
  });
});

describe.each(['BLUE_GREEN', 'LINEAR', 'CANARY'])('%s by override', (strategy) => {
  const shifted = (desiredCount: number, maxInstances: number) => {
    const made = onPool({ desiredCount }, { maxInstances });
    made.resource.addPropertyOverride('DeploymentConfiguration.Strategy', strategy);
    return made;
  };

  test('on a pool without room for twice the tasks is an error that says how many hosts are missing', () => {
    expect(() => synth(shifted(3, 4).stack)).toThrow(
      new RegExp(
        `deployed by ${strategy}, which runs all 3 new tasks.*Raise \`maxInstances\` of Stack/Pool by 2 hosts.*deployment-doubles-tasks`,
      ),
    );
  });

  test('on a pool with room says nothing', () => {
    expect(warnings(shifted(3, 6).stack)).toEqual([]);
  });

  test('without room at the most tasks of auto scaling is a warning', () => {
    const { stack, service } = shifted(1, 4);
    service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 3 });
    expect(warnings(stack)).toEqual([expect.stringMatching(/all 3 new tasks.*by 2 hosts.*deployment-doubles-tasks-at-scale/)]);
  });
});

test('a strategy in an assigned deployment configuration is checked too', () => {
  const { stack, resource } = onPool({}, { maxInstances: 1 });
  resource.deploymentConfiguration = { strategy: 'BLUE_GREEN' };
  expect(() => synth(stack)).toThrow(/deployment-doubles-tasks/);
});

test('AWS CodeDeploy is checked too', () => {
  const { stack, resource } = onPool({}, { maxInstances: 1 });
  resource.deploymentController = { type: 'CODE_DEPLOY' };
  expect(() => synth(stack)).toThrow(/deployed by AWS CodeDeploy.*deployment-doubles-tasks/);
});

test.each([
  // free slices, what one wants, what the others want -> its share
  [24, 18, [6], 18],
  [12, 18, [6], 6],
  [12, 18, [2], 10],
  [5, 6, [6], 2],
  [0, 3, [3], 0],
  [9, 20, [1, 2, 20], 3],
])('of %d free slices, one that wants %d beside %j gets %d', (free, want, others, share) =>
  expect(fairShare(free, want, others)).toBe(share),
);

describe('a job on the pool of a service', () => {
  function withJob(props: Partial<NeuronServiceProps>, start: (job: MlRunTask) => unknown, maxInstances = 3) {
    const made = onPool(props, { maxInstances });
    const { stack, capacity } = made;
    const timeout = Duration.hours(6);
    start(new MlRunTask(stack, 'Job', { capacity, container: { image: container.image }, timeout }));
    return { ...made, warnings: () => warnings(stack) };
  }
  const nightly = scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' });
  const hourly = scheduler.ScheduleExpression.rate(Duration.hours(1));
  const objects = (job: MlRunTask) => job.onObjectCreated('Object', new s3.Bucket(job.node.scope!, 'Bucket', { enforceSSL: true }));

  test('whose runs cannot overlap leaves room', () => {
    const { warnings: found, percentages } = withJob({}, (job) => job.schedule('Nightly', { schedule: nightly }));
    expect(found()).toEqual([]);
    expect(percentages()).toEqual([100, 200]);
  });

  test('whose runs can overlap leaves none that is certain, which is a warning', () => {
    const { warnings: found } = withJob({}, (job) => job.schedule('Hourly', { schedule: hourly }));
    expect(found()).toEqual([
      expect.stringMatching(/Runs of Stack\/Job start by themselves.*updates stop old tasks.*deployment-meets-jobs/),
    ]);
  });

  test('that objects start leaves none either', () => {
    const { warnings: found } = withJob({}, objects);
    expect(found()).toEqual([expect.stringMatching(/Runs of Stack\/Job.*deployment-meets-jobs/)]);
  });

  test('may let an update wait that must not stop tasks', () => {
    const { warnings: found } = withJob({ minHealthyPercent: 100, maxHealthyPercent: 200 }, objects);
    expect(found()).toEqual([expect.stringMatching(/updates may wait until runs end.*deployment-meets-jobs/)]);
  });

  test('counts the tasks that a start overrides', () => {
    const { warnings: found } = withJob({}, (job) => job.schedule('Nightly', { schedule: nightly, overrides: { count: 10 } }));
    expect(found()).toEqual([expect.stringMatching(/may ask for 11: Stack\/Service \(1\), Stack\/Job \(10\)/)]);
  });
});

test.each([
  ['at(2026-11-25T12:00:00)', 6, 1],
  ['rate(1 day)', 6, 1],
  ['rate(1 hour)', 6, 7],
  ['rate(30 minutes)', 1, 3],
  ['cron(0 3 * * ? *)', 23, 1],
  ['cron(0 3 * * ? *)', 24, 2],
  ['cron(0 */6 * * ? *)', 6, 2],
  ['cron(0 0/7 * * ? *)', 6, 7],
  ['cron(*/15 * * * ? *)', 1, 5],
  ['cron(0,30 * * * ? *)', 1, 61],
])('runs of %s with a time limit of %d hours: %d at a time', (expression, hours, runs) => {
  expect(scheduledRuns(expression, Duration.hours(hours))).toBe(runs);
});
