import { enforceValue, known, Rule } from './rule';
import { shown } from './text';

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

const instanceTypeKnown = new Rule({
  id: 'instance-type-known',
  level: 'error',
  says: 'The name given to `fromName()` must be the name of a type that the class has a constant for.',
  source: 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html',
});

/** More than any count of a host. A typing error must not make tables of that length. */
const MAX_COUNT = 10_000;

/** Returns the type with the given API name. `other` says what to do about a type that is not in the list. */
export function typeNamed<T extends { readonly name: string }>(name: string, types: T[], other: string): T {
  const found = types.find((type) => type.name === name);
  if (found) return found;
  const names = types.map((type) => type.name).join(', ');
  throw instanceTypeKnown.error(`Type ${shown(name)}`, `\`name\` must be one of ${names}, got: ${shown(name)}. ${other}`);
}

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
          !(Number.isInteger(value) && value > 0 && value <= MAX_COUNT),
          () =>
            `\`${prop}\` must be a positive whole number that is known at synth${value > MAX_COUNT ? `, at most ${MAX_COUNT}` : ''}, got: ${value}.`,
        ),
      ),
    ].flat(),
  );
}
