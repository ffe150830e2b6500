import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronRuntime } from '../../src';
import { newStackWithVpc, warnings } from '../support';

const { INF1_XLARGE, INF2_XLARGE } = NeuronInstanceType;
const { NEURON_RTD } = NeuronRuntime;
const env = { account: '111111111111', region: 'us-east-1' };

function pool(props: Partial<NeuronCapacityProps>): Stack {
  const { stack, vpc } = newStackWithVpc({ env });
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF1_XLARGE, ...props });
  return stack;
}

describe('hosts of Inf1', () => {
  const pinned = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });

  test('from an image of unknown origin are a warning', () => {
    expect(warnings(pool({ machineImage: pinned }))).toEqual([
      expect.stringMatching(/The Neuron driver of `machineImage` is not known. inf1.xlarge needs version 2.24 or earlier.*frozen-driver/),
    ]);
    expect(warnings(pool({ machineImage: pinned, instanceType: INF2_XLARGE }))).toEqual([]);
  });

  test.each([
    ['dnf install -y aws-neuronx-dkms', true],
    ['dnf install -y aws-neuronx-dkms-2.27.4.0', true],
    ['apt-get install aws-neuronx-dkms=2.24.* -y', false],
    ['dnf install -y aws-neuronx-dkms-2.9.4.0', false],
    ['dnf install -y htop', false],
  ])('that run `%s` are a warning: %s', (command, warned) => {
    const found = warnings(pool({ userDataCommands: [command] }));
    expect(found).toEqual(warned ? [expect.stringContaining('install a Neuron driver that is not pinned to 2.24')] : []);
    expect(warnings(pool({ userDataCommands: [command], instanceType: INF2_XLARGE }))).toEqual([]);
  });

  test('from a DLAMI are an error', () => {
    const machineImage = ec2.MachineImage.resolveSsmParameterAtLaunch('/aws/service/neuron/dlami/base/ubuntu-24.04/latest/image_id');
    expect(() => pool({ machineImage })).toThrow(/Neuron DLAMIs since SDK 2.26.1 do not support Inf1/);
  });
});

test.each([
  [INF1_XLARGE, undefined],
  [INF1_XLARGE, NEURON_RTD],
  [INF2_XLARGE, undefined],
])('commands that edit the configuration of Docker are a warning on %s with runtime %s', (instanceType, neuronRuntime) => {
  const userDataCommands = ['cp /opt/aws/neuron/share/docker-daemon.json /etc/docker/daemon.json', 'systemctl restart docker'];
  const stack = pool({ instanceType, neuronRuntime, userDataCommands });
  expect(warnings(stack)).toContainEqual(expect.stringMatching(/`userDataCommands` name \/etc\/docker\/daemon.json.*docker-daemon-config/));
});
