import { ArnFormat, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, Size, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Ec2PoolProps } from './ec2-pool-props';
import { RootVolume } from './root-volume';
import { hasAccelerators } from '../../rules/accelerated-host-rules';
import { checkInstanceStorage, hasInstanceStorage } from '../../rules/instance-storage-rules';
import {
  checkRootVolume,
  checkRootVolumeKey,
  checkRootVolumeKeyPolicy,
  checkSizeOnce,
  IOPS_PER_MIB,
  MIN_IOPS,
  VolumeFacts,
} from '../../rules/root-volume-rules';
import { enforce, Finding, known } from '../../rules/rule';

/** The default throughput in MiB/s of hosts with accelerators. It is within the IOPS that gp3 has without extra cost. */
const THROUGHPUT = 500;

/** A root volume with defaults. */
export type HostVolume = VolumeFacts & Pick<RootVolume, 'kmsKey'>;

/** The root volume of the hosts of a pool. What is undefined is the default of gp3. */
export function rootVolumeOf(props: Ec2PoolProps): HostVolume {
  const { rootVolume = {}, ec2InstanceType, hostFacts, instanceStorage } = props;
  const type = ec2InstanceType.toString();
  const largeImages = !instanceStorage?._used && (hostFacts !== undefined || (known(type) && hasAccelerators(type)));
  const { size = props.rootVolumeSize ?? Size.gibibytes(100), throughput = largeImages ? THROUGHPUT : undefined, kmsKey } = rootVolume;
  const needed = known(throughput) ? throughput * IOPS_PER_MIB : MIN_IOPS;
  return { size, throughput, kmsKey, iops: rootVolume.iops ?? (needed > MIN_IOPS ? needed : undefined) };
}

/** Checks the root volume of the hosts of a pool. */
export function checkHostVolume(pool: IConstruct, props: Ec2PoolProps): Finding[] {
  const { kmsKey, ...volume } = rootVolumeOf(props);
  const old = props.rootVolumeSize !== undefined;
  return [
    ...checkSizeOnce(old && props.rootVolume?.size !== undefined),
    ...checkRootVolume(volume, old ? '`rootVolumeSize`' : undefined),
    ...(kmsKey
      ? checkRootVolumeKey({
          keySpec: (kmsKey.node.defaultChild as Partial<kms.CfnKey> | undefined)?.keySpec,
          region: kmsKey.env.region,
          poolRegion: Stack.of(pool).region,
        })
      : []),
  ];
}

/** Checks that the hosts of a pool have the instance storage that it uses. */
export function checkHostInstanceStorage({ instanceStorage, ec2InstanceType, hostFacts }: Ec2PoolProps): Finding[] {
  if (!instanceStorage?._used) return [];
  const type = ec2InstanceType.toString();
  const byName = known(type) ? hasInstanceStorage(type) : undefined;
  return checkInstanceStorage({
    instanceType: type,
    has: hostFacts ? hostFacts.instanceStorage !== undefined : byName,
    others: hostFacts?._typesWithInstanceStorage ?? [],
  });
}

/** The root volume as a block device. */
export function rootBlockDevice({ size, iops, throughput, kmsKey }: HostVolume): ec2.BlockDeviceVolume {
  return ec2.BlockDeviceVolume.ebs(size.toGibibytes(), {
    volumeType: ec2.EbsDeviceVolumeType.GP3,
    encrypted: true,
    iops,
    throughput: known(throughput) ? throughput : undefined,
    kmsKey,
  });
}

/** Adds what the block device lacks, and the permission of what launches the hosts to use the key of the volume. */
export function prepareRootVolume(
  pool: IConstruct,
  launchTemplate: ec2.LaunchTemplate,
  { throughput, kmsKey }: HostVolume,
  spot: boolean,
): void {
  if (Token.isUnresolved(throughput)) {
    // On the L1, because the L2 takes the token of a parameter for a number below 125.
    (launchTemplate.node.defaultChild as ec2.CfnLaunchTemplate).addPropertyOverride(
      'LaunchTemplateData.BlockDeviceMappings.0.Ebs.Throughput',
      throughput,
    );
  }
  if (kmsKey) enforce(pool, allowLaunch(pool, kmsKey, spot ? [AUTO_SCALING, SPOT] : [AUTO_SCALING]));
}

/** The service-linked roles that launch hosts: of Auto Scaling, and of EC2 for Spot. */
const AUTO_SCALING = 'autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
const SPOT = 'spot.amazonaws.com/AWSServiceRoleForEC2Spot';

/** Allows service-linked roles to use a key, or says which statements its policy must have. */
function allowLaunch(pool: IConstruct, key: kms.IKey, roles: string[]): Finding[] {
  const { account } = Stack.of(pool);
  const missing = statementsFor(pool, roles).filter((statement) => !key.addToResourcePolicy(statement, true).statementAdded);
  return checkRootVolumeKeyPolicy({
    key: key.node.path,
    otherAccount: known(account, key.env.account) && account !== key.env.account,
    missing: missing.map(readable),
    roles: roles.map((role) => role.split('/')[1]),
  });
}

/**
 * The statements of the public page, with the roles as a condition. As the principal, a role would have to exist: in an account that has
 * never had an Auto Scaling group it does not, and the policy would be refused.
 */
function statementsFor(pool: IConstruct, roles: string[]): iam.PolicyStatement[] {
  const arns = roles.map((role) =>
    Stack.of(pool).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `aws-service-role/${role}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    }),
  );
  const allow = (actions: string[], conditions: Record<string, unknown> = {}) =>
    new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions,
      resources: ['*'],
      conditions: { ArnEquals: { 'aws:PrincipalArn': arns.length > 1 ? arns : arns[0] }, ...conditions },
    });
  return [
    allow(['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']),
    allow(['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  ];
}

/** A statement as a user would write it. Tokens would not be readable. */
function readable(statement: iam.PolicyStatement): unknown {
  const text = JSON.stringify(statement.toStatementJson());
  return JSON.parse(text.replace(/\$\{Token\[AWS\.Partition[^}]*\}/g, 'aws').replace(/\$\{Token\[AWS\.AccountId[^}]*\}/g, '111122223333'));
}
