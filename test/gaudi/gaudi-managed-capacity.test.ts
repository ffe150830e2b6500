import { aws_ec2 as ec2, aws_ecs as ecs, Size, Validations } from 'aws-cdk-lib';
import {
  GaudiInstanceType,
  GaudiManagedCapacity,
  GaudiManagedCapacityProps,
  GaudiService,
  GaudiServiceProps,
  InstanceStorage,
  TaskDefinitionGaudiDevices,
} from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';

const WARNING = 'cdk-ecs-ml:gaudi-managed-instances';
const env = { account: '111111111111', region: 'us-east-1' };
const container = { image: ecs.ContainerImage.fromRegistry('gaudi-server') };

function managed(props: Partial<GaudiManagedCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc({ env });
  const capacity = new GaudiManagedCapacity(stack, 'Managed', { vpc, ...props });
  Validations.of(capacity).acknowledge({ id: WARNING, reason: 'tried' });
  return { stack, vpc, capacity };
}

function service(props: Partial<GaudiServiceProps> = {}) {
  const made = managed();
  new GaudiService(made.stack, 'Bert', { capacity: made.capacity, container, ...props });
  return made.stack;
}

describe('a service', () => {
  const stack = service();
  const template = synth(stack);
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);

  test('has a whole host and sees all of its chips', () => {
    expect(task.RequiresCompatibilities).toEqual(['MANAGED_INSTANCES']);
    expect(task.ContainerDefinitions[0].Cpu).toBe(48 * 1024 + 1);
    expect(task.ContainerDefinitions[0].Environment).toContainEqual({ Name: 'HABANA_VISIBLE_DEVICES', Value: 'all' });
  });

  test('has no IPC mode, which Managed Instances refuse', () => {
    expect(task.IpcMode).toBeUndefined();
    expect(warnings(stack)).toEqual([]);
  });

  test('is placed on dl1 hosts, by a provider that starts these only', () => {
    expect(task.PlacementConstraints).toEqual([{ Type: 'memberOf', Expression: 'attribute:ecs.instance-type == dl1.24xlarge' }]);
    const [{ Properties }] = Object.values(template.findResources('AWS::ECS::CapacityProvider'));
    expect(Properties.ManagedInstancesProvider.InstanceLaunchTemplate.InstanceRequirements).toMatchObject({
      AllowedInstanceTypes: ['dl1.24xlarge'],
      AcceleratorManufacturers: ['habana'],
      VCpuCount: { Min: 96 },
    });
  });
});

test('the driver on these hosts is a warning', () => {
  const { stack, vpc } = newStackWithVpc({ env });
  new GaudiManagedCapacity(stack, 'Managed', { vpc });
  expect(warnings(stack)).toEqual([expect.stringMatching(/ECS lists dl1.24xlarge for Managed Instances, but no public page says/)]);
});

test('an imported one runs services too', () => {
  const { stack, vpc } = newStackWithVpc({ env });
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
  const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0')];
  const capacity = GaudiManagedCapacity.fromGaudiManagedCapacityAttributes(stack, 'Managed', {
    cluster,
    capacityProviderName: 'theirs',
    securityGroups,
  });
  new GaudiService(stack, 'Bert', { capacity, container });
  synth(stack).hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy: [{ CapacityProvider: 'theirs', Weight: 1 }] });
});

test('hosts can use their instance storage', () => {
  const { stack } = managed({ instanceStorage: InstanceStorage.RAID0 });
  synth(stack).hasResourceProperties('AWS::ECS::CapacityProvider', {
    ManagedInstancesProvider: { InstanceLaunchTemplate: { LocalStorageConfiguration: { UseLocalStorage: true } } },
  });
});

test('bad values fail', () => {
  expect(() => managed({ vpc: undefined })).toThrow(/`vpc`/);
  expect(() => managed({ taskVolumeSize: Size.gibibytes(8) })).toThrow(/`taskVolumeSize`/);
  expect(() => service({ networkMode: ecs.NetworkMode.BRIDGE })).toThrow(/`networkMode` must be awsvpc or host/);
  expect(() => service({ container: { ...container, environment: { HABANA_VISIBLE_DEVICES: '0' } } })).toThrow(/HABANA_VISIBLE_DEVICES/);
});

test('the mixin leaves the IPC mode of a task definition of your own for Managed Instances alone', () => {
  const { stack } = newStackWithVpc({ env });
  const taskDefinition = new ecs.TaskDefinition(stack, 'Task', { compatibility: ecs.Compatibility.MANAGED_INSTANCES });
  taskDefinition.addContainer('Main', { image: ecs.ContainerImage.fromRegistry('gaudi-server'), memoryReservationMiB: 1024 });
  taskDefinition.with(new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24_XLARGE }));
  expect((taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).ipcMode).toBeUndefined();
});
