import { aws_ec2 as ec2, aws_ecs as ecs, aws_sqs as sqs, Mixin, Stack } from 'aws-cdk-lib';
import {
  ElasticInferenceAccelerator,
  GaudiInstanceType,
  LaunchTemplateCapacityBlock,
  LaunchTemplateCapacityReservation,
  LaunchTemplateEfa,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  TaskDefinitionEfa,
  TaskDefinitionGaudiDevices,
  TaskDefinitionInferenceAccelerators,
  TaskDefinitionManagedInstances,
  TaskDefinitionManagedNeuronDevices,
  TaskDefinitionNeuronDevices,
  TaskDefinitionNeuronRtd,
  TaskDefinitionSlice,
} from '../../src';
import { newStackWithVpc } from '../support';

const instanceType = NeuronInstanceType.TRN1_32_XLARGE;

const MIXINS: [string, (stack: Stack, vpc: ec2.IVpc) => Mixin][] = [
  ['TaskDefinitionEfa', () => new TaskDefinitionEfa({ instanceType })],
  ['TaskDefinitionGaudiDevices', () => new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24_XLARGE })],
  [
    'TaskDefinitionInferenceAccelerators',
    () => new TaskDefinitionInferenceAccelerators({ accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }] }),
  ],
  [
    'TaskDefinitionManagedInstances',
    (stack, vpc) => {
      const capacity = new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] });
      return new TaskDefinitionManagedInstances({ capacity });
    },
  ],
  ['TaskDefinitionManagedNeuronDevices', () => new TaskDefinitionManagedNeuronDevices()],
  ['TaskDefinitionNeuronDevices', () => new TaskDefinitionNeuronDevices({ instanceType })],
  ['TaskDefinitionNeuronRtd', () => new TaskDefinitionNeuronRtd({ instanceType: NeuronInstanceType.INF1_XLARGE })],
  ['TaskDefinitionSlice', (stack, vpc) => new TaskDefinitionSlice({ capacity: new NeuronCapacity(stack, 'Pool', { vpc, instanceType }) })],
  ['LaunchTemplateEfa', () => new LaunchTemplateEfa({ instanceType })],
  ['LaunchTemplateCapacityReservation', () => new LaunchTemplateCapacityReservation({ capacityReservationId: 'cr-0123456789abcdef0' })],
  ['LaunchTemplateCapacityBlock', () => new LaunchTemplateCapacityBlock({ capacityReservationId: 'cr-0123456789abcdef0' })],
];

describe.each(MIXINS)('%s', (name, makeMixin) => {
  const { stack, vpc } = newStackWithVpc();
  const mixin = makeMixin(stack, vpc);
  const task = new ecs.CfnTaskDefinition(stack, 'OwnTask', {});
  const template = new ec2.CfnLaunchTemplate(stack, 'OwnTemplate', { launchTemplateData: {} });
  const queue = new sqs.CfnQueue(stack, 'Queue');

  test('says which constructs it is for', () => {
    const ofTasks = name.startsWith('TaskDefinition');
    expect([mixin.supports(task), mixin.supports(template), mixin.supports(queue)]).toEqual([ofTasks, !ofTasks, false]);
  });

  test('leaves any other construct as it is', () => {
    const other = name.startsWith('TaskDefinition') ? template : task;
    const before = stack.resolve((other as unknown as { _toCloudFormation(): unknown })._toCloudFormation()) as unknown;
    mixin.applyTo(queue);
    mixin.applyTo(other);
    expect(stack.resolve((other as unknown as { _toCloudFormation(): unknown })._toCloudFormation())).toEqual(before);
    expect(stack.resolve(queue._toCloudFormation())).toEqual({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
  });
});
