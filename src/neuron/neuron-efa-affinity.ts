import { namesCores } from './neuron-image-rules';
import { MainContainerMixin } from '../capacity/task/main-container-mixin';
import { Container, environment, variableNames } from '../capacity/task/task-containers';

const SKIP = 'NEURON_SKIP_EFA_AFFINITY';

/**
 * Lets the vLLM images for Neuron from 0.21 on start on hosts without EFA, where they otherwise refuse to: sets `NEURON_SKIP_EFA_AFFINITY`.
 * Only hosts decide about the variable, so the library sets it, unless the container does.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/get-started/quickstart-configure-deploy-dlc.html
 */
export class NeuronEfaAffinity extends MainContainerMixin {
  constructor(containerName?: string) {
    super(containerName);
  }

  /** @internal */
  protected _change(main: Container): Container {
    if (!namesCores(main.image) || variableNames(main).includes(SKIP)) return main;
    return { ...main, environment: [...environment(main), { name: SKIP, value: '1' }] };
  }
}
