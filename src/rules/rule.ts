import { Token, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The prefix of every rule id. Users acknowledge a warning by the whole id. */
const PREFIX = 'cdk-ecs-ml';

/** Properties of a rule. */
export interface RuleProps {
  /** The id without its prefix. Stable and public, because users acknowledge warnings by it. */
  readonly id: string;
  /** An error stops synthesis. A warning marks what is legal but unwise, or rests on a fact that public pages disagree about. */
  readonly level: 'error' | 'warning';
  /** What the rule demands, for docs/rules.md. */
  readonly says: string;
  /** The public page that backs the rule. */
  readonly source: string;
}

/** A broken rule, and the message about it. */
export interface Finding {
  readonly rule: Rule;
  readonly message: string;
}

const ALL = new Map<string, Rule>();

/** A mistake that is known to fail or to disappoint, with a stable id. */
export class Rule {
  /** Every rule that is loaded, sorted by id. */
  public static list(): Rule[] {
    return [...ALL.values()].sort((a, b) => a.id.localeCompare(b.id));
  }

  public readonly id: string;

  constructor(public readonly props: RuleProps) {
    this.id = `${PREFIX}:${props.id}`;
    if (ALL.has(this.id)) throw new Error(`Two rules have the id ${this.id}`);
    ALL.set(this.id, this);
  }

  /** A finding if the rule is `broken`, none otherwise. */
  public when(broken: boolean, message: () => string): Finding[] {
    return broken ? [{ rule: this, message: message() }] : [];
  }

  /** The error about a value that the code cannot go on without. `name` says where the value stands. */
  public error(name: string, message: string): Error {
    return new Error(`${name}: ${text({ rule: this, message })}`);
  }
}

/**
 * Whether a value, or each of several, is given and known at synth.
 *
 * Tokens, and the intrinsic functions that they resolve to, are not known. Rules never compare them.
 */
export function known<T extends string | number>(value: T | undefined): value is T;
export function known(...values: (string | number | undefined)[]): boolean;
export function known(...values: (string | number | undefined)[]): boolean {
  return values.every((value) => value !== undefined && typeof value !== 'object' && !Token.isUnresolved(value));
}

/** Reports findings at once: throws the first error, and adds warnings to the construct. */
export function enforce(scope: IConstruct, findings: Finding[]): void {
  enforceValue(scope.node.path, findings);
  warn(scope, findings);
}

/** Throws the first error about a value that is not a construct. Warnings are dropped, because only constructs carry them. */
export function enforceValue(name: string, findings: Finding[]): void {
  const error = findings.find((finding) => finding.rule.props.level === 'error');
  if (error) throw error.rule.error(name, error.message);
}

/** Reports findings about what may still change. Calls `findings` once the construct tree is complete. */
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
  const warnings = findings.filter(({ rule }) => rule.props.level === 'warning' && !acknowledged(scope, rule));
  for (const { rule, message } of warnings) Validations.of(scope).addWarning(rule.id, message);
}

/** Before 2.273, aws-cdk-lib forgets what was acknowledged on the construct itself, so that what is found at synth would be reported. */
function acknowledged(scope: IConstruct, { id }: Rule): boolean {
  const records = scope.node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
  return records.flatMap(({ data }) => Object.keys(data as object)).some((key) => key.split('::').pop() === id);
}

function text({ rule, message }: Finding): string {
  return `${message} [${rule.id}]`;
}
