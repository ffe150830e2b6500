import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';

/** The maximum start period of a container health check. */
const MAX_START_PERIOD = Duration.minutes(5);

/**
 * Sets the start period of a health check to the time that the container takes to start, up to the limit of ECS. The grace period of the
 * service covers the rest.
 */
export function withStartPeriod(healthCheck: ecs.HealthCheck | undefined, startup: Duration): ecs.HealthCheck | undefined {
  if (!healthCheck) return undefined;
  const shorter = !startup.isUnresolved() && startup.toSeconds() < MAX_START_PERIOD.toSeconds();
  return { ...healthCheck, startPeriod: healthCheck.startPeriod ?? (shorter ? startup : MAX_START_PERIOD) };
}
