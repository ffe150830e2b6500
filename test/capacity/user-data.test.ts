import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, PurchaseOption } from '../../src';
import { container, newStackWithVpc, synth } from '../support';
import { runUserData, syntaxErrors, userDataOf } from '../support/user-data';

const USER_DATA_COMMANDS = ['echo ECS_CONTAINER_STOP_TIMEOUT=3m >> /etc/ecs/ecs.config', 'dnf install -y "my tool"'];

/** The settings of the agent on every host, beside its cluster. */
const SETTINGS = ['ECS_AWSVPC_BLOCK_IMDS=true', 'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true'];

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
        `ECS_CLUSTER=${cluster}`,
        ...SETTINGS,
        ...(spot ? ['ECS_ENABLE_SPOT_INSTANCE_DRAINING=true'] : []),
        ...(commands ? ['ECS_CONTAINER_STOP_TIMEOUT=3m'] : []),
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
  expect(runUserData(script).config).toEqual(['ECS_CLUSTER=their-cluster', ...SETTINGS]);
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
    expect(runUserData(script).config).toEqual([`ECS_CLUSTER=${clusterOf(pool)}`, ...SETTINGS]);
  }
});
