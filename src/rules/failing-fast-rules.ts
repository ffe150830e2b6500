import { Duration } from 'aws-cdk-lib';
import { Finding, Rule } from './rule';

/** How long CloudFormation waits until a service is stable: https://github.com/aws/containers-roadmap/issues/1303 */
const CLOUDFORMATION_WAITS = Duration.hours(3);

const thresholdNeedsBreaker = new Rule({
  id: 'circuit-breaker-threshold',
  level: 'error',
  says: 'A threshold of the circuit breaker needs the circuit breaker.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html',
});

const startupTooLong = new Rule({
  id: 'startup-within-deployment',
  level: 'warning',
  says: 'A task should start in less time than CloudFormation waits for its service, about 3 hours.',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html',
});

/** Checks that a threshold has a circuit breaker that uses it. */
export function checkThreshold(thresholdGiven: boolean, breakerEnabled: boolean): Finding[] {
  return thresholdNeedsBreaker.when(
    thresholdGiven && !breakerEnabled,
    () =>
      '`circuitBreakerThreshold` has no effect, because `circuitBreaker` has `enable: false`. Leave out `circuitBreakerThreshold`, or set `enable` to true.',
  );
}

/** Checks that tasks start while CloudFormation waits for the service. */
export function checkStartup(startup: Duration): Finding[] {
  return startupTooLong.when(
    !startup.isUnresolved() && startup.toSeconds() > CLOUDFORMATION_WAITS.toSeconds(),
    () =>
      `\`startup\` should be at most 3 hours, got: ${startup.toHumanString()}. CloudFormation waits about 3 hours until a service is stable, so a ` +
      'deployment would fail and roll back before its first task is ready. Compile the model before the deployment, for example in a job, and ' +
      'load the result.',
  );
}
