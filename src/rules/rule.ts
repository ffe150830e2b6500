import { Token, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** What every rule id starts with; the whole id is what a user acknowledges. */
const PREFIX = 'cdk-ecs-ml';

export interface RuleProps {
  /** Stable and public: users acknowledge warnings by it. */
  readonly id: string;
  /** An error stops the synthesis; a warning is legal but unwise, or rests on a fact that the sources dispute. */
  readonly level: 'error' | 'warning';
  /** One sentence for docs/rules.md. */
  readonly says: string;
  /** The public page that backs the rule. */
  readonly source: string;
}

/** One broken rule, in the user's words. */
export interface Finding {
  readonly rule: Rule;
  readonly message: string;
}

const ALL = new Map<string, Rule>();

/** Something known to fail or to disappoint, with a stable id. */
export class Rule {
  /** Every rule, by id. */
  public static list(): Rule[] {
    return [...ALL.values()].sort((a, b) => a.id.localeCompare(b.id));
  }

  public readonly id: string;

  constructor(public readonly props: RuleProps) {
    this.id = `${PREFIX}:${props.id}`;
    if (ALL.has(this.id)) throw new Error(`Two rules have the id ${this.id}`);
    ALL.set(this.id, this);
  }

  /** The finding when the rule is `broken`, none when it is kept. */
  public when(broken: boolean, message: () => string): Finding[] {
    return broken ? [{ rule: this, message: message() }] : [];
  }
}

/** True when every value is given and known at synth: not a token, nor the intrinsic function that one resolves to. Those are never compared. */
export function known(...values: (string | number | undefined)[]): boolean {
  return values.every((value) => value !== undefined && typeof value !== 'object' && !Token.isUnresolved(value));
}

/** Reports what is knowable now: the first error throws before anything is made, warnings are added to the construct. */
export function enforce(scope: IConstruct, findings: Finding[]): void {
  enforceValue(scope.node.path, findings);
  warn(scope, findings);
}

/** As `enforce`, for a value that stands outside the construct tree and so can't carry warnings. */
export function enforceValue(name: string, findings: Finding[]): void {
  const error = findings.find((finding) => finding.rule.props.level === 'error');
  if (error) throw new Error(`${name}: ${text(error)}`);
}

/** Reports what may still change: `findings` is called once the tree is complete. */
export function enforceAtSynth(scope: IConstruct, findings: () => Finding[]): void {
  scope.node.addValidation({
    validate: () => {
      const found = findings();
      warn(scope, found);
      return found.filter((finding) => finding.rule.props.level === 'error').map(text);
    },
  });
}

function warn(scope: IConstruct, findings: Finding[]): void {
  const warnings = findings.filter((finding) => finding.rule.props.level === 'warning');
  for (const { rule, message } of warnings) Validations.of(scope).addWarning(rule.id, message);
}

function text({ rule, message }: Finding): string {
  return `${message} [${rule.id}]`;
}
