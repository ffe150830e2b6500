/**
 * The VPC endpoint services of actions, by the prefix of the action, and where it matters by its name. A prefix that is not here has no
 * endpoint service, or one that would change how the VPC reaches public endpoints of others, as that of API Gateway does.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const BY_PREFIX: Record<string, string[]> = {
  appconfig: ['appconfigdata'],
  aps: ['aps-workspaces'],
  athena: ['athena'],
  autoscaling: ['autoscaling'],
  batch: ['batch'],
  bedrock: ['bedrock-runtime'],
  cloudformation: ['cloudformation'],
  cloudwatch: ['monitoring'],
  dynamodb: ['dynamodb'],
  ec2: ['ec2'],
  ec2messages: ['ec2messages'],
  ecr: ['ecr.api', 'ecr.dkr'],
  ecs: ['ecs'],
  elasticloadbalancing: ['elasticloadbalancing'],
  events: ['events'],
  firehose: ['kinesis-firehose'],
  glue: ['glue'],
  kinesis: ['kinesis-streams'],
  kms: ['kms'],
  lambda: ['lambda'],
  logs: ['logs'],
  'rds-data': ['rds-data'],
  s3: ['s3'],
  sagemaker: ['sagemaker.api'],
  secretsmanager: ['secretsmanager'],
  sns: ['sns'],
  sqs: ['sqs'],
  ssm: ['ssm'],
  ssmmessages: ['ssmmessages'],
  states: ['states'],
  sts: ['sts'],
  xray: ['xray'],
};

const BY_ACTION: Record<string, string[]> = {
  'sagemaker:invokeendpoint': ['sagemaker.runtime'],
  'sagemaker:invokeendpointasync': ['sagemaker.runtime'],
};

/** The VPC endpoint services of AWS managed policies, which have no document in a template. */
const BY_MANAGED_POLICY: Record<string, string[]> = {
  AmazonBedrockFullAccess: ['bedrock-runtime'],
  AmazonDynamoDBFullAccess: ['dynamodb'],
  AmazonDynamoDBReadOnlyAccess: ['dynamodb'],
  AmazonSNSFullAccess: ['sns'],
  AmazonSQSFullAccess: ['sqs'],
  AmazonSSMManagedInstanceCore: ['ssm', 'ssmmessages', 'ec2messages'],
  AmazonSSMReadOnlyAccess: ['ssm'],
  AWSXRayDaemonWriteAccess: ['xray'],
  AWSXrayWriteOnlyAccess: ['xray'],
  CloudWatchAgentServerPolicy: ['monitoring', 'logs'],
  CloudWatchFullAccess: ['monitoring', 'logs'],
  CloudWatchFullAccessV2: ['monitoring', 'logs'],
  SecretsManagerReadWrite: ['secretsmanager'],
};

/** The VPC endpoint services that an action of a policy calls: `monitoring` for "cloudwatch:PutMetricData". */
export function servicesOfAction(action: string): string[] {
  const [prefix] = action.toLowerCase().split(':');
  return BY_ACTION[action.toLowerCase()] ?? BY_PREFIX[prefix] ?? [];
}

/** The VPC endpoint services that an AWS managed policy is for. */
export function servicesOfManagedPolicy(name: string): string[] {
  return BY_MANAGED_POLICY[name] ?? [];
}
