import { aws_ecs as ecs, Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { expectArchitecture } from './host-architecture';
import { addClaim } from './task-claims';
import { changeContainers, Container, isTaskDefinition, mainContainer, plannedContainer } from './task-containers';
import { TaskClaim } from '../../rules/accelerator-use-rules';
import { checkMainContainerExists } from '../../rules/container-rules';
import { OwnedVariables } from '../../rules/owned-rules';
import { enforceAtSynth, Finding } from '../../rules/rule';
import { HostArchitecture } from '../architecture';

/**
 * A mixin that changes the main container of a task definition when it is rendered, and checks it when the construct tree is complete. A
 * task definition without a main container fails.
 *
 * @internal
 */
export abstract class MainContainerMixin extends Mixin {
  /** @param wantedName the name of the main container. Undefined for the first essential container */
  protected constructor(private readonly wantedName?: string) {
    super();
  }

  public supports(construct: IConstruct): boolean {
    return isTaskDefinition(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isTaskDefinition(construct)) return;
    if (this._claim) addClaim(construct, this._claim, this.wantedName);
    const read = changeContainers(construct, (containers) => {
      const main = mainContainer(containers, this.wantedName);
      return containers.map((container) => (container === main ? this._change(container, containers, construct) : container));
    });
    this._prepare(construct, read);
    const host = this._hostArchitecture();
    if (host) expectArchitecture(construct, host);
    enforceAtSynth(construct, () => {
      const containers = read();
      const main = mainContainer(containers, this.wantedName);
      if (!main) return checkMainContainerExists(this.wantedName, containers);
      return [...this._checkMain(main), ...this._checkTask(construct, main, containers)];
    });
  }

  /**
   * Checks a container before it is created, so that a wrong argument throws where it is given.
   *
   * @internal
   */
  public _checkContainer(container: ecs.ContainerDefinitionOptions): Finding[] {
    return this._checkMain(plannedContainer(container));
  }

  /**
   * The variables of the main container that only the library may set, in the task definition and in the overrides of a run.
   *
   * @internal
   */
  public get _ownedVariables(): OwnedVariables {
    return {};
  }

  /**
   * What the mixin says about the task and its hosts. It is checked together with the other mixins and containers.
   *
   * @internal
   */
  public get _claim(): TaskClaim | undefined {
    return undefined;
  }

  /**
   * Returns the main container as the mixin changes it.
   *
   * @internal
   */
  protected abstract _change(main: Container, containers: Container[], task: ecs.CfnTaskDefinition): Container;

  /**
   * Checks the main container by itself, as it is without the change.
   *
   * @internal
   */
  protected _checkMain(_main: Container): Finding[] {
    return [];
  }

  /**
   * Checks the task definition as a whole, as it is without the change.
   *
   * @internal
   */
  protected _checkTask(_task: ecs.CfnTaskDefinition, _main: Container, _containers: Container[]): Finding[] {
    return [];
  }

  /**
   * The architecture of the hosts that the mixin prepares the task for. Undefined if it can run on any.
   *
   * @internal
   */
  protected _hostArchitecture(): HostArchitecture | undefined {
    return undefined;
  }

  /**
   * Changes the task definition outside its main container. `read` returns the containers as they are without the change.
   *
   * @internal
   */
  protected _prepare(_task: ecs.CfnTaskDefinition, _read: () => Container[]): void {}
}
