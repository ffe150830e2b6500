import { Finding, known, Rule } from './rule';

const ACCELERATOR_API = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InferenceAccelerator.html';

const elasticInferenceEnded = new Rule({
  id: 'elastic-inference-ended',
  level: 'warning',
  says: 'Amazon Elastic Inference ended in April 2024. A Neuron instance type replaces it.',
  source: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecs.TaskDefinitionProps.html',
});

const inferenceAcceleratorNames = new Rule({
  id: 'inference-accelerator-names',
  level: 'error',
  says: 'A task with Elastic Inference has at least one accelerator, and each has a name of its own.',
  source: ACCELERATOR_API,
});

const inferenceAcceleratorHosts = new Rule({
  id: 'inference-accelerator-hosts',
  level: 'error',
  says: 'Tasks with Elastic Inference run on EC2 and Linux only.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
});

/** An accelerator that a task asks for. */
export interface WantedAccelerator {
  readonly deviceName: string;
  readonly type: { readonly name: string; readonly replacement: string };
}

/** Says that the service has ended, and what replaces its accelerators. */
export function checkEnded(accelerators: WantedAccelerator[]): Finding[] {
  const names = unique(accelerators.map(({ type }) => type.name)).join(' or ');
  const replacements = unique(accelerators.map(({ type }) => type.replacement)).join(' or ');
  return elasticInferenceEnded.when(
    accelerators.length > 0,
    () =>
      `Amazon Elastic Inference ended in April 2024: a task that asks for ${names} can't start. A NeuronService on ${replacements} replaces it; ` +
      'docs/migrate-elastic-inference.md of cdk-ecs-ml has the way, line by line.',
  );
}

/** Checks the names of the accelerators of a task. */
export function checkAcceleratorNames(deviceNames: string[]): Finding[] {
  const twice = deviceNames.filter((name, index) => known(name) && deviceNames.indexOf(name) !== index);
  return [
    ...inferenceAcceleratorNames.when(
      deviceNames.length === 0,
      () => '`accelerators` must name at least one, got: []. A task without one needs no Elastic Inference: use an ordinary service.',
    ),
    ...inferenceAcceleratorNames.when(
      deviceNames.some((name) => name.trim() === ''),
      () => "`deviceName` of an accelerator must not be empty, got: ''. Leave it out for eia_device1, eia_device2 and on.",
    ),
    ...inferenceAcceleratorNames.when(
      twice.length > 0,
      () => `\`deviceName\` must be another one for each accelerator of a task, got twice: ${unique(twice).join(', ')}.`,
    ),
  ];
}

/** Checks where a task with accelerators is meant to run. What isn't known at synth is left out. */
export function checkEc2Linux(facts: { compatibilities: string[]; operatingSystem?: string }): Finding[] {
  const others = facts.compatibilities.filter((compatibility) => compatibility !== 'EC2');
  return [
    ...inferenceAcceleratorHosts.when(
      others.length > 0,
      () =>
        `Elastic Inference is for tasks on EC2 only, got: ${facts.compatibilities.join(', ')}. Use an Ec2Capacity, or a task definition for EC2.`,
    ),
    ...inferenceAcceleratorHosts.when(
      facts.operatingSystem?.startsWith('WINDOWS') === true,
      () => `Elastic Inference is for Linux containers only, got \`operatingSystemFamily\`: ${facts.operatingSystem}.`,
    ),
  ];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
