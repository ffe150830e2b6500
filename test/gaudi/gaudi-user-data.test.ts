import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { GaudiCapacity, GaudiCapacityProps, GaudiMachineImage } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { LinuxHost } from '../support/linux-host';
import { syntaxErrors, userDataOf } from '../support/user-data';

const ami = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
const RUNTIME = { '/usr/bin/habana-container-runtime': '' };
const SYSTEM = ['curl', 'shutdown', 'sysctl', 'systemctl', 'systemd-run'];
const UBUNTU = [...SYSTEM, 'apt-get', 'gpg'];

const DOCKER = {
  'default-runtime': 'habana',
  'default-ulimits': { memlock: { Name: 'memlock', Soft: -1, Hard: -1 } },
  runtimes: { habana: { path: '/usr/bin/habana-container-runtime', runtimeArgs: [] } },
};

function scriptOf(machineImage: GaudiMachineImage, props: Partial<GaudiCapacityProps> = {}): string {
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
  new GaudiCapacity(stack, 'Pool', { vpc, machineImage, ...props });
  const [script] = userDataOf(synth(stack));
  expect(syntaxErrors(script)).toBe('');
  return script;
}

const AGENT_KEY = 'https://raw.githubusercontent.com/aws/amazon-ecs-agent/master/scripts/amazon-ecs-agent.gpg';
const SIGNED =
  'case "$*" in *--verify*) echo "[GNUPG:] VALIDSIG D64B 2026-01-01 1 0 4 0 1 8 00 F34C3DDAE72926B079BEAEC6BCE9D9A42D51784F";; esac';

const hosts: LinuxHost[] = [];
function host(files: Record<string, string>, stubs: string[], effects: Record<string, string> = {}): LinuxHost {
  const made = new LinuxHost(files, stubs, { gpg: SIGNED, ...effects });
  hosts.push(made);
  return made;
}
afterEach(() => hosts.splice(0).forEach((made) => made.remove()));

/** Docker's settings, with paths as a host without a sandbox has them. */
function docker(of: LinuxHost) {
  return JSON.parse(of.read('/etc/docker/daemon.json').replace(/"[^"]*\/usr\/bin\//g, '"/usr/bin/'));
}

describe('the image of the marketplace', () => {
  const script = scriptOf(GaudiMachineImage.marketplace(ami));

  test('gets the habana runtime by default, locked memory and huge pages', () => {
    const made = host(RUNTIME, SYSTEM);
    expect(made.run(script)).toEqual({
      status: 0,
      stderr: '',
      commands: ['sysctl -p /etc/sysctl.d/99-gaudi.conf', 'systemctl restart --no-block docker'],
    });
    expect(docker(made)).toEqual(DOCKER);
    expect(made.read('/etc/sysctl.d/99-gaudi.conf')).toBe('vm.nr_hugepages=15000\n');
    expect(made.read('/etc/ecs/ecs.config')).toMatch(
      /^ECS_CLUSTER=PoolCluster\w+\nECS_AWSVPC_BLOCK_IMDS=true\nECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true\n$/,
    );
  });

  test('changes nothing the second time, and leaves Docker alone', () => {
    const made = host(RUNTIME, SYSTEM);
    made.run(script);
    const before = made.read('/etc/docker/daemon.json');
    expect(made.run(script).commands).toEqual(['sysctl -p /etc/sysctl.d/99-gaudi.conf']);
    expect(made.read('/etc/docker/daemon.json')).toBe(before);
  });

  test('keeps the settings that Docker has', () => {
    const theirs = {
      'log-level': 'warn',
      'default-ulimits': { nofile: { Name: 'nofile', Soft: 1, Hard: 2 } },
      runtimes: { other: { path: 'o' } },
    };
    const made = host({ ...RUNTIME, '/etc/docker/daemon.json': JSON.stringify(theirs) }, SYSTEM);
    expect(made.run(script).status).toBe(0);
    expect(docker(made)).toEqual({
      ...DOCKER,
      'log-level': 'warn',
      'default-ulimits': { ...DOCKER['default-ulimits'], ...theirs['default-ulimits'] },
      runtimes: { ...DOCKER.runtimes, ...theirs.runtimes },
    });
  });

  test("takes Amazon Linux's ulimits out of Docker's options, once", () => {
    const options = 'OPTIONS="--default-ulimit nofile=32768:65536"\n';
    const made = host({ ...RUNTIME, '/etc/sysconfig/docker': options }, SYSTEM);
    made.run(script);
    made.run(script);
    expect(made.read('/etc/sysconfig/docker')).toBe(`#${options}`);
  });

  test('without the runtime never joins', () => {
    const made = host({}, SYSTEM);
    expect(made.run(script)).toEqual({
      status: 1,
      stderr: expect.stringContaining('The image has no habana-container-runtime'),
      commands: expect.not.arrayContaining(['systemctl restart --no-block docker']),
    });
    expect(made.read('/etc/ecs/ecs.config')).not.toContain('ECS_CLUSTER');
    expect(made.read('/dev/console')).toContain('could not set up the Gaudi container runtime');
  });
});

test('on Ubuntu the runtime is installed where it is missing, of the release of the driver', () => {
  const files = { '/etc/os-release': 'NAME=Ubuntu\nVERSION_CODENAME=jammy\n', '/etc/apt/sources.list.d/README': '', '/usr/bin/README': '' };
  const made = new LinuxHost(files, [...UBUNTU, 'dpkg-query'], {
    'dpkg-query': 'echo 1.21.0-555',
    'apt-get': 'echo > /usr/bin/habana-container-runtime; chmod +x /usr/bin/habana-container-runtime',
  });
  hosts.push(made);
  const { status, commands } = made.run(scriptOf(GaudiMachineImage.marketplace(ami)));
  expect(status).toBe(0);
  expect(commands).toEqual([
    'dpkg-query -W -f ${Version} habanalabs-dkms',
    'curl -fsSL --retry 5 --retry-connrefused -o /etc/apt/keyrings/habanalabs.asc https://vault.habana.ai/artifactory/api/gpg/key/public',
    'apt-get -o DPkg::Lock::Timeout=600 update',
    'apt-get -o DPkg::Lock::Timeout=600 install -y habanalabs-container-runtime=1.21.0-555',
    'sysctl -p /etc/sysctl.d/99-gaudi.conf',
    'systemctl restart --no-block docker',
  ]);
  expect(made.read('/etc/apt/sources.list.d/habanalabs.list')).toMatch(
    /^deb \[signed-by=.*\/etc\/apt\/keyrings\/habanalabs.asc\] https:\/\/vault.habana.ai\/artifactory\/debian jammy main\n$/,
  );
});

describe('an image without the ECS agent', () => {
  const script = scriptOf(GaudiMachineImage.withoutEcsAgent(ami));
  const START = ['systemctl enable ecs', 'systemd-run --no-block --property=After=cloud-final.service systemctl restart ecs'];
  const url = 'https://s3.us-east-1.amazonaws.com/amazon-ecs-agent-us-east-1/amazon-ecs-init-latest.amd64.deb';

  test.each([
    [
      'Ubuntu',
      UBUNTU,
      [
        `curl -fsSL --retry 5 --retry-connrefused -o amazon-ecs-init.deb ${url}`,
        `curl -fsSL --retry 5 --retry-connrefused -o amazon-ecs-init.deb.asc ${url}.asc`,
        `curl -fsSL --retry 5 --retry-connrefused -o amazon-ecs-init.deb.key ${AGENT_KEY}`,
        'gpg --batch --quiet --import amazon-ecs-init.deb.key',
        'gpg --batch --status-fd 1 --verify amazon-ecs-init.deb.asc amazon-ecs-init.deb',
        'apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 update',
        'apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 install -y ./amazon-ecs-init.deb',
      ],
    ],
    ['Amazon Linux 2', [...SYSTEM, 'amazon-linux-extras'], ['amazon-linux-extras disable docker', 'amazon-linux-extras install -y ecs']],
    ['Amazon Linux 2023', [...SYSTEM, 'dnf'], ['dnf install -y ecs-init']],
  ])('of %s installs it, and starts it when user data is done', (_, stubs, commands) => {
    const made = host(RUNTIME, stubs);
    expect(made.run(script)).toEqual({
      status: 0,
      stderr: '',
      commands: [...commands, ...START, 'sysctl -p /etc/sysctl.d/99-gaudi.conf', 'systemctl restart --no-block docker'],
    });
    expect(docker(made)).toEqual(DOCKER);
    expect(made.read('/etc/ecs/ecs.config')).toMatch(
      /^ECS_CLUSTER=PoolCluster\w+\nECS_AWSVPC_BLOCK_IMDS=true\nECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true\n$/,
    );
  });

  test('does not install it a second time', () => {
    const made = host(RUNTIME, UBUNTU);
    made.run(script);
    made.write('/lib/systemd/system/ecs.service', '');
    expect(made.run(script).commands).toEqual([...START, 'sysctl -p /etc/sysctl.d/99-gaudi.conf']);
  });

  test('that can not be installed keeps the host out of the cluster', () => {
    const made = host(RUNTIME, SYSTEM);
    expect(made.run(script).status).not.toBe(0);
    expect(made.read('/etc/ecs/ecs.config')).not.toContain('ECS_CLUSTER');
    expect(made.read('/dev/console')).toContain('could not install the ECS agent');
  });

  test.each([
    ['its signature is wrong', { gpg: 'case "$*" in *--verify*) exit 1;; esac' }],
    ['another key signed it', { gpg: SIGNED.replace('51784F"', '51784E"') }],
    ['its key can not be had', { curl: 'case "$*" in *.key*) exit 7;; esac' }],
  ])('keeps the host out of the cluster if %s', (_, effects) => {
    const made = host(RUNTIME, UBUNTU, effects);
    const { commands } = made.run(script);
    expect(commands.filter((command) => command.startsWith('apt-get'))).toEqual([]);
    expect(made.read('/etc/ecs/ecs.config')).not.toContain('ECS_CLUSTER');
  });

  test('takes the key from another place if the first does not answer', () => {
    const made = host(RUNTIME, UBUNTU, { curl: 'case "$*" in *github*) exit 7;; esac' });
    const { status, commands } = made.run(script);
    expect(status).toBe(0);
    expect(commands).toContainEqual(expect.stringContaining('-o amazon-ecs-init.deb.key https://keyserver.ubuntu.com/pks/lookup'));
  });

  test('takes the agent of its Region, where only the deployment knows it', () => {
    const { stack, vpc } = newStackWithVpc();
    const image = GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.fromSsmParameter('/my/gaudi/ami'));
    new GaudiCapacity(stack, 'Pool', { vpc, machineImage: image });
    expect(userDataOf(synth(stack))[0]).toContain('https://s3.AWS::Region.amazonaws.com/amazon-ecs-agent-AWS::Region/');
  });
});

test('an image of the user is taken as it is', () => {
  expect(scriptOf(GaudiMachineImage.custom(ami))).toMatch(/^#!\/bin\/bash\n(echo ECS_\w+=\w+ >> \/etc\/ecs\/ecs.config\n?)+$/);
});

test('commands of the user come after, and one that fails does not stop the rest', () => {
  const script = scriptOf(GaudiMachineImage.marketplace(ami), { userDataCommands: ['sysctl theirs', 'false'] });
  const made = host(RUNTIME, SYSTEM);
  expect(made.run(script)).toMatchObject({ status: 0, commands: expect.arrayContaining(['sysctl theirs']) });
  expect(made.read('/etc/ecs/ecs.config')).toContain('ECS_CLUSTER=');
});
