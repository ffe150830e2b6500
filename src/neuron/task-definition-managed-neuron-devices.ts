import { aws_ecs as ecs, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { NEURON_DEVICE, requestsNeuronDevices, resourceRequirements } from './neuron-device-request';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { checkManagedDevices, checkOneWay } from './neuron-managed-device-rules';
import { plannedContainer, prepareMainContainer } from '../capacity/task/main-container';
import { Container, devices, environment, isTaskDefinition, variableNames } from '../capacity/task/task-containers';
import { checkOwned } from '../rules/owned-rules';
import { Finding } from '../rules/rule';

const DEVICE_PATHS = '/dev/neuron';

/** Properties of `TaskDefinitionManagedNeuronDevices`. */
export interface TaskDefinitionManagedNeuronDevicesProps {
  /**
   * The container that gets the devices, all of them. One that doesn't exist is an error.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;

  /**
   * How many physical NeuronCores make a logical one: sets `NEURON_LOGICAL_NC_CONFIG`. For hosts with logical cores, Trainium2 and later.
   *
   * @default - not set: the runtime's own default
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/**
 * Lets Amazon ECS hand all Neuron devices of a host to a container of a task definition. On Managed Instances only: ECS counts the devices
 * there, so one such task runs on each host, whatever else does.
 *
 * Works on a task definition that you already have, L1 or L2; aws-cdk-lib's L2 does not know these devices. Devices that are mapped by path,
 * another container that asks for devices, and a task definition that is for EC2 or Fargate too, are errors.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * const taskDefinition = new ecs.TaskDefinition(this, 'Task', { compatibility: ecs.Compatibility.MANAGED_INSTANCES });
 * taskDefinition.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('my-model-server'), memoryReservationMiB: 8192 });
 * taskDefinition.with(new TaskDefinitionManagedNeuronDevices());
 */
export class TaskDefinitionManagedNeuronDevices extends Mixin {
  constructor(private readonly props: TaskDefinitionManagedNeuronDevicesProps = {}) {
    super();
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    prepareMainContainer(construct, {
      containerName: this.props.containerName,
      change: (main) => this.change(main),
      check: (main, containers) => [...this.checkVariables(main), ...this.checkTask(construct, main, containers)],
    });
  }

  /** @internal */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    const planned = plannedContainer(container);
    return [
      ...this.checkVariables(planned),
      ...checkOneWay({ container: planned.name, mapped: mapsNeuronDevices(planned), requested: true }),
    ];
  }

  private change(container: Container): Container {
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

  private checkTask(task: ecs.CfnTaskDefinition, main: Container, containers: Container[]): Finding[] {
    return checkManagedDevices({
      container: main.name,
      requests: containers.filter(requestsNeuronDevices).flatMap((container) =>
        resourceRequirements(container)
          .filter(({ type }) => type === NEURON_DEVICE)
          .map(({ value = 'nothing' }) => ({ container: container.name, value })),
      ),
      containersThatMap: containers.filter(mapsNeuronDevices).map(({ name }) => name),
      compatibilities: Stack.of(task).resolve(task.requiresCompatibilities),
    });
  }

  private checkVariables(container: Container): Finding[] {
    const config = `LNC_${this.props.logicalNeuronCoreConfig} is set for the whole capacity. Use \`logicalNeuronCoreConfig\` instead.`;
    return checkOwned({
      container: container.name,
      variables: variableNames(container),
      devicePaths: [],
      ownedPathPrefixes: [],
      ownedVariables: {
        AWS_NEURON_VISIBLE_DEVICES: 'it asks for the Neuron 1.x runtime hook, while ECS hands the devices out. Leave it out.',
        ...(this.props.logicalNeuronCoreConfig === undefined
          ? {}
          : { NEURON_LOGICAL_NC_CONFIG: config, NEURON_RT_VIRTUAL_CORE_SIZE: config }),
      },
    });
  }
}

function mapsNeuronDevices(container: Container): boolean {
  return devices(container).some(({ hostPath }) => typeof hostPath === 'string' && hostPath.startsWith(DEVICE_PATHS));
}
