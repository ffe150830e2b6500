/** A finding that we accept, and the reason. */
export interface AcceptedFinding {
  /** The rule, with the detail in brackets if it has one. */
  readonly rule: string | RegExp;
  /** The type of the resource. */
  readonly type: string;
  readonly reason: string;
  /** Accepts the finding only on resources that a test makes itself, outside our constructs. */
  readonly ofTest?: true;
  /** Accepts the finding only for some properties. */
  readonly when?: (properties: Record<string, unknown>) => boolean;
}

/** Actions that are allowed on all resources, because they support no others or because aws-cdk-lib's L2 constructs grant them that way. */
const ACTIONS_ON_ALL_RESOURCES = [
  // The ECS agent; a condition limits `ecs:Poll` and `ecs:StartTelemetrySession` to the cluster.
  ...['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:DiscoverPollEndpoint', 'ecr:GetAuthorizationToken'],
  // A host whose set-up fails; both support no other resource.
  ...['autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeScalingActivities'],
  // ECS Exec.
  ...['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'],
  // `ecs.Cluster` grants these to hosts, and `ecs.Ec2Service` to tasks with ECS Exec.
  // These find a node of a job, and tell the run that waits for it; both support no other resource.
  ...['ec2:DescribeInstances', 'states:SendTaskSuccess'],
  // `sfn.StateMachine` grants these for its logs and traces.
  ...['Create', 'Get', 'Update', 'Delete'].map((verb) => `logs:${verb}LogDelivery`),
  ...['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'],
  ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ...['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
];

/** The actions on all resources that the AWS page on Elastic Inference gives to the task role. */
const ELASTIC_INFERENCE_ACTIONS = ['elastic-inference:Connect', 'iam:List*', 'iam:Get*', 'ec2:Describe*', 'ec2:Get*'];

/** Findings of cdk-nag in our stacks that we accept, each with its reason. */
export const ACCEPTED_FINDINGS: AcceptedFinding[] = [
  {
    rule: 'AwsSolutions-DDB3',
    type: 'AWS::DynamoDB::GlobalTable',
    reason: 'A record of a run that waits is of no use when the run has ended.',
  },
  { rule: 'AwsSolutions-VPC7', type: 'AWS::EC2::VPC', ofTest: true, reason: 'Flow logs do not matter here.' },
  {
    rule: 'AwsSolutions-ECS4',
    type: 'AWS::ECS::Cluster',
    ofTest: true,
    reason: 'Ours has Container Insights; a cluster of the user need not have it.',
  },
  { rule: 'AwsSolutions-S1', type: 'AWS::S3::Bucket', ofTest: true, reason: 'Access logs do not matter here.' },
  { rule: 'AwsSolutions-S10', type: 'AWS::S3::Bucket', ofTest: true, reason: 'TLS does not matter here.' },
  {
    rule: 'AwsSolutions-ELB2',
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ofTest: true,
    reason: 'Access logs do not matter here.',
  },
  { rule: 'AwsSolutions-EC23', type: 'AWS::EC2::SecurityGroup', ofTest: true, reason: 'Load balancers are open by default.' },
  {
    rule: 'AwsSolutions-EC23',
    type: 'AWS::EC2::SecurityGroup',
    reason: 'The rule cannot read the CIDR of the VPC, which the security group of an interface endpoint uses.',
    when: ({ SecurityGroupIngress }) => rulesOf(SecurityGroupIngress).every((rule) => typeof rule.CidrIp === 'object'),
  },
  {
    rule: 'AwsSolutions-AS3',
    type: 'AWS::AutoScaling::AutoScalingGroup',
    reason: 'Notifications go to a topic, which the user must choose; ECS manages the scaling and reports it through EventBridge.',
  },
  {
    rule: 'AwsSolutions-ECS7',
    type: 'AWS::ECS::TaskDefinition',
    reason: 'Sidecars belong to the user. The main container, which comes first, has logging.',
    when: ({ ContainerDefinitions }) => (ContainerDefinitions as { LogConfiguration?: unknown }[])[0].LogConfiguration !== undefined,
  },
  {
    rule: 'AwsSolutions-ECS2',
    type: 'AWS::ECS::TaskDefinition',
    reason: 'The rule refuses any variable, but the accelerator runtimes read their settings, which are not secret, from variables.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
    type: 'AWS::IAM::Role',
    reason: 'The policy that AWS provides for Session Manager; only with `ssmSessionPermissions`.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances]',
    type: 'AWS::IAM::Role',
    reason: 'The policy that AWS provides, and keeps up to date, for ECS to start and stop Managed Instances.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInstanceRolePolicyForManagedInstances]',
    type: 'AWS::IAM::Role',
    reason: 'The policy that AWS provides, and keeps up to date, for the ECS agent of Managed Instances, which only AWS installs.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::ecs:Submit*]',
    type: 'AWS::IAM::Policy',
    reason: 'The reports of the ECS agent on its tasks, on one cluster only; `ecs.Cluster` grants it this way.',
    when: ({ PolicyDocument }) => !grantedOnAll(PolicyDocument).includes('ecs:Submit*'),
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    type: 'AWS::IAM::Policy',
    reason: 'Only the actions in `ACTIONS_ON_ALL_RESOURCES`.',
    when: ({ PolicyDocument }) => grantedOnAll(PolicyDocument).every((action) => ACTIONS_ON_ALL_RESOURCES.includes(action)),
  },
  ...['Resource::*', 'Action::iam:List*', 'Action::iam:Get*', 'Action::ec2:Describe*', 'Action::ec2:Get*'].map((detail) => ({
    rule: `AwsSolutions-IAM5[${detail}]`,
    type: 'AWS::IAM::Policy',
    reason: 'The policy that AWS documents for Elastic Inference; there is no narrower one.',
    when: ({ PolicyDocument }: Record<string, unknown>) => isElasticInference(PolicyDocument),
  })),
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task-definition\/[\w<>.-]+:\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'All revisions of one task definition, because a run in progress ends with the revision that it began with.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:ecs:[\w<>:-]+:(task|container-instance)\/[\w<>.:-]+\/\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'The tasks or hosts of one cluster, whose ids are unknown before they run.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:autoscaling:[\w<>:-]+:autoScalingGroup:\*:autoScalingGroupName\/\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'A condition limits it to the group of the pool, whose ARN has a generated id.',
    when: ({ PolicyDocument }) => JSON.stringify(PolicyDocument).includes('aws:ResourceTag/aws:cloudformation:logical-id'),
  },
  {
    rule: /^AwsSolutions-IAM5\[Action::s3:(GetObject|GetBucket|List|DeleteObject|Abort)\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: '`s3.Bucket` grants these to readers and writers.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::<\w+\.Arn>\/[\w/.-]*\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'The objects of one bucket; `s3.Bucket` grants it this way.',
    when: ({ PolicyDocument }) => grantedOn(PolicyDocument, /GetAtt.*\/[\w/.-]*\*"/).every((action) => action.startsWith('s3:')),
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    type: 'AWS::IAM::Role',
    reason:
      '`s3.Bucket` attaches it to the role of the function that turns on its events. Our functions have roles without managed policies.',
  },
  ...['AwsSolutions-SF1', 'AwsSolutions-SF2'].map((rule) => ({
    rule,
    type: 'AWS::StepFunctions::StateMachine',
    reason: 'The state machine with which `cr.Provider` waits; it only calls a function.',
    when: (properties: Record<string, unknown>) => JSON.stringify(properties.DefinitionString).includes('framework-isComplete-task'),
  })),
  {
    rule: /^AwsSolutions-IAM5\[Resource::<\w+\.Arn>:\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'All versions of one function; `cr.Provider` grants it this way.',
    when: ({ PolicyDocument }) => grantedOn(PolicyDocument, /:\*"/).every((action) => action === 'lambda:InvokeFunction'),
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:.+:?\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'The executions of one state machine, whose names are unknown in advance; aws-cdk-lib grants it this way.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:(execution|mapRun):<\w+\.Name>[:/]\*\]$/,
    type: 'AWS::IAM::Policy',
    reason: 'The executions and map runs of one state machine, whose names are unknown in advance.',
  },
];

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The actions that a policy allows on resources whose JSON matches. */
function grantedOn(policyDocument: unknown, resource: RegExp): string[] {
  return (policyDocument as { Statement: Statement[] }).Statement.filter(({ Resource }) => resource.test(JSON.stringify(Resource))).flatMap(
    ({ Action }) => Action,
  );
}

/** The actions that a policy allows on all resources. */
function grantedOnAll(policyDocument: unknown): string[] {
  return (policyDocument as { Statement: Statement[] }).Statement.filter(
    ({ Effect, Resource }) => Effect === 'Allow' && [Resource].flat().includes('*'),
  ).flatMap(({ Action }) => Action);
}

/** Whether a policy allows exactly what Elastic Inference needs on all resources. */
function isElasticInference(policyDocument: unknown): boolean {
  return [...grantedOnAll(policyDocument)].sort().join() === [...ELASTIC_INFERENCE_ACTIONS].sort().join();
}

function rulesOf(ingress: unknown): { readonly CidrIp?: unknown }[] {
  return (ingress ?? []) as { CidrIp?: unknown }[];
}
