import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import {
  GaudiCapacity,
  GaudiInstanceType,
  GaudiMachineImage,
  GaudiManagedCapacity,
  ICapacity,
  NeuronCapacity,
  NeuronDeviceAllocation,
  NeuronInstanceType,
  NeuronManagedCapacity,
} from '../../src';
import { newStackWithVpc } from '../support';

/** A container of a rendered task definition. */
interface Rendered {
  readonly Name: string;
  readonly LinuxParameters?: { readonly Devices?: { readonly HostPath: string }[] };
  readonly Environment?: { readonly Name: string; readonly Value: string }[];
  readonly ResourceRequirements?: unknown;
  readonly Ulimits?: unknown;
  readonly MemoryReservation?: number;
}

/** The containers of a user's own task definition whose second one, `model`, gets what a capacity gives. */
function containersOn(makeCapacity: (stack: Stack, vpc: ec2.IVpc) => ICapacity): Record<string, Rendered> {
  const { stack, vpc } = newStackWithVpc();
  const capacity = makeCapacity(stack, vpc);
  const compatibility = capacity.compatibility;
  const task = new ecs.TaskDefinition(stack, 'Task', {
    compatibility,
    networkMode: capacity.defaultNetworkMode ?? ecs.NetworkMode.AWS_VPC,
    ...(compatibility === ecs.Compatibility.EC2 ? {} : { cpu: '1024', memoryMiB: '4096' }),
  });
  const image = ecs.ContainerImage.fromRegistry('my-image');
  task.addContainer('Sidecar', { image, containerName: 'sidecar', cpu: 64, memoryReservationMiB: 64 });
  task.addContainer('Model', { image, containerName: 'model', memoryReservationMiB: 1024 });
  task.with(...capacity.taskDefinitionMixins({ containerName: 'model' }));
  const resource = task.node.defaultChild as ecs.CfnTaskDefinition;
  const { containerDefinitions } = resource;
  const rendered = stack.resolve(containerDefinitions) as Record<string, unknown>[];
  return Object.fromEntries(rendered.map((container) => [container.name as string, capitalized(container) as Rendered]));
}

function capitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitalized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key[0].toUpperCase() + key.slice(1), capitalized(inner)]));
}

const gaudi = (stack: Stack, vpc: ec2.IVpc, efa = false) =>
  new GaudiCapacity(stack, 'Pool', {
    vpc,
    efa,
    vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
    machineImage: GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })),
  });

describe.each<[string, (stack: Stack, vpc: ec2.IVpc) => ICapacity, (model: Rendered) => unknown]>([
  [
    'Neuron pool',
    (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE }),
    ({ LinuxParameters }) => LinuxParameters?.Devices?.length === 1,
  ],
  [
    'Neuron pool with EFA',
    (stack, vpc) =>
      new NeuronCapacity(stack, 'Pool', {
        vpc,
        vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
        instanceType: NeuronInstanceType.TRN1_32_XLARGE,
        efa: true,
      }),
    ({ LinuxParameters, Environment }) =>
      LinuxParameters?.Devices?.filter(({ HostPath }) => HostPath.startsWith('/dev/infiniband/')).length === 8 &&
      Environment?.some(({ Name }) => Name === 'FI_PROVIDER'),
  ],
  [
    'Gaudi pool',
    (stack, vpc) => gaudi(stack, vpc),
    ({ Environment }) => Environment?.some(({ Name }) => Name === 'HABANA_VISIBLE_DEVICES'),
  ],
  [
    'Gaudi pool with EFA',
    (stack, vpc) => gaudi(stack, vpc, true),
    ({ LinuxParameters }) => LinuxParameters?.Devices?.filter(({ HostPath }) => HostPath.startsWith('/dev/infiniband/')).length === 4,
  ],
  [
    'Managed Instances whose devices ECS assigns',
    (stack, vpc) => new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] }),
    ({ ResourceRequirements }) => JSON.stringify(ResourceRequirements) === '[{"Type":"NeuronDevice","Value":"ALL"}]',
  ],
  [
    'Managed Instances whose devices the task definition maps',
    (stack, vpc) =>
      new NeuronManagedCapacity(stack, 'Managed', {
        vpc,
        instanceTypes: [NeuronInstanceType.INF2_XLARGE],
        deviceAllocation: NeuronDeviceAllocation.MANUAL,
      }),
    ({ LinuxParameters }) => LinuxParameters?.Devices?.length === 1,
  ],
  [
    'Gaudi Managed Instances',
    (stack, vpc) => new GaudiManagedCapacity(stack, 'Managed', { vpc, instanceType: GaudiInstanceType.DL1_24_XLARGE }),
    ({ Environment }) => Environment?.some(({ Name }) => Name === 'HABANA_VISIBLE_DEVICES'),
  ],
])('%s', (_, makeCapacity, hasDevices) => {
  const { model, sidecar } = containersOn(makeCapacity);

  test('the named container gets the devices, though it is not the first', () => {
    expect(hasDevices(model)).toBe(true);
  });

  test('the other container gets nothing', () => {
    expect(sidecar.LinuxParameters).toBeUndefined();
    expect(sidecar.Environment ?? []).toEqual([]);
    expect(sidecar.ResourceRequirements).toBeUndefined();
    expect(sidecar.Ulimits).toBeUndefined();
  });
});
