import { Finding, Rule } from '../rules/rule';

const sliceOfChip = new Rule({
  id: 'slice-of-chip',
  level: 'warning',
  says: 'Several tasks should share a Neuron chip only after a test with the model. The Neuron pages allow it, but the ECS page says one task per chip.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/faq.html',
});

/** Warns if tasks share a chip by its cores. `neuronCores` are those of the whole host. */
export function checkCoreSharing(
  host: { readonly name: string; readonly chips: number },
  tasksPerInstance: number,
  neuronCores: number,
): Finding[] {
  const cores = neuronCores / tasksPerInstance;
  return sliceOfChip.when(
    tasksPerInstance > host.chips,
    () =>
      `\`tasksPerInstance\` ${tasksPerInstance} puts ${tasksPerInstance / host.chips} tasks on each chip of ${host.name}, each with ${cores} ` +
      `NeuronCore${cores === 1 ? '' : 's'}. The Neuron pages allow this, but the Amazon ECS page says one task per chip. Try it with your ` +
      `model and acknowledge this warning, or use at most ${host.chips}.`,
  );
}
