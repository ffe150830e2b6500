import { HostStep } from './host-user-data';
import { APT, START_AGENT } from './install-ecs-agent';
import { InstanceStorage } from '../instance-storage';

/** The volume. Its folders hold the data of Docker, of containerd, and scratch files. */
const VOLUME = InstanceStorage.SCRATCH_PATH.replace(/\/scratch$/, '');

/** The label of its file system, by which it is found after a reboot. The name of an array can change. */
const LABEL = 'ec2-storage';

const SCRIPT = '/usr/local/sbin/instance-storage';
const UNIT = '/etc/systemd/system/instance-storage.service';

/**
 * Has images, volumes and containers on the instance storage of a host.
 *
 * The script runs now, and at each start of the host before Docker: the disks are empty when a host of a warm pool starts again, and hold
 * their data after a reboot. If it fails then, the host shuts down, which terminates it. Docker would silently fill the root volume.
 *
 * @param onAmazonLinux whether the hosts have Amazon Linux, whose package repositories are in Amazon S3.
 */
export function useInstanceStorage(onAmazonLinux: boolean): HostStep {
  return {
    ifItFails: 'could not set up its instance storage',
    download: {
      what: 'mdadm',
      from: 'the package repository of Ubuntu',
      // Images of Ubuntu usually have it.
      inImage: () => onAmazonLinux || undefined,
    },
    commands: [
      `cat > ${SCRIPT} <<'EOF'`,
      ...script(),
      'EOF',
      `chmod 755 ${SCRIPT}`,
      `cat > ${UNIT} <<'EOF'`,
      ...unit(),
      'EOF',
      'systemctl daemon-reload',
      'systemctl enable instance-storage',
      'systemctl stop docker.socket docker containerd',
      SCRIPT,
      'systemctl start docker.socket',
      // Docker may be configured to start after user data ends, as ECS is. A command that uses Docker waits for it.
      'systemctl start --no-block docker',
      // Stopping Docker has cancelled the start of the agent.
      START_AGENT,
    ],
  };
}

/** Safe to run at any time: it does only what is left to do. */
function script(): string[] {
  return [
    '#!/bin/bash',
    'set -euo pipefail',
    `volume=${VOLUME}`,
    'if ! mountpoint -q "$volume"; then',
    '  udevadm settle',
    "  disks=$(find /dev/disk/by-id -name 'nvme-Amazon_EC2_NVMe_Instance_Storage_*' ! -name '*-part*' -exec readlink -f {} + | sort -u) || true",
    '  if [ -z "$disks" ]; then',
    "    echo 'The host has no NVMe instance storage: use an instance type that has it, or leave instanceStorage out' >&2",
    '    exit 1',
    '  fi',
    '  mapfile -t disks <<< "$disks"',
    '  mkdir -p "$volume"',
    // The services of Deep Learning AMIs make a striped volume themselves.
    `  mounted=$(lsblk -nro MOUNTPOINT "\${disks[@]}" | grep -m 1 '^/' || true)`,
    '  if [ -n "$mounted" ]; then',
    '    mount --bind "$mounted" "$volume"',
    '  else',
    ...makeVolume().map((command) => `    ${command}`),
    '    mount -o noatime "$device" "$volume"',
    '  fi',
    'fi',
    'mkdir -p "$volume/scratch"',
    'chmod 1777 "$volume/scratch"',
    'for name in docker containerd; do',
    '  if ! mountpoint -q "/var/lib/$name"; then',
    '    mkdir -p "/var/lib/$name"',
    '    if [ ! -e "$volume/$name" ]; then',
    '      rm -rf "$volume/$name.new"',
    '      cp -a "/var/lib/$name" "$volume/$name.new"',
    '      mv "$volume/$name.new" "$volume/$name"',
    '    fi',
    '    mount --bind "$volume/$name" "/var/lib/$name"',
    '  fi',
    'done',
  ];
}

/** Sets `device` to the volume of an earlier start, or to a new one. */
function makeVolume(): string[] {
  return [
    'if [ "${#disks[@]}" -gt 1 ]; then',
    '  if ! command -v mdadm > /dev/null; then',
    '    if command -v apt-get > /dev/null; then',
    `      ${APT} update`,
    `      ${APT} install -y --no-install-recommends mdadm`,
    '    else',
    '      yum install -y mdadm',
    '    fi',
    '  fi',
    '  mdadm --assemble --scan || true',
    '  udevadm settle',
    'fi',
    `device=$(blkid -L ${LABEL} || true)`,
    'if [ -z "$device" ]; then',
    '  device=${disks[0]}',
    '  if [ "${#disks[@]}" -gt 1 ]; then',
    '    device=/dev/md/instance-storage',
    '    mdadm --create "$device" --run --level=0 --raid-devices="${#disks[@]}" "${disks[@]}"',
    '    udevadm settle',
    '  fi',
    // EC2 hands the disks out trimmed.
    `  mkfs.xfs -f -K -L ${LABEL} "$device"`,
    'fi',
  ];
}

function unit(): string[] {
  return [
    '[Unit]',
    'Description=Instance storage for images and scratch files',
    'After=dlami-nvme.service',
    'Before=containerd.service docker.service',
    'FailureAction=poweroff',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=${SCRIPT}`,
    'StandardOutput=journal+console',
    'StandardError=journal+console',
    '[Install]',
    'RequiredBy=containerd.service docker.service',
  ];
}
