import { aws_ecs as ecs } from 'aws-cdk-lib';
import { IMixin } from 'constructs';
import { Finding } from '../../rules/rule';

/** A mixin that can tell what it would refuse at synth before the container is made. */
interface ChecksContainer {
  /** @internal */
  _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[];
}

/** What mixins refuse in a container that is about to be made, so that a wrong argument throws where it is given. */
export function checkContainerFor(mixins: IMixin[], container: ecs.ContainerDefinitionOptions): Finding[] {
  return mixins
    .filter((mixin): mixin is IMixin & ChecksContainer => '_checkContainer' in mixin)
    .flatMap((mixin) => mixin._checkContainer(container));
}
