import { aws_iam as iam } from 'aws-cdk-lib';
import { Dependable } from 'constructs';

/**
 * Whether a policy has the statement. A role that cannot be changed also reports each statement as added, but has no policy that contains
 * it. Roles put statements into policies when the app is synthesized, so the answer is certain only then.
 */
export function isAdded({ statementAdded, policyDependable }: iam.AddToPrincipalPolicyResult): boolean {
  return statementAdded && policyDependable !== undefined && Dependable.of(policyDependable).dependencyRoots.length > 0;
}
