import { CfnResource, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACCEPTED_FINDINGS } from './nag-accepted';
import { TemplateJson } from './template';
import * as library from '../../src';

/** Checks a stack with cdk-nag's AwsSolutions rules, except those in `accepted`, which are given with or without the detail in brackets. */
export function judgeByNag(stack: Stack, template: TemplateJson, accepted: string[]): string[] {
  const violations = new AwsSolutionsChecks(stack)
    .validateScope(stack)
    .violations.filter(({ ruleName }) => !accepted.includes(ruleName) && !accepted.includes(ruleName.split('[')[0]));
  const resources = new Map(stack.node.findAll().map((construct) => [construct.node.path, construct]));
  return violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources
      .map(({ constructPath }) => resources.get(constructPath ?? '') as CfnResource)
      .filter((resource) => !isAccepted(ruleName, resource, template.Resources[stack.resolve(resource.logicalId)]?.Properties ?? {}))
      .map((resource) => `${resource.node.path} (${resource.cfnResourceType}): ${ruleName}: ${description}`),
  );
}

function isAccepted(rule: string, resource: CfnResource, properties: Record<string, unknown>): boolean {
  return ACCEPTED_FINDINGS.filter((finding) => matches(finding.rule, rule) && finding.type === resource.cfnResourceType).some(
    ({ ofTest, when }) => !(ofTest && isOurs(resource)) && (when?.(properties) ?? true),
  );
}

function matches(accepted: string | RegExp, rule: string): boolean {
  return typeof accepted === 'string' ? accepted === rule : accepted.test(rule);
}

const OUR_CLASSES = Object.values(library).filter((exported) => typeof exported === 'function');

function isOurs(resource: CfnResource): boolean {
  return resource.node.scopes.some((scope) => OUR_CLASSES.some((ours) => scope instanceof ours));
}
