import {
  aws_events as events,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
  CustomResource,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Job } from './job';
import { runTaskCommand, startExecutionCommand } from './job-commands';
import { scheduledRuns } from './job-concurrency';
import { makeObjectCreatedRule, OBJECT_VARIABLES } from './job-object-created';
import { checkOverrides } from './job-override-rules';
import { JobOverrides } from './job-overrides';
import { makeSchedule } from './job-schedule';
import { ownedVariables, sizeKnown } from './job-setup';
import { checkRunSize } from './job-size';
import { JobObjectCreatedOptions, JobScheduleOptions, JobStepOptions, RunOnDeployOptions } from './job-start-options';
import { checkDeployWait, checkEventPlaceholders, checkStep } from './job-start-rules';
import { makeStep } from './job-step';
import { checkImportedSize } from './job-task-rules';
import { MlRunTaskProps } from './ml-run-task-props';
import { makeRunOnDeploy } from './run-on-deploy';
import { trySelect } from '../capacity/subnets';
import { plannerOf } from '../capacity/task-planner';
import { checked } from '../rules/checked';
import { checkBlockBegun } from '../rules/host-times-rules';
import { OwnedVariables } from '../rules/owned-rules';
import { enforce, enforceAtSynth } from '../rules/rule';

/**
 * A job: an ECS task that runs to completion on any capacity of this library.
 *
 * A Step Functions state machine runs the task and waits for it to end. An empty pool scales out for the task. The state machine retries
 * after failures that the program did not cause. The cause of a failed run names the container, its exit code, the reason that ECS stopped
 * the task, and the URL of the log. A container without an exit code counts as failed.
 *
 * The input of an execution can override the task: `{"command": ["python", "train.py"], "environment": {"EPOCHS": "3"}, "memory": 2048,
 * "count": 2}`, and `cpu` on Fargate. Any other field fails the execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 *
 * @example
 * const train = new MlRunTask(this, 'Train', {
 *   capacity,
 *   container: { image: ecs.ContainerImage.fromRegistry('my-training'), command: ['python', 'train.py'] },
 *   timeout: Duration.hours(6),
 * });
 */
@checked
export class MlRunTask extends Job {
  constructor(scope: Construct, id: string, props: MlRunTaskProps) {
    super(scope, id, props);
  }

  /**
   * The `aws ecs run-task` command for this job, ready to paste into a shell. It runs the task directly, without the retries and the time
   * limit of the state machine.
   */
  public get runTaskCommand(): string {
    return this.runTaskCommandWith({});
  }

  /** The `aws stepfunctions start-execution` command for this job, ready to paste into a shell. */
  public get startExecutionCommand(): string {
    return this.startExecutionCommandWith({});
  }

  /**
   * The command of `runTaskCommand`, with overrides.
   *
   * @param overrides overrides for this run
   */
  public runTaskCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return runTaskCommand(this, this._setup, overrides);
  }

  /**
   * The command of `startExecutionCommand`, with overrides.
   *
   * @param overrides overrides for this run
   */
  public startExecutionCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return startExecutionCommand(this, this.stateMachine.stateMachineArn, overrides);
  }

  /**
   * Runs the job on a schedule, with EventBridge Scheduler.
   *
   * @param id construct ID of the schedule, in the scope of the job
   * @param options the schedule, and overrides for the runs it starts
   */
  public schedule(id: string, options: JobScheduleOptions): scheduler.Schedule {
    this.checkOverrides(options.overrides);
    const { schedule, flexibleWindow, overrides } = options;
    this._concurrency.add(scheduledRuns(schedule.expressionString, this._setup.timeout, flexibleWindow), overrides?.count);
    return makeSchedule(this, id, this.stateMachine, options);
  }

  /**
   * Runs the job on the first deployment, and once after each change of `key`. The job never runs when a stack rolls back or is deleted. A
   * deployment that waits for the job fails if the job fails, and reports the cause. Call it once per job; a second call fails.
   *
   * @param options the key, whether to wait for the job, and overrides for the run
   * @returns the custom resource, so that other resources can depend on it
   */
  public runOnDeploy(options: RunOnDeployOptions = {}): CustomResource {
    this.checkOverrides(options.overrides);
    const instead = 'Call `runOnDeploy` in a deployment after that time, or use `schedule`.';
    enforce(this, [
      ...checkDeployWait(this._setup.timeout, options.waitForEnd),
      ...checkBlockBegun(plannerOf(this.capacity).hostTimes ?? [], '`runOnDeploy` starts the job at once', instead),
    ]);
    this._concurrency.add(1, options.overrides?.count);
    const { taskRole, executionRole, taskDefinitionArn } = this._setup.task;
    const subnets = trySelect(this.cluster.vpc, this.capacity.vpcSubnets);
    const roles = executionRole ? [taskRole, executionRole] : [taskRole];
    const dependsOn = [...roles, ...(subnets ? [subnets.internetConnectivityEstablished] : [])];
    const facts = { stateMachine: this.stateMachine, key: options.key ?? taskDefinitionArn, dependsOn };
    return makeRunOnDeploy(this, 'RunOnDeploy', facts, options);
  }

  /**
   * Runs the job for each object created in a bucket, with the variables `INPUT_BUCKET` and `INPUT_KEY`. Turns on the bucket's events to
   * EventBridge, and grants the job read access to the objects.
   *
   * @param id construct ID of the rule, in the scope of the job
   * @param bucket the bucket to watch
   * @param options which objects start the job, and overrides for the runs
   */
  public onObjectCreated(id: string, bucket: s3.IBucket, options: JobObjectCreatedOptions = {}): events.Rule {
    this.checkOverrides(options.overrides, OBJECT_VARIABLES);
    enforce(this, checkEventPlaceholders(options.overrides ?? {}));
    this._concurrency.add(Infinity, options.overrides?.count);
    bucket.grantRead(this, options.prefix === undefined ? '*' : `${options.prefix}*`);
    return makeObjectCreatedRule(this, id, { stateMachine: this.stateMachine, bucket }, options);
  }

  /**
   * Creates a step that runs the job in another state machine. The step starts a nested execution and waits for it. It fails if the job
   * fails.
   *
   * @param scope the scope of the step
   * @param id construct ID of the step, in that scope
   * @param options overrides for this run, and where the result goes
   */
  public step(scope: Construct, id: string, options: JobStepOptions = {}): tasks.StepFunctionsStartExecution {
    this.checkOverrides(options.overrides);
    const { queryLanguage, resultPath } = options;
    this._concurrency.add(1, options.overrides?.count);
    enforce(this, checkStep({ jsonata: queryLanguage === sfn.QueryLanguage.JSONATA, resultPath }));
    return makeStep(scope, id, this.stateMachine, options);
  }

  private checkOverrides(overrides: JobOverrides = {}, more: OwnedVariables = {}): void {
    const planner = plannerOf(this.capacity);
    const limits = planner.overrideLimits;
    const owned = { ...ownedVariables(this._setup), ...more };
    enforce(this, checkOverrides({ ...overrides, limits, owned, nodes: this._setup.nodes, mostTasks: this._setup.array.most }));
    const { cpu, memory } = overrides;
    if (cpu === undefined && memory === undefined) return;
    enforce(this, checkImportedSize({ cpu, memory }, sizeKnown(this._setup)));
    enforce(this, planner.checkRunSize?.({ cpu, memory }) ?? []);
    enforceAtSynth(this, () => checkRunSize(this._setup, overrides));
  }
}
