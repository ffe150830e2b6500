import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  Ec2CapacityOptions,
  GaudiCapacity,
  GaudiInstanceType,
  GaudiMachineImage,
  InstanceStorage,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronMachineImage,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';
import { LinuxHost, Run } from '../support/linux-host';
import { syntaxErrors, userDataOf } from '../support/user-data';

const { RAID0, NONE, SCRATCH_PATH } = InstanceStorage;
const image = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
const env = { account: '111111111111', region: 'us-east-1' };
type Options = Partial<Ec2CapacityOptions>;
type Make = (stack: Stack, vpc: ec2.IVpc, options?: Options) => unknown;

const neuron =
  (instanceType = NeuronInstanceType.TRN1_32_XLARGE): Make =>
  (stack, vpc, options) =>
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType, instanceStorage: RAID0, ...options });
const gaudi: Make = (stack, vpc, options) =>
  new GaudiCapacity(stack, 'Pool', { vpc, machineImage: GaudiMachineImage.custom(image), instanceStorage: RAID0, ...options });
const plain =
  (type = 'm6gd.large'): Make =>
  (stack, vpc, options) =>
    new Ec2Capacity(stack, 'Pool', {
      vpc,
      instanceType: new ec2.InstanceType(type),
      instanceStorage: RAID0,
      ...(/^(inf|trn|dl|g\d+ad|g5g|p2|vt)/.test(type) ? { machineImage: image } : {}),
      ...options,
    });

function scriptOf(make: Make, options: Options = {}): string {
  const { stack, vpc } = newStackWithVpc({ env });
  make(stack, vpc, options);
  const [script, ...others] = userDataOf(synth(stack));
  expect(others).toEqual([]);
  expect(syntaxErrors(script)).toBe('');
  return script;
}

/** The throughput of the root volume. */
function throughputOf(make: Make, options: Options = {}): unknown {
  const { stack, vpc } = newStackWithVpc({ env });
  make(stack, vpc, options);
  const [{ Properties: properties }] = Object.values(synth(stack).findResources('AWS::EC2::LaunchTemplate'));
  return properties.LaunchTemplateData.BlockDeviceMappings[0].Ebs.Throughput;
}

const LINK = '/dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_AWS';
const VOLUME = '/mnt/instance-storage';

/** What the stubs do: mounts and the label of the file system are files. A new host has neither. */
const EFFECTS = {
  mountpoint: '[ -e "/tmp/mounted/${2//\\//_}" ]',
  mount: 'last=${!#}; : > "/tmp/mounted/${last//\\//_}"',
  blkid: 'cat /tmp/label 2> /dev/null',
  'mkfs.xfs': 'echo "${!#}" > /tmp/label',
  lsblk: 'cat /tmp/lsblk 2> /dev/null',
  yum: `printf '#!/bin/bash\\nexit 0\\n' > "$PATH/mdadm"; chmod +x "$PATH/mdadm"`,
};

const hosts: LinuxHost[] = [];
afterEach(() => hosts.splice(0).forEach((host) => host.remove()));

/** A host with disks, each of which has three links, and one with a partition. */
function hostWith(disks: number, { stubs = ['mdadm'], effects = {} }: { stubs?: string[]; effects?: Record<string, string> } = {}) {
  const host = new LinuxHost(
    {
      '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol1': '',
      '/etc/systemd/system/none': '',
      '/tmp/mounted/none': '',
      '/usr/local/sbin/none': '',
      '/var/lib/docker/engine-id': 'the engine',
    },
    ['systemctl', 'systemd-run', 'shutdown', 'curl', 'udevadm', ...Object.keys(EFFECTS), ...stubs],
    { ...EFFECTS, ...effects },
  );
  for (let disk = 1; disk <= disks; disk++) {
    host.write(`/dev/nvme${disk}n1`, '');
    for (const suffix of ['', '_1', '-ns-1']) host.link(`${LINK}${disk}${suffix}`, `/dev/nvme${disk}n1`);
  }
  if (disks > 0) {
    host.write('/dev/nvme1n1p1', '');
    host.link(`${LINK}1-part1`, '/dev/nvme1n1p1');
  }
  hosts.push(host);
  return host;
}

/** What was made and mounted. */
const made = ({ commands }: Run) => commands.filter((command) => /^(mdadm --create|mkfs|mount |yum|apt-get)/.test(command));

const BINDS = [`mount --bind ${VOLUME}/docker /var/lib/docker`, `mount --bind ${VOLUME}/containerd /var/lib/containerd`];
const CREATE =
  'mdadm --create /dev/md/instance-storage --run --level=0 --raid-devices=4 /dev/nvme1n1 /dev/nvme2n1 /dev/nvme3n1 /dev/nvme4n1';

describe('by default', () => {
  test.each<[string, Options]>([
    ['nothing is said', { instanceStorage: undefined }],
    ['there is none', { instanceStorage: NONE }],
  ])('hosts leave their instance storage alone: %s', (_, options) => {
    expect(scriptOf(neuron(), options)).not.toMatch(/mdadm|mkfs|mount/);
    expect(throughputOf(neuron(), options)).toBe(500);
  });
});

describe.each<[string, Make]>([
  ['NeuronCapacity', neuron()],
  ['GaudiCapacity', gaudi],
  ['Ec2Capacity', plain()],
])('hosts of a %s with RAID 0', (_, make) => {
  test('set it up while Docker is stopped, and start the agent again', () => {
    const host = hostWith(4, { stubs: ['mdadm', 'sysctl'] });
    host.write('/usr/bin/habana-container-runtime', '');
    const run = host.run(scriptOf(make).replace('[ ! -x /usr/bin/habana-container-runtime ]', 'false'));
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.commands.slice(0, 3)).toEqual([
      'systemctl daemon-reload',
      'systemctl enable instance-storage',
      'systemctl stop docker.socket docker containerd',
    ]);
    expect(made(run)).toEqual([
      CREATE,
      'mkfs.xfs -f -K -L ec2-storage /dev/md/instance-storage',
      `mount -o noatime /dev/md/instance-storage ${VOLUME}`,
      ...BINDS,
    ]);
    const mounted = run.commands.lastIndexOf(BINDS[1]);
    expect(run.commands.slice(mounted + 1, mounted + 4)).toEqual([
      'systemctl start docker.socket',
      'systemctl start --no-block docker',
      'systemd-run --no-block --property=After=cloud-final.service systemctl restart ecs',
    ]);
    expect(host.read(`${VOLUME}/docker/engine-id`)).toBe('the engine');
    expect(host.read('/etc/ecs/ecs.config')).toMatch(/^ECS_CLUSTER=/);
    expect(host.read('/dev/console')).toBe('');
  });

  test('have a root volume without the throughput for images, unless it is set', () => {
    expect(throughputOf(make)).toBeUndefined();
    expect(throughputOf(make, { rootVolume: { throughput: 250 } })).toBe(250);
  });
});

describe('a host', () => {
  const script = scriptOf(neuron());

  test('with one disk needs no array', () => {
    const run = hostWith(1).run(script);
    expect(run.status).toBe(0);
    expect(made(run)).toEqual(['mkfs.xfs -f -K -L ec2-storage /dev/nvme1n1', `mount -o noatime /dev/nvme1n1 ${VOLUME}`, ...BINDS]);
    expect(run.commands.filter((command) => command.startsWith('mdadm'))).toEqual([]);
  });

  test('with several disks installs mdadm if its image lacks it', () => {
    const run = hostWith(2, { stubs: [] }).run(script);
    expect(run.status).toBe(0);
    expect(made(run)[0]).toBe('yum install -y mdadm');
  });

  test('of Ubuntu does it with apt-get', () => {
    const run = hostWith(2, { stubs: ['apt-get'] }).run(script);
    const options = '-o DPkg::Lock::Timeout=600 -o Acquire::Retries=5';
    expect(made(run)).toEqual([`apt-get ${options} update`, `apt-get ${options} install -y --no-install-recommends mdadm`]);
    // The stub does not install it.
    expect(run.status).not.toBe(0);
  });

  test('whose image has made a volume uses that', () => {
    const host = hostWith(4);
    host.write('/tmp/lsblk', '\n/opt/dlami/nvme\n/opt/dlami/nvme\n');
    const run = host.run(script);
    expect(run.status).toBe(0);
    expect(made(run)).toEqual([`mount --bind /opt/dlami/nvme ${VOLUME}`, ...BINDS]);
  });

  test('starts Docker only after the set-up, at each start, and terminates itself if that fails', () => {
    const host = hostWith(4);
    host.run(script);
    const unit = host.read('/etc/systemd/system/instance-storage.service');
    expect(unit).toContain('\nBefore=containerd.service docker.service\n');
    expect(unit).toContain('\nRequiredBy=containerd.service docker.service\n');
    expect(unit).toContain('\nFailureAction=poweroff\n');
    expect(unit).toMatch(/\nExecStart=\S*\/usr\/local\/sbin\/instance-storage\n/);
  });

  /** The host starts again, and runs what its unit runs. */
  function startAgain(host: LinuxHost): Run {
    host.delete('/tmp/mounted');
    host.write('/tmp/mounted/none', '');
    return host.run('/usr/local/sbin/instance-storage');
  }

  test('changes nothing if the set-up runs a second time', () => {
    const host = hostWith(4);
    host.run(script);
    const run = host.run('/usr/local/sbin/instance-storage');
    expect(run.status).toBe(0);
    expect(made(run)).toEqual([]);
  });

  test('keeps its data when it reboots, whatever the array is called then', () => {
    const host = hostWith(4);
    host.run(script);
    host.write(`${VOLUME}/scratch/model`, 'weights');
    host.write(`${VOLUME}/docker/image`, 'layers');
    host.write('/tmp/label', '/dev/md127\n');
    const run = startAgain(host);
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.commands).toContain('mdadm --assemble --scan');
    expect(made(run)).toEqual([`mount -o noatime /dev/md127 ${VOLUME}`, ...BINDS]);
    expect(host.read(`${VOLUME}/scratch/model`)).toBe('weights');
    expect(host.read(`${VOLUME}/docker/image`)).toBe('layers');
  });

  test('makes a new volume when it starts from a warm pool with empty disks', () => {
    const host = hostWith(4, { effects: { mdadm: '[ "$1" != --assemble ]' } });
    host.run(script);
    host.delete('/tmp/label');
    host.delete(VOLUME);
    const run = startAgain(host);
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(made(run)).toEqual([
      CREATE,
      'mkfs.xfs -f -K -L ec2-storage /dev/md/instance-storage',
      `mount -o noatime /dev/md/instance-storage ${VOLUME}`,
      ...BINDS,
    ]);
    expect(host.read(`${VOLUME}/docker/engine-id`)).toBe('the engine');
  });

  test.each<[string, number, Record<string, string>]>([
    ['there is no instance storage', 0, {}],
    ['the array cannot be made', 4, { mdadm: '[ "$1" != --create ]' }],
    ['the file system cannot be made', 4, { 'mkfs.xfs': 'exit 1' }],
    ['the volume cannot be mounted', 4, { mount: 'exit 32' }],
    ['Docker cannot be stopped', 4, { systemctl: '[ "$1" != stop ]' }],
  ])('says why and takes itself out if %s', (_, disks, effects) => {
    const host = hostWith(disks, { effects });
    const { status, commands } = host.run(scriptOf(neuron(), { userDataCommands: ['systemctl theirs'] }));
    expect(status).not.toBe(0);
    expect(host.read('/dev/console')).toMatch(/The host could not set up its instance storage\. It does not join its cluster/);
    expect(host.read('/etc/ecs/ecs.config')).not.toMatch(/ECS_CLUSTER/);
    expect(commands).not.toContain('systemctl theirs');
    expect(commands[commands.length - 1]).toBe('shutdown -h now');
  });

  test('without instance storage says it', () => {
    expect(hostWith(0).run(script).stderr).toContain('The host has no NVMe instance storage');
  });
});

describe('the order of the set-up', () => {
  test('is the agent, the instance storage, EFA, and then the commands of the user', () => {
    const { stack, vpc } = newStackWithVpc();
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
      instanceType: NeuronInstanceType.TRN1_32_XLARGE,
      machineImage: NeuronMachineImage.deepLearningAmiUbuntu2404(),
      efa: true,
      instanceStorage: RAID0,
      userDataCommands: ['docker pull their-image'],
    });
    const [script] = userDataOf(synth(stack));
    const places = ['systemctl enable ecs', 'systemctl enable instance-storage', 'efa_installer.sh', 'docker pull'].map((part) =>
      script.indexOf(part),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

describe('an instance type without instance storage is an error', () => {
  const failure = (make: Make) => () => {
    const { stack, vpc } = newStackWithVpc({ env });
    make(stack, vpc);
  };
  const message = (type: string, others: string) =>
    `\`instanceStorage\` needs an instance type with NVMe instance storage, got: ${type}. Use ${others}, or leave it out. [cdk-ecs-ml:instance-storage]`;
  const facts = { vCpus: 4, memory: Size.gibibytes(16), chips: 1, networkInterfacesPerCard: 4, sources: [] };

  test('that names the types of the family that have it', () => {
    const types = 'trn1.2xlarge, trn1.32xlarge, trn1n.32xlarge, trn2.3xlarge, trn2.48xlarge, trn2u.48xlarge';
    expect(failure(neuron(NeuronInstanceType.INF2_48_XLARGE))).toThrow(message('inf2.48xlarge', types));
    expect(failure(neuron(NeuronInstanceType.INF1_2_XLARGE))).toThrow(message('inf1.2xlarge', types));
    const described = { ...facts, neuronCoresPerChip: 2, acceleratorMemoryPerChip: Size.gibibytes(32) };
    expect(failure(neuron(NeuronInstanceType.of('trn9.xlarge', described)))).toThrow(message('trn9.xlarge', types));
    expect(failure(neuron(NeuronInstanceType.of('trn9.xlarge', { ...described, instanceStorage: Size.gibibytes(100) })))).not.toThrow();
  });

  test('also for Gaudi', () => {
    const instanceType = GaudiInstanceType.of('dl9.24xlarge', { ...facts, generation: 3, acceleratorMemoryPerChip: Size.gibibytes(32) });
    const make: Make = (stack, vpc) =>
      new GaudiCapacity(stack, 'Pool', { vpc, instanceType, machineImage: GaudiMachineImage.custom(image), instanceStorage: RAID0 });
    expect(failure(make)).toThrow(message('dl9.24xlarge', 'dl1.24xlarge'));
  });

  const EXAMPLES = 'a type of a family that has it, for example c6id, m6gd, r7gd, i4i, g5, g6, p5 or trn1';
  test.each([
    'c7i.large',
    'm7i-flex.large',
    'm7g.large',
    'r7iz.large',
    't3.micro',
    'x1e.xlarge',
    'x2gn.large',
    'u7i-12tb.224xlarge',
    'u-6tb1.metal',
    'a1.large',
    'hpc7g.4xlarge',
    'inf1.xlarge',
    'inf2.xlarge',
    'g3.4xlarge',
    'g3s.xlarge',
    'g5g.xlarge',
    'p2.xlarge',
    'p3.2xlarge',
    'vt1.3xlarge',
    'dl2q.24xlarge',
    'c5n.large',
    'm5zn.large',
    'm3.large',
  ])('for %s by its name', (type) => {
    expect(failure(plain(type))).toThrow(message(type, EXAMPLES));
  });

  test.each([
    'm5d.large',
    'm5ad.large',
    'm5dn.large',
    'm6gd.large',
    'm6idn.large',
    'c6id.large',
    'r8gd.large',
    'x2gd.large',
    'x2iedn.xlarge',
    'z1d.large',
    'i3.metal',
    'i4i.large',
    'i7ie.large',
    'i8g.large',
    'im4gn.large',
    'is4gen.large',
    'd3en.xlarge',
    'f2.6xlarge',
    'hpc6id.32xlarge',
    'g4ad.xlarge',
    'g4dn.xlarge',
    'g5.xlarge',
    'g6.xlarge',
    'g6e.xlarge',
    'g6f.large',
    'g7e.2xlarge',
    'gr6.4xlarge',
    'gr6f.4xlarge',
    'p3dn.24xlarge',
    'p4d.24xlarge',
    'p4de.24xlarge',
    'p5.48xlarge',
    'p5e.48xlarge',
    'p5en.48xlarge',
    'p6-b200.48xlarge',
    'trn1.2xlarge',
    'trn1n.32xlarge',
    'trn2.48xlarge',
    'dl1.24xlarge',
    // Not known, so hosts find out.
    'q9.large',
    'h1.2xlarge',
  ])('but not for %s', (type) => {
    expect(failure(plain(type))).not.toThrow();
  });

  test('but not for a type that only the deployment knows: its hosts find out', () => {
    const { stack, vpc } = newStackWithVpc();
    plain(new CfnParameter(stack, 'Type').valueAsString)(stack, vpc);
    expect(userDataOf(synth(stack))[0]).toContain('instance-storage');
  });

  test('and not if it is not to be used', () => {
    expect(scriptOf(neuron(NeuronInstanceType.INF2_XLARGE), { instanceStorage: NONE })).not.toContain('instance-storage');
  });

  test('the names and the catalogs agree', () => {
    for (const type of [...NeuronInstanceType.list(), ...GaudiInstanceType.list()]) {
      const make = failure(plain(type.name));
      if (type.instanceStorage) expect(make).not.toThrow();
      else expect(make).toThrow('NVMe instance storage');
    }
  });
});

describe('instance storage goes with', () => {
  test('a warm pool, because hosts set it up each time they start', () => {
    const script = scriptOf(plain(), { warmPool: { poolState: autoscaling.PoolState.STOPPED } });
    expect(script).toContain('ECS_WARM_POOLS_CHECK=true');
    expect(script).toContain('systemctl enable instance-storage');
  });

  test('Spot, and with less than 16 KiB of user data', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    neuron()(stack, vpc, { purchaseOption: PurchaseOption.spot() });
    expect(Buffer.byteLength(userDataOf(synth(stack))[0])).toBeLessThan(8192);
    expect(warnings(stack)).toEqual([]);
  });

  test('strategies, by pool', () => {
    const { stack, vpc } = newStackWithVpc();
    const first = new NeuronCapacity(stack, 'First', { vpc, instanceType: NeuronInstanceType.TRN1_2_XLARGE, instanceStorage: RAID0 });
    const second = new NeuronCapacity(stack, 'Second', {
      cluster: first.cluster,
      instanceType: NeuronInstanceType.TRN1_2_XLARGE,
      purchaseOption: PurchaseOption.spot(),
    });
    const capacity = new NeuronCapacityStrategy(stack, 'Strategy', {
      pools: [
        { capacity: first, weight: 1, base: 1 },
        { capacity: second, weight: 1 },
      ],
    });
    new NeuronService(stack, 'Service', { capacity, container });
    expect(userDataOf(synth(stack)).map((script) => script.includes('instance-storage'))).toEqual([true, false]);
  });
});

test.each([['RAID0'], [null], [true], [{}]])('%j is not instance storage', (instanceStorage) => {
  const { stack, vpc } = newStackWithVpc();
  expect(() => neuron()(stack, vpc, { instanceStorage: instanceStorage as never })).toThrow(/`instanceStorage` .*InstanceStorage/);
});

test('tasks mount the scratch folder as a volume', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_2_XLARGE, instanceStorage: RAID0 });
  const service = new NeuronService(stack, 'Service', { capacity, container, startup: Duration.minutes(5) });
  service.taskDefinition.addVolume({ name: 'cache', host: { sourcePath: SCRATCH_PATH } });
  service.taskDefinition.defaultContainer?.addMountPoints({ sourceVolume: 'cache', containerPath: '/cache', readOnly: false });
  synth(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    Volumes: [{ Name: 'cache', Host: { SourcePath: '/mnt/instance-storage/scratch' } }],
  });
  expect(service.taskDefinition.networkMode).toBe(ecs.NetworkMode.AWS_VPC);
});
