import { aws_ecs as ecs, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { CircuitBreakerThreshold } from './circuit-breaker-threshold';
import { countsOf } from './deployment';
import { deploymentStrategy, Rollout } from './rollout-checks';
import { checkStartup } from '../rules/failing-fast-rules';
import { enforceAtSynth } from '../rules/rule';

/** The fewest failed tasks with which a deployment fails. A single task can fail because its host was lost. */
const FEWEST = 2;

/** A deployment fails with this part of the tasks of a large service. */
const PART = 1 / 10;

/** The props of a service that decide when its deployments fail. */
export interface FailingProps {
  readonly circuitBreaker?: ecs.DeploymentCircuitBreaker;
  readonly circuitBreakerThreshold?: CircuitBreakerThreshold;
  readonly desiredCount?: number;
}

/**
 * Sets how many tasks may fail before the circuit breaker fails a rolling update. By default, ECS waits for half of the tasks and at least 3,
 * which takes hours if a task needs long to start.
 */
export function failFast(rollout: Rollout, props: FailingProps, startup: Duration): void {
  const service = rollout.service.node.defaultChild as ecs.CfnService;
  const rolls = () => deploymentStrategy(service) === 'ROLLING';
  setThreshold(rollout, props, rolls);
  // ECS refuses a circuit breaker with AWS CodeDeploy, and has none for blue/green, linear and canary.
  if (!props.circuitBreaker) {
    override(service, 'Enable', () => (rolls() ? breakerOf(service).enable : undefined));
    override(service, 'Rollback', () => (rolls() ? breakerOf(service).rollback : undefined));
  }
  enforceAtSynth(rollout.service, () => (rolls() && props.desiredCount !== 0 ? checkStartup(startup) : []));
}

function setThreshold(rollout: Rollout, { circuitBreakerThreshold: given }: FailingProps, rolls: () => boolean): void {
  const service = rollout.service.node.defaultChild as ecs.CfnService;
  const set = (name: string, produce: () => unknown) =>
    override(service, name, () => (rolls() && breakerOf(service).enable === true ? produce() : undefined));
  // What the user sets on the L1 counts too.
  const own = () => breakerOf(service).thresholdConfiguration as ecs.CfnService.ThresholdConfigurationProperty | undefined;
  set('ThresholdConfiguration.Type', () => given?._type ?? own()?.type ?? 'COUNT');
  set('ThresholdConfiguration.Value', () => given?._value ?? own()?.value ?? failuresOf(rollout));
  set('ResetOnHealthyTask', () => given?._options.resetOnHealthyTask ?? breakerOf(service).resetOnHealthyTask);
}

/** The number of failed tasks with which a deployment fails by default. */
function failuresOf({ range, room }: Rollout): number {
  const tasks = countsOf(range(), room())?.highest ?? 1;
  return Math.max(FEWEST, Math.ceil(tasks * PART));
}

/** Sets a property of the circuit breaker, which the L2 lacks: https://github.com/aws/aws-cdk/issues/38243 */
function override(service: ecs.CfnService, name: string, produce: () => unknown): void {
  service.addPropertyOverride(`DeploymentConfiguration.DeploymentCircuitBreaker.${name}`, Lazy.uncachedAny({ produce }));
}

/** The circuit breaker that the service has without overrides. */
function breakerOf(service: ecs.CfnService): Partial<ecs.CfnService.DeploymentCircuitBreakerProperty> {
  const configuration: ecs.CfnService.DeploymentConfigurationProperty | undefined = Stack.of(service).resolve(
    service.deploymentConfiguration,
  );
  return (configuration?.deploymentCircuitBreaker ?? {}) as Partial<ecs.CfnService.DeploymentCircuitBreakerProperty>;
}
