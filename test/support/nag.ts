import { CfnResource, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACCEPTED_FINDINGS } from './nag-accepted';
import { TemplateJson } from './template';

/** A finding that stands, and why. */
export interface AcceptedFinding {
  /** The rule, with the detail in brackets where it gives one. */
  readonly rule: string;
  /** The type of the resource. */
  readonly type: string;
  readonly reason: string;
  /** Accepts the finding only for some properties. */
  readonly when?: (properties: Record<string, unknown>) => boolean;
}

/** Looks at a stack through cdk-nag's AwsSolutions rules. A test acknowledges findings on what it makes itself with `Validations`. */
export function judgeByNag(stack: Stack, template: TemplateJson): string[] {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  if (violations.length === 0) return [];
  const resources = new Map(stack.node.findAll().map((construct) => [construct.node.path, construct]));
  return violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources
      .map(({ constructPath }) => resources.get(constructPath ?? '') as CfnResource)
      .filter((resource) => !isAccepted(ruleName, resource, template.Resources[stack.resolve(resource.logicalId)]?.Properties ?? {}))
      .map((resource) => `${resource.node.path} (${resource.cfnResourceType}): ${ruleName}: ${description}`),
  );
}

function isAccepted(rule: string, resource: CfnResource, properties: Record<string, unknown>): boolean {
  return ACCEPTED_FINDINGS.some(
    (accepted) => accepted.rule === rule && accepted.type === resource.cfnResourceType && (accepted.when?.(properties) ?? true),
  );
}
