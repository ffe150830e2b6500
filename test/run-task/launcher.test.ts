import { execFileSync, spawn } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import { container, makeJob } from './support';
import { Launcher, MlRunTask, MlRunTaskProps, NeuronCapacity, NeuronInstanceType } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';

const launcher = Launcher.torchrun({ processesPerNode: 32 });

/** A folder with programs that stand for those of the image. */
const bin = mkdtempSync(path.join(tmpdir(), 'launcher-'));
const program = (name: string, text: string) => writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
program('hostname', 'echo "10.0.0.1 172.17.0.1"');
program('torchrun', 'printf "%s\\n" "NEURON_RT_ROOT_COMM_ID=$NEURON_RT_ROOT_COMM_ID" "$@"');
afterAll(() => rmSync(bin, { recursive: true }));

/** What the container runs: its entry point and its command. */
function processOf(nodes: number | undefined, command: string[]): string[] {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE, maxInstances: 4 });
  new MlRunTask(stack, 'Train', { capacity, launcher, nodes, container: { ...container, command }, timeout: Duration.hours(1) });
  const [definition] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
  const { ContainerDefinitions } = definition.Properties as { ContainerDefinitions: { EntryPoint: string[]; Command: string[] }[] };
  return [...ContainerDefinitions[0].EntryPoint, ...ContainerDefinitions[0].Command];
}

function run(nodes: number | undefined, command: string[], variables: Record<string, string> = {}): string[] {
  const [file, ...args] = processOf(nodes, command);
  const env = { PATH: `${bin}:${process.env.PATH}`, ...variables };
  return execFileSync(file, args, { encoding: 'utf8', env }).split('\n').slice(0, -1);
}

const OF_NODES = { NNODES: '4', MASTER_PORT: '29500' };
const ARGUMENTS = ['train.py', '--name', "it's $HOME `ls`", 'a,b', '', '"'];

test('on one node, torchrun runs the script with its arguments unchanged', () => {
  expect(run(undefined, ARGUMENTS)).toEqual(['NEURON_RT_ROOT_COMM_ID=', '--standalone', '--nproc_per_node=32', ...ARGUMENTS]);
});

test('the first of several nodes meets the others at its own first address', () => {
  expect(run(4, ARGUMENTS, { ...OF_NODES, NODE_RANK: '0' })).toEqual([
    'NEURON_RT_ROOT_COMM_ID=10.0.0.1:46820',
    '--nproc_per_node=32',
    '--nnodes=4',
    '--node_rank=0',
    '--master_addr=10.0.0.1',
    '--master_port=29500',
    ...ARGUMENTS,
  ]);
});

test('the other nodes meet at the address of the first one', () => {
  expect(run(4, ['train.py'], { ...OF_NODES, NODE_RANK: '3', MASTER_ADDR: '10.0.0.7' })).toEqual([
    'NEURON_RT_ROOT_COMM_ID=10.0.0.7:46820',
    '--nproc_per_node=32',
    '--nnodes=4',
    '--node_rank=3',
    '--master_addr=10.0.0.7',
    '--master_port=29500',
    'train.py',
  ]);
});

test('torchrun takes the place of the shell, so that the signal to stop arrives', async () => {
  program('torchrun', 'trap "echo stopped; exit 7" TERM; echo started; while :; do sleep 0.1; done');
  const [file, ...args] = processOf(undefined, ['train.py']);
  const child = spawn(file, args, { env: { PATH: `${bin}:${process.env.PATH}` } });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (output === 'started\n') child.kill('SIGTERM');
  });
  expect(await new Promise((ended) => child.on('close', ended))).toBe(7);
  expect(output).toBe('started\nstopped\n');
});

test('a job with a launcher gives no warning of the image', () => {
  const { stack } = makeJob({ launcher, container: { ...container, command: ['train.py'] } });
  synth(stack);
  expect(warnings(stack)).toEqual([]);
});

test.each<[Partial<MlRunTaskProps>, string]>([
  [
    { container: { ...container, entryPoint: ['python'] } },
    'Stack/Train: `entryPoint` of the container must be left out with `launcher`, which is the entry point. Give the script and its arguments as ' +
      '`command`. [cdk-ecs-ml:job-launcher]',
  ],
  [
    { container: { image: container.image } },
    "Stack/Train: `command` of the container must be given with `launcher`: the script and its arguments, for example ['train.py', '--epochs', '3']. " +
      '[cdk-ecs-ml:job-launcher]',
  ],
  [{ container: { ...container, command: [] } }, '`command` of the container must be given with `launcher`'],
])('%j is refused', (props, message) => {
  expect(() => makeJob({ launcher, ...props })).toThrow(message);
});

test.each([0, 1.5])('%d processes are refused', (processesPerNode) => {
  expect(() => Launcher.torchrun({ processesPerNode })).toThrow(
    `\`processesPerNode\` must be a whole number, 1 or more, got: ${processesPerNode}.`,
  );
});
