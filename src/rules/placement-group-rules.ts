import { Finding, Rule } from './rule';

const blockPlacementGroup = new Rule({
  id: 'capacity-block-placement-group',
  level: 'error',
  says: 'Hosts in a Capacity Block must not be in a placement group, because EC2 has already placed the instances of the block next to each other.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html',
});

/** Checks that the hosts of a pool in a Capacity Block have no placement group. */
export function checkBlockPool(placementGroup: boolean): Finding[] {
  return blockPlacementGroup.when(
    placementGroup,
    () =>
      '`placementGroup` must be left out if `purchaseOption` is a Capacity Block. EC2 has already placed the instances of the block next to ' +
      'each other, and cannot start all of them in a placement group.',
  );
}

/** Checks that instances in a Capacity Block have no placement group. `where` lists what sets one. */
export function checkBlockTemplate(where: string[]): Finding[] {
  return blockPlacementGroup.when(
    where.length > 0,
    () =>
      `Instances in a Capacity Block must not be in a placement group, but ${where.join(' and ')} sets one. Leave it out, because EC2 has ` +
      'already placed the instances of the block next to each other.',
  );
}
