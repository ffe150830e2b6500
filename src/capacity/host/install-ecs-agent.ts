import { HostStep } from './host-user-data';

/**
 * Installs the ECS agent on a host whose image lacks it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-install.html
 */
export function installEcsAgent(region: string): HostStep {
  const deb = `https://s3.${region}.amazonaws.com/amazon-ecs-agent-${region}/amazon-ecs-init-latest.amd64.deb`;
  return {
    does: 'installs the ECS agent',
    commands: [
      'if [ ! -e /lib/systemd/system/ecs.service ]; then',
      '  if command -v apt-get > /dev/null; then',
      `    curl -fsSL --retry 5 -o /tmp/amazon-ecs-init.deb "${deb}"`,
      '    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y /tmp/amazon-ecs-init.deb',
      '  elif command -v amazon-linux-extras > /dev/null; then',
      '    amazon-linux-extras disable docker',
      '    amazon-linux-extras install -y ecs',
      '  else',
      '    dnf install -y ecs-init',
      '  fi',
      'fi',
      // The agent starts when user data is done. Waiting for that here would be a deadlock.
      'systemctl enable ecs',
      'systemd-run --no-block --property=After=cloud-final.service systemctl restart ecs',
    ],
  };
}
