import { Lazy, Size, Token } from 'aws-cdk-lib';
import { checkEfaHosts } from '../../src/rules/efa-rules';
import { checkFargateSize } from '../../src/rules/fargate-rules';
import { checkMachineImage } from '../../src/rules/machine-image-rules';
import { Finding } from '../../src/rules/rule';
import { checkHostPortsApart } from '../../src/rules/slice-rules';
import { checkOneZone } from '../../src/rules/zone-rules';
import { checkOverrides } from '../../src/run-task/job-override-rules';

const ids = (findings: Finding[]) => findings.map(({ rule }) => rule.props.id);
const unknown = Token.asString({ Ref: 'Unknown' });

test.each([
  [20, ['fargate-sizes']],
  [21, []],
  [200, []],
  [201, ['fargate-sizes']],
])('a disk of %d GiB on Fargate', (gib, expected) => {
  expect(ids(checkFargateSize({ cpu: 1024, memory: Size.gibibytes(2), ephemeralStorage: Size.gibibytes(gib) }))).toEqual(expected);
});

test('sizes on Fargate that are not known are not compared', () => {
  const size = () => Size.gibibytes(Lazy.number({ produce: () => 1 }));
  expect(checkFargateSize({ cpu: 1024, memory: size(), ephemeralStorage: size() })).toEqual([]);
});

test.each([
  [undefined, []],
  ['cluster', []],
  [unknown, []],
  ['spread', ['efa-placement']],
])('a placement group with the strategy %s', (placementStrategy, expected) => {
  expect(ids(checkEfaHosts({ placementStrategy, isolated: false }))).toEqual(expected);
});

test('an image without an SSM parameter is not judged', () => {
  expect(checkMachineImage('inf2.xlarge', undefined, [{ parameter: /.*/, verdict: 'unfit', because: 'no.' }])).toEqual([]);
});

test.each([
  [[], []],
  [['a'], []],
  [['a', 'b'], ['one-zone']],
  [undefined, ['one-zone-unseen']],
])('hosts for one zone in %j', (zones, expected) => {
  expect(ids(checkOneZone({ because: '`efa`', instanceType: 'trn1.32xlarge', zones }))).toEqual(expected);
});

test('tasks of one partition are never on one host, so they can take the same port', () => {
  const task = (path: string, partition: string) => ({ path, partition, ports: ['80/tcp'] });
  expect(ids(checkHostPortsApart([task('A', '0'), task('B', '0')]))).toEqual([]);
  expect(ids(checkHostPortsApart([task('A', '0'), task('B', '1')]))).toEqual(['host-ports-collide']);
});

test.each([
  [{ command: ['x'.repeat(9000)] }, ['job-overrides']],
  [{ environment: { X: 'x'.repeat(9000) } }, ['job-overrides']],
  [{ command: ['x'.repeat(5000)] }, []],
  [{ command: ['x'.repeat(5000)], environment: { X: 'x'.repeat(5000) } }, ['job-overrides']],
])('overrides have a limit together', (overrides, expected) => {
  expect(ids(checkOverrides({ ...overrides, mostTasks: 40 }))).toEqual(expected);
});
