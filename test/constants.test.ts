import { toSnakeCase } from 'codemaker';
import * as ml from '../src';

/** Every constant of the public surface, for example `NeuronInstanceType.INF2_48_XLARGE`. */
const constants = Object.entries(ml).flatMap(([className, exported]) =>
  Object.entries(exported)
    .filter(([member]) => /^[A-Z][A-Z0-9_]*$/.test(member))
    .map(([member, value]) => ({ constant: `${className}.${member}`, member, value: value as unknown })),
);

/** The classes whose constants have an API name, and what an unknown name is told. */
const NAMED = [
  { type: ml.NeuronInstanceType, wayOut: 'Describe another type with `NeuronInstanceType.of()`.' },
  { type: ml.GaudiInstanceType, wayOut: 'Describe another type with `GaudiInstanceType.of()`.' },
  { type: ml.ElasticInferenceAccelerator, wayOut: 'Amazon Elastic Inference had no others.' },
].map(({ type, wayOut }) => ({ className: type.name, type, wayOut, names: type.list().map(({ name }) => name) }));

// jsii spells constants anew for Python and Java. One that does not survive has another name in every example there.
test.each(constants)('$constant is spelled the same in every language', ({ member }) => {
  expect(toSnakeCase(member).toUpperCase()).toBe(member);
});

describe.each(NAMED)('$className', ({ className, type, wayOut, names }) => {
  test.each(names)('%s has a constant, and fromName() returns it', (name) => {
    const found = constants.filter(({ value }) => value === type.fromName(name));
    expect(found.map(({ constant }) => constant.replace(/_/g, ''))).toEqual([`${className}.${name.toUpperCase().replace('.', '')}`]);
  });

  test.each(['inf9.xlarge', 'INF2.XLARGE', ''])('fromName("%s") lists the known names and says what to do', (name) => {
    const message = `\`name\` must be one of ${names.join(', ')}, got: ${name}. ${wayOut} [cdk-ecs-ml:instance-type-known]`;
    expect(() => type.fromName(name)).toThrow(message);
  });
});
