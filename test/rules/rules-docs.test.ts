import { readFileSync } from 'fs';
import * as path from 'path';
import { subjects, upToDate } from '../../scripts/rules-docs';
import '../../src';
import { Rule } from '../../src/rules/rule';

const rules = Rule.list().map((rule) => ({ ...rule.props, id: rule.id }));
const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'rules.md'), 'utf8');

test('docs/rules.md is up to date: run `npm run rules:docs`', () => {
  expect(page).toBe(upToDate(page));
});

test('docs/rules.md lists every rule once', () => {
  const listed = [...page.matchAll(/^\| `(cdk-ecs-ml:[a-z-]+)` \|/gm)].map(([, id]) => id);
  expect([...listed].sort()).toEqual(rules.map(({ id }) => id).sort());
  expect(rules.length).toBeGreaterThan(100);
});

test('the rules of a file stand under a heading of their own', () => {
  const headings = subjects().map(({ heading }) => heading);
  expect(headings).toEqual(expect.arrayContaining(['Purchase options', 'Managed Instances: tasks', 'Jobs']));
  expect(new Set(headings).size).toBe(headings.length);
  expect(subjects().filter((subject) => subject.rules.length === 0)).toEqual([]);
});

test('a file of a new family gets a heading from its name', () => {
  const [rule] = Rule.list();
  expect(subjects({ 'gpu-device-rules': `new Rule({ id: '${rule.props.id}',` }, [rule])).toEqual([
    { heading: 'Gpu device', rules: [rule] },
  ]);
});

test('a rule that no rule file declares, or that the public index does not load, stops the docs', () => {
  const [rule] = Rule.list();
  expect(() => subjects({}, [rule])).toThrow(`No file called *-rules.ts declares ${rule.id}`);
  expect(() => subjects({ 'gpu-rules': "new Rule({ id: 'unloaded'," }, [])).toThrow('Importing src does not load unloaded');
});

test.each(rules)('$id has a public source and says one thing', ({ id, source, says }) => {
  expect(id).toMatch(/^cdk-ecs-ml:[a-z]+(-[a-z]+)*$/);
  // AWS does not say what the software for Gaudi supports, but its vendor does.
  expect(source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|awsdocs-neuron\.readthedocs-hosted\.com|docs\.habana\.ai)\//);
  expect(says).toMatch(/^[A-Z0-9/].*\.$/);
});

test('an id can be used only once', () => {
  expect(() => new Rule({ id: 'slices-divide-chips', level: 'error', says: 'Twice.', source: 'https://docs.aws.amazon.com/' })).toThrow(
    /Two rules have the id cdk-ecs-ml:slices-divide-chips/,
  );
});
