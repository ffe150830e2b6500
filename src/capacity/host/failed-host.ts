/** The commands of a host on which user data failed. `$exitCode` is the exit code, and `$doing` what failed. */
export function failedHostCommands(): string[] {
  return [
    'if [ "$exitCode" -ne 0 ]; then',
    '  set +e',
    '  systemctl mask --now --no-block ecs',
    "  sed -i '/^ECS_CLUSTER=/d' /etc/ecs/ecs.config",
    '  echo "cdk-ecs-ml: user data failed with $exitCode while this host $doing, so the host stops." > /dev/console',
    '  shutdown -h now',
    'fi',
  ];
}
