import { aws_ecs as ecs } from 'aws-cdk-lib';
import { IMixin } from 'constructs';
import { checkGpus, TaskClaim } from '../../rules/accelerator-use-rules';
import { OwnedVariables } from '../../rules/owned-rules';
import { Finding } from '../../rules/rule';

/** A mixin that can check a container before it is created. */
interface ChecksContainer {
  /** @internal */
  _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[];
}

/** Checks a container for mixins before it is created, so that a wrong argument throws where it is given. */
export function checkContainerFor(mixins: IMixin[], container: ecs.ContainerDefinitionOptions): Finding[] {
  const claims = mixins.flatMap((mixin) => (mixin as { readonly _claim?: TaskClaim })._claim ?? []);
  const noGpus = claims.find(({ noGpuOn }) => noGpuOn !== undefined)?.noGpuOn;
  return [
    ...(noGpus === undefined || container.gpuCount === undefined ? [] : checkGpus([container.containerName ?? 'main'], noGpus)),
    ...mixins
      .filter((mixin): mixin is IMixin & ChecksContainer => '_checkContainer' in mixin)
      .flatMap((mixin) => mixin._checkContainer(container)),
  ];
}

/** The variables of the main container that only the library may set, because one of the mixins sets them. */
export function ownedVariablesOf(mixins: IMixin[]): OwnedVariables {
  const owning = mixins.filter((mixin): mixin is IMixin & { readonly _ownedVariables: OwnedVariables } => '_ownedVariables' in mixin);
  return Object.assign({}, ...owning.map((mixin) => mixin._ownedVariables));
}
