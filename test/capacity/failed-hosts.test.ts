import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Ec2Capacity, GaudiCapacity, GaudiMachineImage, NeuronCapacity, NeuronCapacityProps, NeuronInstanceType } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { arnOf, isAllowed, STACK_ID } from '../support/iam';
import { LinuxHost } from '../support/linux-host';
import { TemplateJson } from '../support/template';
import { syntaxErrors, userDataOf } from '../support/user-data';

const FI_INFO = 'curl -fsSL --retry 5 --retry-connrefused -o';
const EFA = 'https://efa-installer.amazonaws.com/aws-efa-installer';
const SIGNED = '[GNUPG:] VALIDSIG 4E90 2026-01-01 1 0 4 0 1 8 00 4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC';
const API = 'Version=2011-01-01&Action=';

/** What the stubs of a host do. The host has credentials, and a group. `ended` is how many hosts of the group ended before. */
const effects = ({ ended = 0, ...others }: { ended?: number; curl?: string; gpg?: string; tar?: string } = {}) => ({
  tar: 'mkdir -p aws-efa-installer /opt/amazon/efa/bin; echo "echo it installs >> /tmp/installed" > aws-efa-installer/efa_installer.sh; chmod +x aws-efa-installer/efa_installer.sh; echo "exit 0" > /opt/amazon/efa/bin/fi_info; chmod +x /opt/amazon/efa/bin/fi_info',
  gpg: `case "$*" in *--verify*) echo '${SIGNED}';; esac`,
  ...others,
  curl: `${others.curl ?? ''}
case "$*" in
*api/token*) echo TOKEN;;
*iam/security-credentials/) echo host-role;;
*iam/security-credentials/host-role) printf '{\\n "Code" : "Success",\\n "AccessKeyId" : "AKID",\\n "SecretAccessKey" : "se/cr+et",\\n "Token" : "SESSION"\\n}\\n';;
*instance-id*) echo i-1;;
*DescribeAutoScalingInstances*) echo '<a><AutoScalingGroupName>the-group</AutoScalingGroupName></a>';;
*DescribeScalingActivities*) echo '${'<Cause>a host was taken out of service in response to an EC2 health check</Cause>'.repeat(ended)}';;
esac`,
});

const hosts: LinuxHost[] = [];
function host(stubs: Record<string, string> = effects(), files: Record<string, string> = {}): LinuxHost {
  const made = new LinuxHost(
    { '/var/log/cloud-init-output.log': 'the reason\n', '/opt/amazon/none': '', ...files },
    ['curl', 'gpg', 'shutdown', 'systemctl', 'tar'],
    stubs,
  );
  hosts.push(made);
  return made;
}
afterEach(() => hosts.splice(0).forEach((made) => made.remove()));

function efaPool(props: Partial<NeuronCapacityProps> = {}): { stack: Stack; script: string } {
  const { stack, vpc } = newStackWithVpc();
  const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
  new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: NeuronInstanceType.TRN1_32_XLARGE, efa: true, ...props });
  return { stack, script: scriptOf(stack) };
}

function scriptOf(stack: Stack): string {
  const [script, ...others] = userDataOf(synth(stack));
  expect(others).toEqual([]);
  expect(syntaxErrors(script)).toBe('');
  return script;
}

/** The configuration of the agent without the name of the cluster. */
const SETTINGS = 'ECS_AWSVPC_BLOCK_IMDS=true\nECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true\n';

/** Expects a host that can not join its cluster, says why, and ends. */
function expectOut(made: LinuxHost, commands: string[], why: string | RegExp): void {
  expect(made.read('/etc/ecs/ecs.config')).toBe(SETTINGS);
  expect(commands).toContain('systemctl mask --now --no-block ecs');
  expect(commands[commands.length - 1]).toBe('shutdown -h now');
  expect(made.read('/dev/console')).toMatch(why);
  expect(made.read('/dev/console')).toContain('the reason\n');
}

describe('a host with EFA', () => {
  const { script } = efaPool({ userDataCommands: ['echo theirs >> /tmp/theirs'] });

  test('downloads the installer, verifies its signature, and installs it before the commands of the user', () => {
    const made = host();
    const { status, stderr, commands } = made.run(script);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(commands.map((command) => command.replace(/tmp\.\w+/, 'new'))).toEqual([
      `${FI_INFO} efa.tar.gz ${EFA}-latest.tar.gz`,
      `${FI_INFO} efa.tar.gz.sig ${EFA}-latest.tar.gz.sig`,
      `${FI_INFO} efa.tar.gz.key ${EFA}.key`,
      'gpg --batch --quiet --import efa.tar.gz.key',
      'gpg --batch --status-fd 1 --verify efa.tar.gz.sig efa.tar.gz',
      'tar -xf efa.tar.gz',
    ]);
    expect(made.read('/tmp/installed')).toBe('it installs\n');
    expect(made.read('/tmp/theirs')).toBe('theirs\n');
    expect(made.read('/etc/ecs/ecs.config')).toMatch(/^ECS_CLUSTER=PoolCluster/);
    expect(made.read('/dev/console')).toBe('');
  });

  test('whose image has EFA downloads nothing', () => {
    const made = host(effects(), { '/opt/amazon/efa/bin/fi_info': '#!/bin/bash\nexit 0\n' });
    expect(made.run(script)).toEqual({ status: 0, stderr: '', commands: [] });
  });

  test.each<[string, Parameters<typeof effects>[0]]>([
    ['the download fails', { curl: 'case "$*" in *efa-installer*) exit 22;; esac' }],
    ['the signature is wrong', { gpg: 'case "$*" in *--verify*) exit 1;; esac' }],
    ['another key signed it', { gpg: `case "$*" in *--verify*) echo '${SIGNED.replace(/3CCC$/, '3CCD')}';; esac` }],
    [
      'the installer fails',
      { tar: 'mkdir aws-efa-installer; echo "exit 3" > aws-efa-installer/efa_installer.sh; chmod +x aws-efa-installer/efa_installer.sh' },
    ],
    [
      'EFA does not work after it',
      { tar: 'mkdir aws-efa-installer; echo > aws-efa-installer/efa_installer.sh; chmod +x aws-efa-installer/efa_installer.sh' },
    ],
  ])('takes itself out if %s', (_, broken) => {
    const made = host(effects(broken));
    const { status, commands } = made.run(script);
    expect(status).not.toBe(0);
    expectOut(made, commands, /^cdk-ecs-ml: User data of this host ended with exit code \d+. The host could not install the EFA software/);
    expect(() => made.read('/tmp/theirs')).toThrow();
    expect(() => made.read('/tmp/installed')).toThrow();
  });
});

describe('hosts that fail one after another', () => {
  const { stack, script } = efaPool();
  const broken = (ended: number) => host(effects({ ended, gpg: 'exit 1' }));
  const calls = (commands: string[]) =>
    commands.filter((command) => command.includes('Action=')).map((command) => /Action=(\w+)/.exec(command)?.[1]);

  test.each([0, 1])('are replaced while %d of them ended', (ended) => {
    const made = broken(ended);
    const { commands } = made.run(script);
    expect(calls(commands)).toEqual(['DescribeAutoScalingInstances', 'DescribeScalingActivities']);
    expectOut(made, commands, /terminates itself/);
  });

  test.each([2, 3, 9])('stop their group from launching more after %d', (ended) => {
    const made = broken(ended);
    const { commands } = made.run(script);
    expect(commands).toContain(
      'curl -fsS --retry 3 --max-time 60 --aws-sigv4 aws:amz:AWS::Region:autoscaling --user AKID:se/cr+et -H x-amz-security-token: SESSION ' +
        `-d ${API}SuspendProcesses&AutoScalingGroupName=the-group&ScalingProcesses.member.1=Launch https://autoscaling.AWS::Region.AWS::URLSuffix/`,
    );
    expectOut(made, commands, /aws autoscaling resume-processes --auto-scaling-group-name the-group --scaling-processes Launch\n/);
  });

  test('are replaced if their group is not known', () => {
    const made = host(effects({ ended: 9, gpg: 'exit 1', curl: 'case "$*" in *AutoScalingInstances*) exit 22;; esac' }));
    const { commands } = made.run(script);
    expect(calls(commands)).toEqual(['DescribeAutoScalingInstances']);
    expectOut(made, commands, /terminates itself/);
  });

  test('end even if nothing answers', () => {
    const made = host(effects({ curl: 'exit 7', ended: 9 }));
    const { commands } = made.run(script);
    expectOut(made, commands, /could not install the EFA software/);
    expect(calls(commands)).not.toContain('SuspendProcesses');
  });

  test('may do these calls for their own group only', async () => {
    const template = synth(stack).toJSON() as TemplateJson;
    const group = Object.keys(template.Resources).find((id) => template.Resources[id].Type === 'AWS::AutoScaling::AutoScalingGroup');
    const arn = 'arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:1:autoScalingGroupName/any';
    const tags = (logicalId?: string) => ({
      'aws:ResourceTag/aws:cloudformation:stack-id': STACK_ID,
      'aws:ResourceTag/aws:cloudformation:logical-id': logicalId ?? '',
    });
    const asks = (action: string, resource: string, context?: Record<string, string>) =>
      isAllowed(template, { role: 'PoolRole', action: `autoscaling:${action}`, resource, context });
    expect(await asks('DescribeAutoScalingInstances', '*')).toBe(true);
    expect(await asks('DescribeScalingActivities', '*')).toBe(true);
    expect(await asks('SuspendProcesses', arn, tags(group))).toBe(true);
    expect(await asks('SuspendProcesses', arn, tags('Other'))).toBe(false);
    expect(await asks('SuspendProcesses', arn, { ...tags(group), 'aws:ResourceTag/aws:cloudformation:stack-id': 'other' })).toBe(false);
    expect(await asks('SetDesiredCapacity', arn, tags(group))).toBe(false);
    expect(arnOf(template, arn)).toBe(arn);
  });

  test('terminate when they shut down', () => {
    synth(stack).hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { InstanceInitiatedShutdownBehavior: 'terminate' },
    });
  });
});

describe('commands of the user', () => {
  function script(...userDataCommands: string[]): string {
    const { stack, vpc } = newStackWithVpc();
    new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.large'), userDataCommands });
    return scriptOf(stack);
  }

  test('that fail do not stop the next ones, not even the last', () => {
    const made = host();
    const { status, commands } = made.run(script('systemctl theirs', 'cat /tmp/missing', 'systemctl mine', 'cat /tmp/missing'));
    expect({ status, commands }).toEqual({ status: 0, commands: ['systemctl theirs', 'systemctl mine'] });
    expect(made.read('/etc/ecs/ecs.config')).toMatch(/^ECS_CLUSTER=/);
  });

  test.each([['set -e', 'cat /tmp/missing'], ['exit 4']])('that end the script keep the host out: %s', (...commands) => {
    const made = host();
    const run = made.run(script(...commands, 'systemctl next'));
    expect(run.commands).not.toContain('systemctl next');
    expectOut(made, run.commands, /The host ran userDataCommands, which ended the script/);
  });

  test('that end it without an error do not', () => {
    const made = host();
    expect(made.run(script('exit 0', 'systemctl next'))).toEqual({ status: 0, stderr: '', commands: [] });
    expect(made.read('/etc/ecs/ecs.config')).toMatch(/^ECS_CLUSTER=/);
  });

  test('find the configuration of the agent, and can change it', () => {
    const made = host({ ...effects(), systemctl: 'cat /etc/ecs/ecs.config > /tmp/seen' });
    made.run(script('systemctl start ecs', 'echo ECS_AWSVPC_BLOCK_IMDS=false >> /etc/ecs/ecs.config'));
    expect(made.read('/tmp/seen')).toMatch(/^ECS_CLUSTER=PoolCluster\w+\n/);
    expect(made.read('/etc/ecs/ecs.config')).toMatch(/ECS_AWSVPC_BLOCK_IMDS=true\n(.*\n)*ECS_AWSVPC_BLOCK_IMDS=false\n$/);
  });

  test('that are added to the launch template later come last, and are watched too', async () => {
    const { stack, vpc } = newStackWithVpc();
    const pool = new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.large') });
    const before = pool.launchTemplate.userData?.render();
    expect(before).not.toContain('trap');
    pool.autoScalingGroup.addUserData('set -e');
    pool.launchTemplate.userData?.addCommands('cat /tmp/missing');
    pool.launchTemplate.userData?.addOnExitCommands('systemctl at-exit');
    const made = host();
    const { commands } = made.run(scriptOf(stack));
    expect(commands).toEqual(expect.arrayContaining(['systemctl mask --now --no-block ecs', 'shutdown -h now', 'systemctl at-exit']));
    const template = synth(stack).toJSON() as TemplateJson;
    expect(await isAllowed(template, { role: 'PoolRole', action: 'autoscaling:DescribeScalingActivities', resource: '*' })).toBe(true);
  });
});

test('a pool without set-up and commands has neither the trap nor its permissions', async () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  new NeuronCapacity(stack, 'Pool', { cluster, instanceType: NeuronInstanceType.INF2_XLARGE });
  expect(scriptOf(stack)).not.toMatch(/trap|exit/);
  const template = synth(stack).toJSON() as TemplateJson;
  expect(await isAllowed(template, { role: 'PoolRole', action: 'autoscaling:DescribeScalingActivities', resource: '*' })).toBe(false);
});

test('a Gaudi host without its runtime takes itself out', () => {
  const { stack, vpc } = newStackWithVpc();
  const image = ec2.MachineImage.fromSsmParameter('/my/gaudi/ami');
  new GaudiCapacity(stack, 'Pool', { vpc, machineImage: GaudiMachineImage.marketplace(image) });
  const made = host();
  expectOut(made, made.run(scriptOf(stack)).commands, /The host could not set up the Gaudi container runtime/);
});
