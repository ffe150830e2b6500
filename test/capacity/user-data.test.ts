import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, PurchaseOption } from '../../src';
import { container, newStackWithVpc, synth } from '../support';
import { runUserData, syntaxErrors, userDataOf } from '../support/user-data';

const USER_DATA_COMMANDS = ['echo ECS_CONTAINER_STOP_TIMEOUT=3m >> /etc/ecs/ecs.config', 'dnf install -y "my tool"'];

function poolOf(props: Partial<NeuronCapacityProps> = {}): { stack: Stack; pool: NeuronCapacity } {
  const { stack, vpc } = newStackWithVpc();
  const instanceType = NeuronInstanceType.INF2_8_XLARGE;
  return { stack, pool: new NeuronCapacity(stack, 'Pool', { vpc: props.cluster ? undefined : vpc, instanceType, ...props }) };
}

/** The one script of a stack, and the name that it has for the cluster. */
function scriptOf({ stack, pool }: ReturnType<typeof poolOf>): { script: string; cluster: string } {
  const [script, ...others] = userDataOf(synth(stack));
  expect(others).toEqual([]);
  return { script, cluster: clusterOf(pool) };
}

/** The name that scripts have for the cluster of a pool. */
function clusterOf({ cluster }: NeuronCapacity): string {
  return Stack.of(cluster).getLogicalId(cluster.node.defaultChild as ecs.CfnCluster);
}

describe.each<[string, Partial<NeuronCapacityProps>]>([
  ['by default', {}],
  ['with commands', { userDataCommands: USER_DATA_COMMANDS }],
  ['for Spot', { purchaseOption: PurchaseOption.spot() }],
  ['for Spot with commands', { purchaseOption: PurchaseOption.spot(), userDataCommands: USER_DATA_COMMANDS }],
])('user data %s', (_, props) => {
  test('is a script that Bash can parse', () => {
    const { script } = scriptOf(poolOf(props));
    expect(script).toMatch(/^#!\/bin\/bash\n/);
    expect(syntaxErrors(script)).toBe('');
  });

  test('leaves the agent the settings that it needs, and each once', () => {
    const { script, cluster } = scriptOf(poolOf(props));
    const spot = props.purchaseOption !== undefined;
    const commands = props.userDataCommands !== undefined;
    expect(runUserData(script, ['dnf'])).toEqual({
      config: [
        ...(commands ? ['ECS_CONTAINER_STOP_TIMEOUT=3m'] : []),
        ...(spot ? ['ECS_ENABLE_SPOT_INSTANCE_DRAINING=true'] : []),
        `ECS_CLUSTER=${cluster}`,
      ],
      commands: commands ? ['dnf install -y my tool'] : [],
    });
  });
});

test('hosts of an imported cluster join it by its name, once', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'their-cluster', vpc });
  new NeuronCapacity(stack, 'Pool', { cluster, instanceType: NeuronInstanceType.INF2_8_XLARGE });
  const [script] = userDataOf(synth(stack));
  expect(syntaxErrors(script)).toBe('');
  expect(runUserData(script).config).toEqual(['ECS_CLUSTER=their-cluster']);
});

test('hosts of two pools of a cluster, with two services each, join it once', () => {
  const { stack, pool } = poolOf({ tasksPerInstance: 2, maxInstances: 4 });
  const second = new NeuronCapacity(stack, 'Second', {
    cluster: pool.cluster,
    instanceType: NeuronInstanceType.TRN1_32_XLARGE,
    tasksPerInstance: 2,
  });
  for (const [index, capacity] of [pool, pool, second, second].entries()) {
    new NeuronService(stack, `Service${index}`, { capacity, container });
  }
  const scripts = userDataOf(synth(stack));
  expect(scripts).toHaveLength(2);
  for (const script of scripts) {
    expect(runUserData(script).config).toEqual([`ECS_CLUSTER=${clusterOf(pool)}`]);
  }
});

describe('user data for EFA', () => {
  const FI_INFO = 'fi_info -p efa -t FI_EP_RDM';
  const INSTALL = [
    'curl -fsS --retry 5 https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz -o efa.tar.gz',
    'tar -xf efa.tar.gz',
    'efa_installer.sh -y',
  ];
  /** Stubs of a host on which the installer works. `fi_info` works once it has. */
  const WORKING = {
    curl: '',
    tar: '/bin/mkdir -p aws-efa-installer',
    'efa_installer.sh': '/usr/bin/touch ../has-efa',
    fi_info: 'test -e has-efa',
  };

  /** The script of a pool, with names in the place of paths, so that stubs stand for what the installer brings. */
  function efaScript(props: Partial<NeuronCapacityProps> = {}) {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
    const pool = new NeuronCapacity(stack, 'Pool', {
      vpc,
      vpcSubnets,
      instanceType: NeuronInstanceType.TRN1_32_XLARGE,
      efa: true,
      ...props,
    });
    const { script, cluster } = scriptOf({ stack, pool });
    return {
      script: script.replaceAll('/opt/amazon/efa/bin/fi_info', 'fi_info').replaceAll('./efa_installer.sh', 'efa_installer.sh'),
      cluster,
    };
  }

  test('installs it before the host joins, and before commands of the user', () => {
    const { script, cluster } = efaScript({ userDataCommands: ['set -e', 'mine -p efa'] });
    expect(syntaxErrors(script)).toBe('');
    expect(runUserData(script, ['mine'], WORKING)).toEqual({
      config: [`ECS_CLUSTER=${cluster}`],
      commands: [FI_INFO, ...INSTALL, FI_INFO, 'mine -p efa'],
    });
  });

  test('does nothing on an image that has it', () => {
    const { script, cluster } = efaScript();
    expect(runUserData(script, [], { ...WORKING, fi_info: 'true' })).toEqual({ config: [`ECS_CLUSTER=${cluster}`], commands: [FI_INFO] });
  });

  test('is fine where a failing command ends the script', () => {
    const { script, cluster } = efaScript();
    const strict = script.replace('#!/bin/bash\n', '#!/bin/bash\nset -euo pipefail\n');
    expect(runUserData(strict, [], WORKING).config).toEqual([`ECS_CLUSTER=${cluster}`]);
  });

  test.each<[string, Partial<typeof WORKING>]>([
    ['the download fails', { curl: 'exit 22' }],
    ['the installer fails', { 'efa_installer.sh': 'exit 1' }],
    ['EFA does not answer in the end', { fi_info: 'exit 61' }],
  ])('keeps the host out of the cluster when %s', (_, broken) => {
    const { script } = efaScript();
    expect(() => runUserData(script, [], { ...WORKING, ...broken })).toThrow('User data failed with 1: ');
    expect(script.indexOf('exit 1')).toBeLessThan(script.indexOf('ECS_CLUSTER='));
  });
});
