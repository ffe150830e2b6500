import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  Ec2CapacityOptions,
  GaudiCapacity,
  GaudiMachineImage,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newStackWithVpc, synth, warnings } from '../support';

const instanceType = NeuronInstanceType.TRN1_32_XLARGE;
const NOW = new Date('2026-06-01T00:00:00Z');
const block = (startsAt?: string) =>
  PurchaseOption.capacityBlock({
    capacityReservationId: 'cr-0123456789abcdef0',
    startsAt: startsAt === undefined ? undefined : new Date(startsAt),
    endsAt: new Date('2026-06-03T11:30:00Z'),
  });

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW.getTime()));
afterEach(() => jest.restoreAllMocks());

function pool(options: Partial<Ec2CapacityOptions> = {}) {
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
  const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
  return { stack, vpc, vpcSubnets, capacity: new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType, ...options }) };
}

function job(stack: Stack, capacity: ICapacity, timeout: Duration) {
  return new MlRunTask(stack, 'Job', { capacity, container: { image: container.image }, timeout, resumable: true });
}

/** The warnings of these rules. */
const said = (stack: Stack) => warnings(stack).filter((text) => /job-outlives|not-begun|protected-hosts/.test(text));

const onPool = (hours: number, options?: Partial<Ec2CapacityOptions>) => {
  const { stack, capacity } = pool(options);
  job(stack, capacity, Duration.hours(hours));
  return said(stack);
};

describe('a job of more than 48 hours', () => {
  test('on a pool that scales in warns', () => {
    expect(onPool(49)).toEqual([
      expect.stringMatching(/^`timeout` is 2 days 1 hour, but when the pool scales in .*`enableManagedTerminationProtection`/),
    ]);
    expect(onPool(48)).toEqual([]);
  });

  test('on a pool whose hosts are protected does not', () => {
    expect(onPool(49, { enableManagedTerminationProtection: true })).toEqual([expect.stringContaining('cdk-ecs-ml:protected-hosts')]);
  });

  test('on hosts that are never removed does not, unless an update replaces them', () => {
    expect(onPool(49, { maxInstances: 1 })).toEqual([]);
    expect(onPool(49, { minInstances: 3, maxInstances: 3 })).toEqual([]);
    expect(onPool(49, { maxInstances: 1, updatePolicy: autoscaling.UpdatePolicy.rollingUpdate() })).toHaveLength(1);
  });

  test('warns on other kinds of pools, on partitions and on strategies too', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    const protectedPool = new NeuronCapacity(stack, 'Protected', { cluster, instanceType, enableManagedTerminationProtection: true });
    const capacities: Record<string, ICapacity> = {
      Cpu: new Ec2Capacity(stack, 'Cpu', { cluster, instanceType: new ec2.InstanceType('c7i.large') }),
      Part: new NeuronCapacity(stack, 'Parts', { cluster, instanceType, partitions: [8, 8] }).partition(0),
      Gaudi: new GaudiCapacity(stack, 'Gaudi', { cluster, machineImage }),
      Strategy: new NeuronCapacityStrategy(stack, 'Strategy', {
        pools: [{ capacity: protectedPool }, { capacity: new NeuronCapacity(stack, 'Free', { cluster, instanceType }) }],
      }),
    };
    for (const [id, capacity] of Object.entries(capacities)) {
      const memory = id === 'Cpu' ? { memoryReservationMiB: 1024 } : {};
      new MlRunTask(stack, id + 'Job', { capacity, container: { image: container.image, ...memory }, timeout: Duration.days(3) });
    }
    expect(said(stack).filter((text) => text.includes('job-outlives-draining'))).toHaveLength(4);
  });

  test('is not judged if only the deployment knows', () => {
    const { stack, capacity } = pool();
    const parameter = new CfnParameter(stack, 'Seconds', { type: 'Number' });
    job(stack, capacity, Duration.seconds(parameter.valueAsNumber));
    expect(said(stack)).toEqual([]);
  });
});

test('a job of more than 14 days warns on Managed Instances', () => {
  const onManaged = (days: number) => {
    const { stack, vpc } = newStackWithVpc();
    job(stack, new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [NeuronInstanceType.INF2_XLARGE] }), Duration.days(days));
    return said(stack);
  };
  expect(onManaged(14)).toEqual([]);
  expect(onManaged(15)).toEqual([
    expect.stringMatching(/^`timeout` is 15 days, but ECS begins to replace a managed host when it is 14 days old/),
  ]);
});

describe('a Capacity Block', () => {
  test('is shorter than the job: a warning', () => {
    // From 2026-06-02 11:30 to 40 minutes before 2026-06-03 11:30.
    const options = { maxInstances: 2, purchaseOption: block('2026-06-02T11:30:00Z') };
    expect(onPool(23, options)).toEqual([]);
    expect(onPool(24, options)).toEqual([
      expect.stringMatching(/^`timeout` is 1 day, but the hosts of the Capacity Block run for 23\.3 hours only, until 2026-06-03T10:50:00/),
    ]);
  });

  test('that has begun counts from now', () => {
    const options = { maxInstances: 2, purchaseOption: block() };
    expect(onPool(58, options)).toEqual([]);
    expect(onPool(59, options)).toEqual([expect.stringContaining('run for 58.8 hours only')]);
  });

  test.each([
    ['2026-06-01T00:00:01Z', undefined, 1],
    ['2026-06-01T00:00:01Z', 0, 0],
    ['2026-05-31T23:00:00Z', undefined, 0],
  ])('that begins at %s and a service with %s tasks: %i warnings', (startsAt, desiredCount, count) => {
    const { stack, capacity } = pool({ maxInstances: 2, purchaseOption: block(startsAt) });
    new NeuronService(stack, 'Service', { capacity, container, desiredCount });
    expect(said(stack)).toHaveLength(count);
    for (const text of said(stack)) {
      expect(text).toMatch(/^The service starts tasks at once, but its Capacity Block begins at 2026-06-01T00:00:01/);
    }
  });

  test('that has not begun warns about runOnDeploy, not about the job itself', () => {
    const { stack, capacity } = pool({ maxInstances: 2, purchaseOption: block('2026-06-02T11:30:00Z') });
    const made = job(stack, capacity, Duration.minutes(30));
    expect(said(stack)).toEqual([]);
    const other = pool({ maxInstances: 2, purchaseOption: block('2026-06-02T11:30:00Z') });
    job(other.stack, other.capacity, Duration.minutes(30)).runOnDeploy();
    expect(said(other.stack)).toEqual([
      expect.stringMatching(/^`runOnDeploy` starts the job at once, but its Capacity Block begins at 2026-06-02/),
    ]);
    expect(made).toBeDefined();
  });

  test('excludes termination protection, because its group must scale in', () => {
    expect(() => pool({ maxInstances: 2, purchaseOption: block(), enableManagedTerminationProtection: true })).toThrow(
      /`enableManagedTerminationProtection` must be left out .*\[cdk-ecs-ml:capacity-block-excludes\]$/,
    );
    expect(() => pool({ maxInstances: 2, purchaseOption: block(), enableManagedTerminationProtection: false })).not.toThrow();
  });
});

test('termination protection protects new hosts, and the warning names the group that the template has', () => {
  const { stack } = pool({ enableManagedTerminationProtection: true });
  const template = synth(stack);
  const [[id]] = Object.entries(
    template.findResources('AWS::AutoScaling::AutoScalingGroup', { Properties: { NewInstancesProtectedFromScaleIn: true } }),
  );
  template.hasResourceProperties('AWS::ECS::CapacityProvider', {
    AutoScalingGroupProvider: {
      ManagedTerminationProtection: 'ENABLED',
      ManagedScaling: { Status: 'ENABLED' },
      ManagedDraining: 'ENABLED',
    },
  });
  expect(said(stack)).toEqual([expect.stringContaining(`--stack-name Stack --logical-resource-id ${id} `)]);
  expect(said(stack)[0]).toContain('aws autoscaling set-instance-protection --no-protected-from-scale-in');
});

test('without it, new hosts are not protected', () => {
  const template = synth(pool().stack);
  template.hasResourceProperties('AWS::ECS::CapacityProvider', { AutoScalingGroupProvider: { ManagedTerminationProtection: 'DISABLED' } });
  const [group] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
  expect(group.Properties.NewInstancesProtectedFromScaleIn).toBeUndefined();
});
