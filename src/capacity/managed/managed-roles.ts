import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct, Dependable } from 'constructs';
import { checkPassRole } from '../../rules/managed-capacity-rules';
import { enforceAtSynth } from '../../rules/rule';

/** The roles that Managed Instances need. */
export interface ManagedRoles {
  /** What ECS starts and stops hosts with. */
  readonly infrastructureRole: iam.IRole;
  /** What a host has. */
  readonly instanceRole: iam.IRole;
  readonly instanceProfile: iam.InstanceProfile;
  /** What lets ECS give hosts their role, and so must be there before ECS starts one, and stay until the last is gone. */
  readonly passRole: iam.AddToPrincipalPolicyResult;
}

/**
 * Makes the roles that aren't given, and lets ECS pass the one to hosts that it has.
 *
 * The managed policy lets ECS pass roles whose names begin with `ecsInstanceRole` only. A statement for exactly the instance role needs no
 * names, which would collide between stacks and need CAPABILITY_NAMED_IAM.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
 */
export function makeManagedRoles(scope: Construct, given: { infrastructureRole?: iam.IRole; instanceRole?: iam.IRole }): ManagedRoles {
  const infrastructureRole =
    given.infrastructureRole ??
    new iam.Role(scope, 'InfrastructureRole', {
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInfrastructureRolePolicyForManagedInstances')],
    });
  const instanceRole =
    given.instanceRole ??
    new iam.Role(scope, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInstanceRolePolicyForManagedInstances')],
    });
  const instanceProfile = new iam.InstanceProfile(scope, 'InstanceProfile', { role: instanceRole });
  const passRole = letPass(scope, infrastructureRole, instanceRole);
  enforceAtSynth(scope, () =>
    checkPassRole({
      granted: isAdded(passRole),
      infrastructureRole: infrastructureRole.node.path,
      instanceRole: instanceRole.node.path,
    }),
  );
  return { infrastructureRole, instanceRole, instanceProfile, passRole };
}

function letPass(scope: Construct, infrastructureRole: iam.IRole, instanceRole: iam.IRole): iam.AddToPrincipalPolicyResult {
  const statement = new iam.PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [instanceRole.roleArn],
    conditions: { StringLike: { 'iam:PassedToService': 'ec2.*' } },
  });
  if (!iam.Role.isRole(infrastructureRole) || Stack.of(infrastructureRole) === Stack.of(scope)) {
    return infrastructureRole.grantPrincipal.addToPrincipalPolicy(statement);
  }
  // A policy in the stack of the role would need the instance role of this one, which needs that one for the role.
  const policyDependable = new iam.Policy(scope, 'PassRole', { statements: [statement], roles: [infrastructureRole] });
  return { statementAdded: true, policyDependable };
}

/** Whether a statement stands in some policy. A role that can't be changed says so of every statement, and has no policy to show for it. */
function isAdded({ statementAdded, policyDependable }: iam.AddToPrincipalPolicyResult): boolean {
  return statementAdded && policyDependable !== undefined && Dependable.of(policyDependable).dependencyRoots.length > 0;
}
