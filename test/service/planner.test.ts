import { aws_ec2 as ec2, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import {
  AcceleratedService,
  AcceleratedServiceProps,
  FargateCapacity,
  ICapacity,
  INeuronCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  TaskDefinitionManagedInstances,
} from '../../src';
import { checkContainerFor } from '../../src/capacity/task/container-checks';
import { MainContainerMixin } from '../../src/capacity/task/main-container-mixin';
import { Container, resourceRequirements } from '../../src/capacity/task/task-containers';
import { UNLIMITED } from '../../src/capacity/task-ledger';
import { ServiceRequest, TaskPlanner } from '../../src/capacity/task-planner';
import { Finding, Rule } from '../../src/rules/rule';
import { makeService, Service } from '../../src/service/service';
import { container, newStackWithVpc, synth, warnings } from '../support';

/** A kind of capacity that the library does not have: hosts outside AWS, without auto scaling. */
class ExternalCapacity extends Construct implements ICapacity {
  public readonly compatibility = ecs.Compatibility.EXTERNAL;
  public readonly capacityProviderStrategies = [{ capacityProvider: 'on-premises', weight: 1 }];
  public readonly placementConstraints = [];
  public readonly interruptible = false;
  public readonly connections = new ec2.Connections();

  constructor(
    scope: Construct,
    id: string,
    public readonly cluster: ecs.ICluster,
  ) {
    super(scope, id);
  }

  public get _planner(): TaskPlanner {
    return {
      ledger: UNLIMITED,
      runTaskPlacement: [],
      assignsPublicIp: false,
      ownedVariables: {},
      networkMode: () => ecs.NetworkMode.BRIDGE,
      checkTask: () => [],
      taskDefinitionProps: () => ({ compatibility: this.compatibility }),
      checkService: () => [],
      makeService: (scope: Construct, { options: { capacityProviderStrategies, ...options }, taskDefinition }: ServiceRequest) =>
        new ecs.ExternalService(scope, 'Service', { ...options, taskDefinition }),
    };
  }

  public taskDefinitionMixins(): IMixin[] {
    return [];
  }
}

class ExternalService extends AcceleratedService {
  public readonly capacity: ExternalCapacity;
  protected readonly _made: Service;

  constructor(scope: Construct, id: string, capacity: ExternalCapacity, props: AcceleratedServiceProps) {
    super(scope, id);
    this.capacity = capacity;
    this._made = makeService(this, props, capacity);
  }
}

describe('a new kind of capacity', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  const capacity = new ExternalCapacity(stack, 'OnPremises', cluster);
  new ExternalService(stack, 'Chat', capacity, { container: { ...container, memoryReservationMiB: 1024 }, desiredCount: 2 });
  new MlRunTask(stack, 'Train', { capacity, container: { ...container, memoryReservationMiB: 1024 }, timeout: Duration.hours(1) });
  const template = synth(stack);

  test('runs services without a change to src/service', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      LaunchType: 'EXTERNAL',
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 },
    });
  });

  test('runs jobs without a change to src/run-task', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { RequiresCompatibilities: ['EXTERNAL'], NetworkMode: 'bridge' });
    expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain('on-premises');
  });
});

const instanceType = NeuronInstanceType.INF2_XLARGE;

/** A capacity that has what its interface asks for, but none of our internal members, as one of another library would. */
function foreignLike<T extends object>(capacity: T): T {
  return new Proxy(capacity, { get: (target, member) => (String(member).startsWith('_') ? undefined : Reflect.get(target, member)) });
}

describe('a capacity that cannot run it fails', () => {
  test('when the library did not make it', () => {
    const { stack, vpc } = newStackWithVpc();
    const foreign = foreignLike(new NeuronCapacity(stack, 'Foreign', { vpc, instanceType }));
    const message = /^Stack\/Foreign: `capacity` must be a capacity of this library.*known-capacity/;
    expect(() => new NeuronService(stack, 'Chat', { capacity: foreign, container })).toThrow(message);
    expect(() => new MlRunTask(stack, 'Train', { capacity: foreign, container, timeout: Duration.hours(1) })).toThrow(message);
  });

  test('also in a strategy, and in a mixin for Managed Instances', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const pools = ['First', 'Second'].map((id) => ({ capacity: foreignLike(new NeuronCapacity(stack, id, { cluster, instanceType })) }));
    expect(() => new NeuronCapacityStrategy(stack, 'Strategy', { pools })).toThrow(/known-capacity/);
    const capacity = foreignLike(new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType] }));
    expect(() => new TaskDefinitionManagedInstances({ capacity })).toThrow(/known-capacity/);
  });

  test('when it is Fargate and the service needs an accelerator', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new FargateCapacity(stack, 'Fargate', { vpc }) as unknown as INeuronCapacity;
    expect(() => new NeuronService(stack, 'Chat', { capacity, container })).toThrow(
      /`capacity` must be an `INeuronCapacity`.*got: an object of class FargateCapacity/,
    );
  });
});

describe('`maxHealthyPercent` 100 alone', () => {
  function service(props: Partial<NeuronCapacityProps>) {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_8_XLARGE, ...props });
    new NeuronService(stack, 'Chat', { capacity, container, desiredCount: 4, maxHealthyPercent: 100 });
    return stack;
  }

  test('updates in place, also where a pool has room to surge', () => {
    const stack = service({ maxInstances: 8 });
    synth(stack).hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: { MinimumHealthyPercent: 75, MaximumPercent: 100 },
    });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('a mixin on the main container', () => {
  /** Refuses a container that requests GPUs. */
  class NoGpus extends MainContainerMixin {
    constructor() {
      super();
    }

    protected _change(main: Container): Container {
      return main;
    }

    protected _checkMain(main: Container): Finding[] {
      return noGpus.when(resourceRequirements(main).length > 0, () => 'no GPUs');
    }
  }
  const noGpus = new Rule({ id: 'test-no-gpus', level: 'error', says: 'No GPUs.', source: 'https://docs.aws.amazon.com/' });
  const image = ecs.ContainerImage.fromRegistry('image');

  test('sees the GPUs of a container before it is created', () => {
    expect(checkContainerFor([new NoGpus()], { image, gpuCount: 2 })).toHaveLength(1);
    expect(checkContainerFor([new NoGpus()], { image })).toEqual([]);
  });

  test('sees the GPUs of a container of a task definition', () => {
    const { stack } = newStackWithVpc();
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
    taskDefinition.addContainer('Main', { image, gpuCount: 2, memoryReservationMiB: 512 });
    taskDefinition.with(new NoGpus());
    expect(() => synth(stack)).toThrow(/no GPUs \[cdk-ecs-ml:test-no-gpus\]/);
  });
});
