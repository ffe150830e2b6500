import { Tokenization } from 'aws-cdk-lib';
import { checked } from '../rules/checked';

/** Options of `Launcher.torchrun()`. */
export interface TorchrunOptions {
  /**
   * The number of processes on each node: the NeuronCores or GPUs that a task has. Must be a whole number, 1 or more.
   */
  readonly processesPerNode: number;
}

/**
 * How a job starts its program: with a launcher that starts the processes of distributed training.
 *
 * @see https://docs.pytorch.org/docs/stable/elastic/run.html
 *
 * @example
 * new MlRunTask(this, 'Train', {
 *   capacity,
 *   nodes: 2,
 *   launcher: Launcher.torchrun({ processesPerNode: 32 }),
 *   container: { image: ecs.ContainerImage.fromRegistry('my-training'), command: ['train.py', '--epochs', '3'] },
 *   timeout: Duration.days(1),
 * });
 */
@checked
export class Launcher {
  /**
   * Starts the program with `torchrun`, which must be in the image. `command` of the container is the script and its arguments. With `nodes`
   * of the job, the nodes find each other at the address of the first one. `NEURON_RT_ROOT_COMM_ID` is set for programs that initialize the
   * Neuron runtime themselves.
   *
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/nrt-configurable-parameters.html
   */
  public static torchrun(options: TorchrunOptions): Launcher {
    const processes = `--nproc_per_node=${Tokenization.stringifyNumber(options.processesPerNode)}`;
    const nodes = '--nnodes="$NNODES" --node_rank="$NODE_RANK" --master_addr="$address" --master_port="$MASTER_PORT"';
    return new Launcher(
      `exec torchrun --standalone ${processes} "$@"`,
      // A host can have several addresses; the first one is that of its primary network interface.
      'address="${MASTER_ADDR:-$(hostname -i)}"; address="${address%% *}"; ' +
        `export NEURON_RT_ROOT_COMM_ID="$address:${ROOT_COMM_PORT}"; exec torchrun ${processes} ${nodes} "$@"`,
    );
  }

  private constructor(
    private readonly onOneNode: string,
    private readonly onNodes: string,
  ) {}

  /**
   * The entry point of the main container, which runs its command. The shell passes arguments on unchanged, and gives its place to the
   * launcher, so that signals arrive.
   *
   * @internal
   */
  public _entryPoint(nodes: number | undefined): string[] {
    return ['/bin/sh', '-c', nodes === undefined ? this.onOneNode : this.onNodes, 'launcher'];
  }
}

/** A port for the collective communication of Neuron, apart from that of `torchrun`. */
const ROOT_COMM_PORT = 46_820;
