/**
 * The runtime through which the containers of a pool use the Neuron chips.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/appnotes/neuron1x/introducing-libnrt.html
 */
export enum NeuronRuntime {
  /** A library in the container image of the model server. For Neuron 1.16 and later. */
  LIBNRT = 'LIBNRT',

  /**
   * The Neuron 1.x runtime daemon, `neuron-rtd`, in a sidecar container. Only for model servers that were built on Neuron before 1.16
   * (2021-10-27) and cannot be rebuilt. The daemon needs Inf1 and Amazon Linux 2, and AWS no longer supports the daemon or Amazon Linux 2.
   */
  NEURON_RTD = 'NEURON_RTD',
}
