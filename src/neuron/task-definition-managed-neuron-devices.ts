import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NEURON_DEVICE, requestsNeuronDevices } from './neuron-device-request';
import { checkImageFamily, checkImageSignals } from './neuron-image-rules';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { checkManagedDevices, checkOneWay } from './neuron-managed-device-rules';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, devices, environment, plannedContainer, resourceRequirements, variableNames } from '../capacity/task/task-containers';
import { TaskClaim } from '../rules/accelerator-use-rules';
import { checked } from '../rules/checked';
import { checkOwned, OwnedVariables } from '../rules/owned-rules';
import { Finding } from '../rules/rule';

const DEVICE_PATHS = '/dev/neuron';

/** Properties of `TaskDefinitionManagedNeuronDevices`. */
export interface TaskDefinitionManagedNeuronDevicesProps {
  /**
   * The name of the container that gets all devices. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;

  /**
   * The number of physical NeuronCores in a logical NeuronCore. Sets `NEURON_LOGICAL_NC_CONFIG`. Set it only for hosts with logical
   * NeuronCores, which are Trainium2 and later.
   *
   * @default - not set: the Neuron runtime uses its own default
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/**
 * Requests all Neuron devices of a host from Amazon ECS for one container of a task definition. Works on Managed Instances only. ECS counts
 * the devices there, so it runs at most one task with this request on each host, next to any other tasks.
 *
 * You can apply it to any task definition, L1 or L2. The L2 of aws-cdk-lib does not support Neuron devices. The task definition must be
 * compatible with Managed Instances only, must not map Neuron devices by path, and must not request them for another container.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * const taskDefinition = new ecs.TaskDefinition(this, 'Task', { compatibility: ecs.Compatibility.MANAGED_INSTANCES });
 * taskDefinition.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('my-model-server'), memoryReservationMiB: 8192 });
 * taskDefinition.with(new TaskDefinitionManagedNeuronDevices());
 */
@checked
export class TaskDefinitionManagedNeuronDevices extends MainContainerMixin {
  /**
   * Creates the mixin for a capacity, whose instance types the image must fit.
   *
   * @internal
   */
  public static _forTypes(
    props: TaskDefinitionManagedNeuronDevicesProps,
    types: { readonly name: string }[],
  ): TaskDefinitionManagedNeuronDevices {
    const mixin = new TaskDefinitionManagedNeuronDevices(props);
    mixin.types = types.map(({ name }) => name);
    return mixin;
  }

  private types: string[] = [];

  constructor(private readonly props: TaskDefinitionManagedNeuronDevicesProps = {}) {
    super(props.containerName);
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const planned = plannedContainer(container);
    const oneWay = checkOneWay({ container: planned.name, mapped: mapsNeuronDevices(planned), requested: true });
    return [...super._checkContainer(container), ...oneWay];
  }

  /** @internal */
  protected _change(container: Container): Container {
    const config = this.props.logicalNeuronCoreConfig;
    return {
      ...container,
      environment:
        config === undefined ? container.environment : [...environment(container), { name: 'NEURON_LOGICAL_NC_CONFIG', value: config }],
      resourceRequirements: [
        ...resourceRequirements(container).filter(({ type }) => type !== NEURON_DEVICE),
        { type: NEURON_DEVICE, value: 'ALL' },
      ],
    };
  }

  /** @internal */
  protected _checkTask(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    const devicesAgree = checkManagedDevices({
      container: main.name,
      requests: containers.filter(requestsNeuronDevices).flatMap((container) =>
        resourceRequirements(container)
          .filter(({ type }) => type === NEURON_DEVICE)
          .map(({ value = 'nothing' }) => ({ container: container.name, value })),
      ),
      containersThatMap: containers.filter(mapsNeuronDevices).map(({ name }) => name),
      compatibilities: Stack.of(task).resolve(task.requiresCompatibilities),
    });
    return [...devicesAgree, ...checkImageSignals(main.name, main.image, main.entryPoint)];
  }

  /** @internal */
  public get _claim(): TaskClaim {
    return {
      by: 'TaskDefinitionManagedNeuronDevices',
      family: 'Neuron',
      compatibilities: ['MANAGED_INSTANCES'],
      noGpuOn: 'a host with Neuron devices',
      limitsThreads: true,
    };
  }

  /** @internal */
  public get _ownedVariables(): OwnedVariables {
    const config = `LNC_${this.props.logicalNeuronCoreConfig} is set for the whole capacity. Use \`logicalNeuronCoreConfig\` instead.`;
    return {
      AWS_NEURON_VISIBLE_DEVICES: 'it requests devices from the Neuron 1.x runtime hook, but ECS allocates the devices. Leave it out.',
      ...(this.props.logicalNeuronCoreConfig === undefined
        ? {}
        : { NEURON_LOGICAL_NC_CONFIG: config, NEURON_RT_VIRTUAL_CORE_SIZE: config }),
    };
  }

  /** @internal */
  protected _checkMain(container: Container): Finding[] {
    const owned = checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: [],
      ownedPathPrefixes: [],
      ownedVariables: this._ownedVariables,
    });
    return [...owned, ...checkImageFamily(container.name, container.image, this.types)];
  }
}

function mapsNeuronDevices(container: Container): boolean {
  return devices(container).some(({ hostPath }) => typeof hostPath === 'string' && hostPath.startsWith(DEVICE_PATHS));
}
