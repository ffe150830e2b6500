import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';

/** The longest start period of a container health check. */
const MAX_START_PERIOD = Duration.minutes(5);

/**
 * A health check whose start period follows how long the container takes to start, as far as ECS allows. The grace period of the service
 * covers the rest.
 */
export function withStartPeriod(healthCheck: ecs.HealthCheck | undefined, startup: Duration): ecs.HealthCheck | undefined {
  if (!healthCheck) return undefined;
  const shorter = !startup.isUnresolved() && startup.toSeconds() < MAX_START_PERIOD.toSeconds();
  return { ...healthCheck, startPeriod: healthCheck.startPeriod ?? (shorter ? startup : MAX_START_PERIOD) };
}
