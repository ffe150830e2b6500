import { Finding, known, Rule } from './rule';
import { givenProps, quoted } from './text';

const CAPACITY_BLOCKS = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html';
const RESERVATIONS = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/target-capacity-reservations.html';

const MINUTE = 60_000;

const reservationTarget = new Rule({
  id: 'reservation-target',
  level: 'error',
  says: 'A launch template must have either the id of a capacity reservation or the ARN of a resource group of reservations, but not both.',
  source: RESERVATIONS,
});

const capacityBlockTimes = new Rule({
  id: 'capacity-block-times',
  level: 'error',
  says: 'A Capacity Block must start before it ends, and its hosts must stop more than 30 minutes before its end, because EC2 terminates them then.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockExcludes = new Rule({
  id: 'capacity-block-excludes',
  level: 'error',
  says: 'A pool in a Capacity Block runs all hosts of the block until it ends, so options that change their number or replace them must be left out.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockSize = new Rule({
  id: 'capacity-block-size',
  level: 'error',
  says: 'A pool in a Capacity Block must be given the number of instances in the block.',
  source: CAPACITY_BLOCKS,
});

const capacityBlockSold = new Rule({
  id: 'capacity-block-sold',
  level: 'warning',
  says: 'The instance type should be in the public list of types that are sold in Capacity Blocks in the Region of the pool.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html',
});

const oneMarket = new Rule({
  id: 'one-market',
  level: 'error',
  says: 'A launch template must buy its instances in one way only: as Spot, from a Capacity Block or from a capacity reservation.',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-instancemarketoptions.html',
});

/** Checks the form of the id of a capacity reservation. */
export function checkReservationId(id: string): Finding[] {
  return reservationTarget.when(
    known(id) && !/^cr-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id),
    () => `\`capacityReservationId\` must be the id of a capacity reservation, for example cr-0123456789abcdef0, got: ${id}.`,
  );
}

/** Checks the form of the ARN of a group of capacity reservations. */
export function checkReservationGroup(arn: string): Finding[] {
  return reservationTarget.when(
    known(arn) && !/^arn:[a-z-]+:resource-groups:[a-z0-9-]+:\d{12}:group\/.+$/.test(arn),
    () =>
      '`resourceGroupArn` must be the ARN of a resource group, for example arn:aws:resource-groups:us-east-1:111111111111:group/reserved, ' +
      `got: ${arn}. For a single reservation, use \`PurchaseOption.capacityReservation(...)\`.`,
  );
}

/** Checks that a launch template has exactly one reservation target. */
export function checkOneReservationTarget(id?: string, groupArn?: string): Finding[] {
  return reservationTarget.when(
    (id === undefined) === (groupArn === undefined),
    () => 'Give either `capacityReservationId` or `resourceGroupArn`, but not both.',
  );
}

/** Checks the times of a Capacity Block against each other, but not against the time of day, so that synthesis is repeatable. */
export function checkCapacityBlock(facts: { startsAt?: Date; endsAt: Date; scaleInBefore?: number }): Finding[] {
  const { startsAt, endsAt, scaleInBefore } = facts;
  const invalid = (date?: Date) => date !== undefined && Number.isNaN(date.getTime());
  const [starts, ends] = [startsAt?.getTime(), endsAt.getTime()];
  const minutes = scaleInBefore === undefined ? undefined : scaleInBefore / MINUTE;
  return [
    ...capacityBlockTimes.when(invalid(startsAt), () => '`startsAt` must be a valid date.'),
    ...capacityBlockTimes.when(invalid(endsAt), () => '`endsAt` must be a valid date.'),
    ...capacityBlockTimes.when(
      scaleInBefore === undefined,
      () => '`scaleInBefore` must be known at synth. Leave it out, or use a duration in minutes.',
    ),
    ...capacityBlockTimes.when(
      scaleInBefore !== undefined && scaleInBefore <= 30 * MINUTE,
      () =>
        `\`scaleInBefore\` must be more than 30 minutes, because EC2 terminates the hosts 30 minutes before the end, got: ${minutes} minutes.`,
    ),
    ...capacityBlockTimes.when(
      starts !== undefined && scaleInBefore !== undefined && starts >= ends - scaleInBefore,
      () =>
        `\`startsAt\` must be before \`endsAt\` minus \`scaleInBefore\`, got: ${startsAt?.toISOString()}, ${endsAt.toISOString()} and ` +
        `${minutes} minutes.`,
    ),
  ];
}

/** Checks the options of a pool in a Capacity Block. `others` holds the options that a Capacity Block excludes. */
export function checkBlockOptions(maxInstances: number | undefined, others: Record<string, unknown>): Finding[] {
  const given = givenProps(others);
  return [
    ...capacityBlockSize.when(
      maxInstances === undefined,
      () => '`maxInstances` must be given if `purchaseOption` is a Capacity Block. Use the number of instances in the block.',
    ),
    ...capacityBlockExcludes.when(
      given.length > 0,
      () =>
        `${quoted(given)} must be left out if \`purchaseOption\` is a Capacity Block, because the pool runs all \`maxInstances\` hosts from the start ` +
        'of the block until shortly before its end.',
    ),
  ];
}

/** Checks that public lists name an instance type as sold in Capacity Blocks. */
export function checkBlockSold(type: { readonly name: string; readonly capacityBlockRegions?: string[] }, region: string): Finding[] {
  const regions = type.capacityBlockRegions;
  const elsewhere = regions !== undefined && known(region) && !regions.includes(region);
  return [
    ...capacityBlockSold.when(
      regions?.length === 0,
      () => `${type.name} is not publicly listed as sold in Capacity Blocks. If you have bought one, acknowledge this warning.`,
    ),
    ...capacityBlockSold.when(
      elsewhere && regions.length > 0,
      () =>
        `Capacity Blocks of ${type.name} are publicly listed in ${regions?.join(', ')}, but not in ${region}. If you have bought one there, ` +
        'acknowledge this warning.',
    ),
  ];
}

/** Checks that a launch template does not already buy its instances in another way. */
export function checkOneMarket(wanted: string, present: string[]): Finding[] {
  return oneMarket.when(
    present.length > 0,
    () =>
      `The launch template can't have ${wanted} together with ${present.join(' and ')}, because instances are bought in one way only. Leave one out.`,
  );
}
