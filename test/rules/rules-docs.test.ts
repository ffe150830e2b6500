import { readFileSync } from 'fs';
import * as path from 'path';
import { upToDate } from '../../scripts/rules-docs';
import { Rule } from '../../src/rules';

const rules = Rule.list().map((rule) => ({ ...rule.props, id: rule.id }));

test('docs/rules.md lists the rules as they are: run `npm run rules:docs`', () => {
  const markdown = readFileSync(path.join(__dirname, '..', '..', 'docs', 'rules.md'), 'utf8');
  expect(markdown).toBe(upToDate(markdown));
});

test.each(rules)('$id has a public source and says one thing', ({ id, source, says }) => {
  expect(id).toMatch(/^cdk-ecs-ml:[a-z]+(-[a-z]+)*$/);
  // The vendor of Gaudi says what its software supports; AWS doesn't.
  expect(source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|awsdocs-neuron\.readthedocs-hosted\.com|docs\.habana\.ai)\//);
  expect(says).toMatch(/^[A-Z0-9/].*\.$/);
});

test('an id is taken once', () => {
  expect(() => new Rule({ id: 'slices-divide-chips', level: 'error', says: 'Twice.', source: 'https://docs.aws.amazon.com/' })).toThrow(
    /Two rules have the id cdk-ecs-ml:slices-divide-chips/,
  );
});
