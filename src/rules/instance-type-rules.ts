import { enforceValue, known, Rule } from './rule';

const instanceTypeName = new Rule({
  id: 'instance-type-name',
  level: 'error',
  says: 'The name of an instance type must be the one that the EC2 API uses, in lower case.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html',
});

const instanceTypeCounts = new Rule({
  id: 'instance-type-counts',
  level: 'error',
  says: 'The counts of an instance type that a user describes must be positive whole numbers.',
  source: 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html',
});

/** Checks an instance type that a user describes. */
export function checkInstanceTypeAttributes(name: string, counts: Record<string, number>): void {
  enforceValue(
    `Instance type ${name}`,
    [
      instanceTypeName.when(
        known(name) && !/^[a-z0-9-]+\.[a-z0-9-]+$/.test(name),
        () =>
          `\`name\` must be the API name of an instance type, for example trn9.xlarge, got: ${name}. ECS attributes have it in lower case.`,
      ),
      Object.entries(counts).flatMap(([prop, value]) =>
        instanceTypeCounts.when(
          !(Number.isInteger(value) && value > 0),
          () => `\`${prop}\` must be a positive whole number that is known at synth, got: ${value}.`,
        ),
      ),
    ].flat(),
  );
}
