import { Finding, known, Rule } from './rule';

/** The time in seconds that EC2 and Fargate give before they take interruptible capacity back, and the longest that Fargate allows. */
const TWO_MINUTES = 120;

const stopTimeoutSpot = new Rule({
  id: 'stop-timeout-spot',
  level: 'warning',
  says: 'Containers on hosts that can be interrupted should stop within two minutes, because EC2 gives no more notice.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-instance-draining-linux-container.html',
});

const stopTimeoutFargate = new Rule({
  id: 'stop-timeout-fargate',
  level: 'error',
  says: 'Containers on Fargate must stop within 120 seconds.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
});

/** A container, and the seconds that it has to stop. */
interface StoppingContainer {
  readonly name: string;
  readonly stopTimeout?: number;
}

/** Whether a time to stop is known to be too long. */
const tooLong = (seconds: number | undefined) => known(seconds) && seconds > TWO_MINUTES;

/** Checks that containers stop in time on hosts that can be interrupted. */
export function checkStopTimeouts(interruptible: boolean, containers: StoppingContainer[]): Finding[] {
  if (!interruptible) return [];
  return containers.flatMap(({ name, stopTimeout }) =>
    stopTimeoutSpot.when(
      tooLong(stopTimeout),
      () =>
        `\`stopTimeout\` of container ${name} should be at most 120 seconds, got: ${stopTimeout}. EC2 reclaims an interruptible host two minutes ` +
        'after its notice.',
    ),
  );
}

/** Checks the time that the ECS agent gives, by default, to containers that set none. */
export function checkAgentStopTimeout(interruptible: boolean, userDataCommands: string[] = []): Finding[] {
  const given = userDataCommands
    .filter((command) => known(command))
    .flatMap((command) =>
      [...command.matchAll(/\bECS_CONTAINER_STOP_TIMEOUT=['"]?((?:\d+h)?(?:\d+m)?(?:\d+s)?)/g)].map(([, value]) => value),
    );
  return stopTimeoutSpot.when(
    interruptible && given.some((value) => tooLong(secondsOf(value))),
    () =>
      `\`userDataCommands\` set ECS_CONTAINER_STOP_TIMEOUT to ${given.join(', ')}. It should be at most 2m, because EC2 reclaims an interruptible ` +
      'host two minutes after its notice.',
  );
}

/** The seconds of a duration as the ECS agent writes it, for example 1m30s. */
function secondsOf(duration: string): number {
  const part = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(duration)?.[1] ?? 0);
  return part('h') * 3600 + part('m') * 60 + part('s');
}

/** Checks that containers stop as soon as Fargate demands. */
export function checkFargateStopTimeouts(containers: StoppingContainer[]): Finding[] {
  return containers.flatMap(({ name, stopTimeout }) =>
    stopTimeoutFargate.when(
      tooLong(stopTimeout),
      () =>
        `\`stopTimeout\` of container ${name} must be at most 120 seconds on Fargate, got: ${stopTimeout}. For more time, use a pool of EC2 hosts.`,
    ),
  );
}
