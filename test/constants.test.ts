import { toSnakeCase } from 'codemaker';
import * as ml from '../src';

/** Every constant of the public surface, for example `NeuronInstanceType.INF2_48_XLARGE`. */
const constants = Object.entries(ml).flatMap(([name, exported]) =>
  Object.getOwnPropertyNames(exported)
    .filter((member) => /^[A-Z][A-Z0-9_]*$/.test(member))
    .map((member) => ({ name: `${name}.${member}`, member })),
);

test('the public surface has constants', () => {
  expect(constants.length).toBeGreaterThan(20);
});

// jsii spells constants anew for Python and Java. One that does not survive has another name in every example there.
test.each(constants)('$name is spelled the same in every language', ({ member }) => {
  expect(toSnakeCase(member).toUpperCase()).toBe(member);
});

test.each([
  [() => ml.NeuronInstanceType.fromName('inf2.48xlarge'), ml.NeuronInstanceType.INF2_48_XLARGE],
  [() => ml.GaudiInstanceType.fromName('dl1.24xlarge'), ml.GaudiInstanceType.DL1_24_XLARGE],
  [() => ml.ElasticInferenceAccelerator.fromName('eia2.medium'), ml.ElasticInferenceAccelerator.EIA2_MEDIUM],
])('fromName() returns the constant', (named, constant) => {
  expect(named()).toBe(constant);
});

test.each([
  [
    () => ml.NeuronInstanceType.fromName('inf2.49xlarge'),
    /`name` must be one of inf1\.xlarge, .*, got: inf2\.49xlarge\. .*`NeuronInstanceType\.of\(\)`/,
  ],
  [
    () => ml.GaudiInstanceType.fromName('DL1.24xlarge'),
    /`name` must be one of dl1\.24xlarge, got: DL1\.24xlarge\. .*`GaudiInstanceType\.of\(\)`/,
  ],
  [() => ml.ElasticInferenceAccelerator.fromName('eia3.medium'), /`name` must be one of eia1\.medium, .*, got: eia3\.medium\./],
])('fromName() of an unknown name lists the known ones', (named, message) => {
  expect(named).toThrow(message);
  expect(named).toThrow('[cdk-ecs-ml:instance-type-known]');
});
