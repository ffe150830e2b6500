import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkPassRole } from '../../rules/managed-capacity-rules';
import { enforceAtSynth } from '../../rules/rule';
import { isAdded } from '../added-statement';

/** The roles that Managed Instances need. */
export interface ManagedRoles {
  /** The role that ECS uses to start and stop hosts. */
  readonly infrastructureRole: iam.IRole;
  /** The role of the hosts. */
  readonly instanceRole: iam.IRole;
  readonly instanceProfile: iam.InstanceProfile;
  /** The permission of ECS to give hosts their role. It must exist before ECS starts the first host, and until the last host is gone. */
  readonly passRole: iam.AddToPrincipalPolicyResult;
}

/**
 * Creates the roles that are not given, and lets the infrastructure role pass the instance role to EC2.
 *
 * The managed policy only lets ECS pass roles whose name begins with `ecsInstanceRole`. A statement for the instance role itself works with
 * any name. Fixed names would collide between stacks and need CAPABILITY_NAMED_IAM.
 *
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
  // A policy in the stack of the role would refer to the instance role of this stack, which already depends on the stack of the role.
  const policyDependable = new iam.Policy(scope, 'PassRole', { statements: [statement], roles: [infrastructureRole] });
  return { statementAdded: true, policyDependable };
}
