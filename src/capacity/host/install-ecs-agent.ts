import { HostStep } from './host-user-data';
import { downloadVerified } from './verified-download';

/** The key that signs the package for Ubuntu, as the ECS documentation and the repository of the agent publish it. */
const KEY = {
  fingerprint: 'F34C3DDAE72926B079BEAEC6BCE9D9A42D51784F',
  keys: [
    'https://raw.githubusercontent.com/aws/amazon-ecs-agent/master/scripts/amazon-ecs-agent.gpg',
    'https://keyserver.ubuntu.com/pks/lookup?op=get&options=mr&search=0xF34C3DDAE72926B079BEAEC6BCE9D9A42D51784F',
  ],
};

/** Installs packages of Ubuntu. Waits for other processes that do so. */
export const APT = 'DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5';

/** Starts the agent when user data is done. Waiting for that would be a deadlock. */
export const START_AGENT = 'systemd-run --no-block --property=After=cloud-final.service systemctl restart ecs';

/**
 * Installs the ECS agent on a host whose image lacks it. Amazon Linux verifies its own packages; the package for Ubuntu is verified here.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-install.html
 *
 * @param onAmazonLinux whether the hosts have Amazon Linux, whose package repositories are in Amazon S3.
 */
export function installEcsAgent(region: string, onAmazonLinux: boolean): HostStep {
  const url = `https://s3.${region}.amazonaws.com/amazon-ecs-agent-${region}/amazon-ecs-init-latest.amd64.deb`;
  return {
    ifItFails: 'could not install the ECS agent',
    download: {
      what: 'the ECS agent and what it depends on',
      from: 'the package repository of Ubuntu',
      inImage: () => onAmazonLinux,
    },
    commands: [
      'if [ ! -e /lib/systemd/system/ecs.service ]; then',
      '  if command -v apt-get > /dev/null; then',
      '    (',
      '      cd "$(mktemp -d)"',
      ...downloadVerified('amazon-ecs-init.deb', { url, signature: '.asc', ...KEY }).map((command) => `      ${command}`),
      `      ${APT} update`,
      `      ${APT} install -y ./amazon-ecs-init.deb`,
      '    )',
      '  elif command -v amazon-linux-extras > /dev/null; then',
      '    amazon-linux-extras disable docker',
      '    amazon-linux-extras install -y ecs',
      '  else',
      '    dnf install -y ecs-init',
      '  fi',
      'fi',
      'systemctl enable ecs',
      START_AGENT,
    ],
  };
}
