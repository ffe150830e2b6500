import { known } from '../../rules/rule';

/** Whether placement constraints let tasks run on a host: certainly, certainly not, or depending on what is not known. */
export type Placement = 'on' | 'off' | 'maybe';

/** A placement constraint, as the template has it. */
export interface RenderedConstraint {
  readonly Type?: unknown;
  readonly Expression?: unknown;
}

/** Whether placement constraints let tasks run on Linux hosts of an instance type. */
export function placementOnType(constraints: RenderedConstraint[], instanceType: string): Placement {
  const places = constraints.map(({ Expression: expression }) =>
    expression === undefined ? 'on' : ofExpression(expression, instanceType),
  );
  return combined(places);
}

function combined(places: Placement[]): Placement {
  if (places.includes('off')) return 'off';
  return places.includes('maybe') ? 'maybe' : 'on';
}

/** An expression of the cluster query language. Only terms that are joined by `and` are looked at. */
function ofExpression(expression: unknown, instanceType: string): Placement {
  if (!known(expression as string) || /\(|\|\||\bor\b/i.test(String(expression))) return 'maybe';
  const terms = String(expression).split(/\s+and\s+|&&/i);
  return combined(terms.map((term) => ofTerm(term.trim(), instanceType)));
}

function ofTerm(term: string, instanceType: string): Placement {
  const [, name, operator, argument] = /^attribute:([\w.-]+)\s*(==|!=|=~|!~|!?[a-z_]+)\s*(.*)$/i.exec(term) ?? [];
  const actual = { 'ecs.instance-type': instanceType, 'ecs.os-type': 'linux' }[name];
  if (actual === undefined) return 'maybe';
  const values = argument.replace(/^\[|\]$/g, '').split(/\s*,\s*/);
  switch (operator.toLowerCase()) {
    case '==':
    case 'equals':
    case 'in':
      return values.includes(actual) ? 'on' : 'off';
    case '!=':
    case 'not_equals':
    case '!in':
    case 'not_in':
      return values.includes(actual) ? 'off' : 'on';
    case '=~':
    case 'matches':
      return matches(argument, actual);
    default:
      return 'maybe';
  }
}

function matches(pattern: string, text: string): Placement {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text) ? 'on' : 'off';
  } catch {
    return 'maybe'; // ECS has another syntax of regular expressions.
  }
}
