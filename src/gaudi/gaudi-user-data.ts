import { GaudiMachineImage } from './gaudi-machine-image';
import { HostStep } from '../capacity/host/host-user-data';
import { download } from '../capacity/host/verified-download';

/** The number of 2 MiB pages, 29 GiB in total, from the vendor's recipe for ECS. They fit into the memory that slices leave to the host. */
const HUGE_PAGES = 15_000;

/** The package repository of the vendor. */
const VAULT = 'https://vault.habana.ai/artifactory';

/** What prepares a host for Gaudi containers. Running it a second time changes nothing. */
export function gaudiHostSteps(image: GaudiMachineImage): HostStep[] {
  if (!image.configuresRuntime) return [];
  return [
    {
      ifItFails: 'could not set up the Gaudi container runtime',
      download: { what: 'the Gaudi container runtime', from: new URL(VAULT).hostname, inImage: () => undefined },
      commands: [...installRuntime(), ...configureRuntime()],
    },
  ];
}

/**
 * Installs the container runtime, which Deep Learning AMIs lack. It must be of the same release as the driver, and all packages of a
 * release have the same version.
 *
 * @see https://docs.habana.ai/en/latest/AWS_User_Guides/DLAMI.html
 */
function installRuntime(): string[] {
  const key = '/etc/apt/keyrings/habanalabs.asc';
  return [
    'if [ ! -x /usr/bin/habana-container-runtime ] && command -v apt-get > /dev/null; then',
    "  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)",
    '  release=$(dpkg-query -W -f "\\${Version}" habanalabs-dkms)',
    '  mkdir -p /etc/apt/keyrings',
    `  ${download(`${VAULT}/api/gpg/key/public`, key)}`,
    `  echo "deb [signed-by=${key}] ${VAULT}/debian $codename main" > /etc/apt/sources.list.d/habanalabs.list`,
    '  apt-get -o DPkg::Lock::Timeout=600 update',
    `  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y "habanalabs-container-runtime=$release"`,
    'fi',
  ];
}

/** @see https://docs.habana.ai/en/latest/Installation_Guide/Additional_Installation/Docker_Installation.html */
function configureRuntime(): string[] {
  return [
    'if [ ! -x /usr/bin/habana-container-runtime ]; then',
    "  echo 'The image has no habana-container-runtime: see GaudiMachineImage of cdk-ecs-ml' >&2",
    '  exit 1',
    'fi',
    `echo vm.nr_hugepages=${HUGE_PAGES} > /etc/sysctl.d/99-gaudi.conf`,
    'sysctl -p /etc/sysctl.d/99-gaudi.conf',
    // Docker does not start if default ulimits are set both in its options, as on Amazon Linux 2, and in its configuration file.
    "if [ -e /etc/sysconfig/docker ]; then sed -i 's/^OPTIONS=/#&/' /etc/sysconfig/docker; fi",
    'mkdir -p /etc/docker',
    '"$(command -v python3 || command -v python)" - <<\'EOF\'',
    ...MERGE_DAEMON_JSON,
    'EOF',
    // Docker may be configured to start after user data ends, as ECS is, so the restart must not block.
    'if ! cmp -s /etc/docker/daemon.json.new /etc/docker/daemon.json; then',
    '  mv /etc/docker/daemon.json.new /etc/docker/daemon.json',
    '  systemctl restart --no-block docker',
    'else',
    '  rm /etc/docker/daemon.json.new',
    'fi',
  ];
}

/** Adds to the existing configuration of Docker. Also runs on Python 2, which Amazon Linux 2 has. */
const MERGE_DAEMON_JSON = [
  'import io, json, os',
  "path = '/etc/docker/daemon.json'",
  'settings = {}',
  'if os.path.exists(path):',
  '    with io.open(path) as file:',
  "        settings = json.loads(file.read() or '{}')",
  "settings['default-runtime'] = 'habana'",
  "runtimes = settings.setdefault('runtimes', {})",
  "runtimes['habana'] = {'path': '/usr/bin/habana-container-runtime', 'runtimeArgs': []}",
  "ulimits = settings.setdefault('default-ulimits', {})",
  "ulimits['memlock'] = {'Name': 'memlock', 'Soft': -1, 'Hard': -1}",
  "with open(path + '.new', 'w') as file:",
  '    file.write(json.dumps(settings, indent=2, sort_keys=True))',
];
