/**
 * What the containers of a pool speak to the Neuron chips with.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/appnotes/neuron1x/introducing-libnrt.html
 */
export enum NeuronRuntime {
  /** The runtime is a library in the image of the model server: Neuron 1.16 and later. */
  LIBNRT = 'LIBNRT',

  /**
   * The runtime is the daemon `neuron-rtd` of Neuron 1.x, in a sidecar. Only for model servers that were built on Neuron before 1.16
   * (2021-10-27) and can't be built anew: it needs Inf1 and Amazon Linux 2, and AWS supports neither the daemon nor Amazon Linux 2 any more.
   */
  NEURON_RTD = 'NEURON_RTD',
}
