import { Finding, known, Rule } from './rule';

const CAPACITY_BLOCKS = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html';
const RESERVATIONS = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/target-capacity-reservations.html';

const MINUTE = 60_000;

const reservationTarget = new Rule({
  id: 'reservation-target',
  level: 'error',
  says: 'A capacity reservation is named by its id, a group of them by the ARN of the resource group, and one of the two is given.',
  source: RESERVATIONS,
});

const capacityBlockTimes = new Rule({
  id: 'capacity-block-times',
  level: 'error',
  says: 'A Capacity Block begins before it ends, and its hosts stop more than the 30 minutes before its end at which EC2 terminates them.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockExcludes = new Rule({
  id: 'capacity-block-excludes',
  level: 'error',
  says: 'A pool in a Capacity Block has all hosts of the block for as long as it lasts: what else decides on their number, or replaces them, is left out.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockSize = new Rule({
  id: 'capacity-block-size',
  level: 'error',
  says: 'A pool in a Capacity Block is told how many instances the block has.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockSold = new Rule({
  id: 'capacity-block-sold',
  level: 'warning',
  says: 'The instance type is publicly listed as sold in Capacity Blocks, in the Region of the pool.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html',
});

const oneMarket = new Rule({
  id: 'one-market',
  level: 'error',
  says: 'The instances of a launch template are bought in one way: Spot, a Capacity Block and a capacity reservation exclude each other.',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-instancemarketoptions.html',
});

const stopTimeoutSpot = new Rule({
  id: 'stop-timeout-spot',
  level: 'warning',
  says: 'On hosts that can be interrupted, containers stop within the two minutes that EC2 gives them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-instance-draining-linux-container.html',
});

/** Checks the form of a capacity reservation's id. */
export function checkReservationId(id: string): Finding[] {
  return reservationTarget.when(
    known(id) && !/^cr-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id),
    () => `\`capacityReservationId\` must be the id of a capacity reservation, such as cr-0123456789abcdef0, got: ${id}.`,
  );
}

/** Checks the form of the ARN of a group of capacity reservations. */
export function checkReservationGroup(arn: string): Finding[] {
  return reservationTarget.when(
    known(arn) && !/^arn:[a-z-]+:resource-groups:[a-z0-9-]+:\d{12}:group\/.+$/.test(arn),
    () =>
      '`resourceGroupArn` must be the ARN of a resource group, such as arn:aws:resource-groups:us-east-1:111111111111:group/reserved, ' +
      `got: ${arn}. Use capacityReservation(...) for a single reservation.`,
  );
}

/** Checks that a launch template is given one target. */
export function checkOneReservationTarget(id?: string, groupArn?: string): Finding[] {
  return reservationTarget.when(
    (id === undefined) === (groupArn === undefined),
    () => 'Give `capacityReservationId` or `resourceGroupArn`, and not both.',
  );
}

/** Checks the times of a Capacity Block, against each other only: what a template holds doesn't depend on when it is made. */
export function checkCapacityBlock(facts: { startsAt?: Date; endsAt: Date; scaleInBefore?: number }): Finding[] {
  const { startsAt, endsAt, scaleInBefore } = facts;
  const invalid = (date?: Date) => date !== undefined && Number.isNaN(date.getTime());
  const [starts, ends] = [startsAt?.getTime(), endsAt.getTime()];
  return [
    ...capacityBlockTimes.when(invalid(startsAt), () => '`startsAt` must be a valid date.'),
    ...capacityBlockTimes.when(invalid(endsAt), () => '`endsAt` must be a valid date.'),
    ...capacityBlockTimes.when(scaleInBefore === undefined, () => '`scaleInBefore` must be known at synth: leave it out, or give minutes.'),
    ...capacityBlockTimes.when(
      scaleInBefore !== undefined && scaleInBefore <= 30 * MINUTE,
      () =>
        `\`scaleInBefore\` must be more than 30 minutes, for EC2 terminates hosts 30 minutes before the end, got: ${scaleInBefore! / MINUTE} minutes.`,
    ),
    ...capacityBlockTimes.when(
      starts !== undefined && scaleInBefore !== undefined && starts >= ends - scaleInBefore,
      () =>
        `\`startsAt\` must be before \`endsAt\` less \`scaleInBefore\`, got: ${startsAt!.toISOString()}, ${endsAt.toISOString()} and ` +
        `${scaleInBefore! / MINUTE} minutes.`,
    ),
  ];
}

/** Checks what the user says of a pool in a Capacity Block. `others` holds options that a block leaves nothing to. */
export function checkBlockOptions(maxInstances: number | undefined, others: Record<string, unknown>): Finding[] {
  const given = Object.keys(others).filter((prop) => others[prop] !== undefined);
  return [
    ...capacityBlockSize.when(
      maxInstances === undefined,
      () => '`purchaseOption` is a Capacity Block: give `maxInstances`, the number of instances that the block has.',
    ),
    ...capacityBlockExcludes.when(
      given.length > 0,
      () =>
        `\`purchaseOption\` is a Capacity Block, which excludes ${given.map((prop) => `\`${prop}\``).join(' and ')}: the pool has all ` +
        '`maxInstances` hosts from the beginning of the block until shortly before its end. Leave it out.',
    ),
  ];
}

/** Checks that an instance type is sold in Capacity Blocks, as far as public lists say. */
export function checkBlockSold(type: { readonly name: string; readonly capacityBlockRegions?: string[] }, region: string): Finding[] {
  const regions = type.capacityBlockRegions;
  const elsewhere = regions !== undefined && known(region) && !regions.includes(region);
  return [
    ...capacityBlockSold.when(
      regions?.length === 0,
      () => `${type.name} isn't publicly listed as sold in Capacity Blocks. If you have bought one, acknowledge this.`,
    ),
    ...capacityBlockSold.when(
      elsewhere && regions.length > 0,
      () =>
        `Capacity Blocks of ${type.name} are publicly listed in ${regions!.join(', ')}, not in ${region}. If you have bought one there, acknowledge this.`,
    ),
  ];
}

/** Checks that nothing else in a launch template says how its instances are bought. */
export function checkOneMarket(wanted: string, present: string[]): Finding[] {
  return oneMarket.when(
    present.length > 0,
    () => `The launch template can't have ${wanted} beside ${present.join(' and ')}: instances are bought in one way. Leave one out.`,
  );
}

/** Checks that containers stop in time on hosts that can be interrupted. */
export function checkStopTimeouts(
  interruptible: boolean,
  containers: { readonly name: string; readonly stopTimeout?: number }[],
): Finding[] {
  if (!interruptible) return [];
  return containers.flatMap(({ name, stopTimeout }) =>
    stopTimeoutSpot.when(
      known(stopTimeout) && stopTimeout! > 120,
      () =>
        `\`stopTimeout\` of container ${name} is ${stopTimeout} seconds, but EC2 takes a Spot host two minutes after it says so. Use at most 120 seconds.`,
    ),
  );
}
