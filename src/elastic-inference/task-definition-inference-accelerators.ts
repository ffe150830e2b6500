import { aws_ecs as ecs, Lazy, Stack, Validations } from 'aws-cdk-lib';
import { ElasticInferenceAccelerator } from './elastic-inference-accelerator';
import { checkAcceleratorNames, checkEc2Linux, checkEnded } from './elastic-inference-rules';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, resourceRequirements } from '../capacity/task/task-containers';
import { TaskClaim } from '../rules/accelerator-use-rules';
import { checked } from '../rules/checked';
import { enforce, enforceValue, Finding, known } from '../rules/rule';

/** An accelerator that a task requests. */
export interface InferenceAcceleratorOptions {
  /**
   * The type of the accelerator.
   */
  readonly type: ElasticInferenceAccelerator;

  /**
   * The name by which the container requests the accelerator. Must be unique among the accelerators of a task, and cannot be empty.
   *
   * @default - `eia_device1` for the first, `eia_device2` for the second and so on
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InferenceAccelerator.html
   */
  readonly deviceName?: string;
}

/** Properties of `TaskDefinitionInferenceAccelerators`. */
export interface TaskDefinitionInferenceAcceleratorsProps {
  /**
   * The accelerators of each task. Must have at least one item.
   */
  readonly accelerators: InferenceAcceleratorOptions[];

  /**
   * The name of the container that gets the accelerators. The task definition must have this container.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;
}

/** The CloudFormation rule that also warns about the property. It would be a second warning about the same thing. */
const DEPRECATED_PROPERTY = 'CloudFormation-Validate::W9009';

type Accelerators = Readonly<ecs.CfnTaskDefinition.InferenceAcceleratorProperty>[];

/**
 * Adds Elastic Inference accelerators to a container of a task definition.
 *
 * You can apply it to any task definition, L1 or L2, that is compatible with EC2 only and runs on Linux. Amazon Elastic Inference ended in
 * April 2024. The mixin causes a warning that says so and names the replacement.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InferenceAccelerator.html
 *
 * @example
 * taskDefinition.with(
 *   new TaskDefinitionInferenceAccelerators({ accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }] }),
 * );
 * Validations.of(taskDefinition).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'only to compare templates' });
 */
@checked
export class TaskDefinitionInferenceAccelerators extends MainContainerMixin {
  private readonly accelerators: Required<InferenceAcceleratorOptions>[];

  constructor(props: TaskDefinitionInferenceAcceleratorsProps) {
    super(props.containerName);
    this.accelerators = props.accelerators.map(({ type, deviceName }, index) => ({
      type,
      deviceName: deviceName ?? `eia_device${index + 1}`,
    }));
    enforceValue('TaskDefinitionInferenceAccelerators', checkAcceleratorNames(this.names()));
  }

  /**
   * Elastic Inference is reached over the network, so hosts may have another family of accelerators too.
   * @internal
   */
  public get _claim(): TaskClaim {
    return { by: 'TaskDefinitionInferenceAccelerators', compatibilities: ['EC2'], forContainer: true };
  }

  /** @internal */
  protected _prepare(task: ecs.CfnTaskDefinition): void {
    const ours = this.accelerators.map(({ type, deviceName }) => ({ deviceName, deviceType: type.name }));
    const all = () => [...ownAccelerators(task), ...ours];
    task.addPropertyOverride(
      'InferenceAccelerators',
      Lazy.uncachedAny({ produce: () => all().map(({ deviceName, deviceType }) => ({ DeviceName: deviceName, DeviceType: deviceType })) }),
    );
    enforce(task, checkEnded(this.accelerators));
    Validations.of(task).acknowledge({
      id: DEPRECATED_PROPERTY,
      reason: 'elastic-inference-ended warns about this, with the end date and the replacement',
    });
  }

  /** @internal */
  protected _change(main: Container): Container {
    const wanted = this.names().map((value) => ({ type: 'InferenceAccelerator', value }));
    return { ...main, resourceRequirements: [...resourceRequirements(main), ...wanted] };
  }

  /** @internal */
  protected _checkTask(task: ecs.CfnTaskDefinition): Finding[] {
    const theirs = ownAccelerators(task).map(({ deviceName }) => deviceName ?? '');
    return [...checkAcceleratorNames([...theirs, ...this.names()]), ...checkEc2Linux(whereItRuns(task))];
  }

  private names(): string[] {
    return this.accelerators.map(({ deviceName }) => deviceName);
  }
}

/**
 * The accelerators that a task definition already has.
 *
 * They are read, and new ones written, without the accessors of the L1, because these print a deprecation warning at each synthesis that
 * cannot be acknowledged.
 */
function ownAccelerators(task: ecs.CfnTaskDefinition): Accelerators {
  const { inferenceAccelerators } = (task as unknown as { readonly cfnProperties: ecs.CfnTaskDefinitionProps }).cfnProperties;
  return (Stack.of(task).resolve(inferenceAccelerators) ?? []) as Accelerators;
}

function whereItRuns(task: ecs.CfnTaskDefinition): { compatibilities: string[]; operatingSystem?: string } {
  const platform = Stack.of(task).resolve(task.runtimePlatform) as ecs.CfnTaskDefinition.RuntimePlatformProperty | undefined;
  const operatingSystem = platform?.operatingSystemFamily;
  return {
    compatibilities: (task.requiresCompatibilities ?? []).filter((compatibility) => known(compatibility)),
    operatingSystem: known(operatingSystem) ? operatingSystem : undefined,
  };
}
