import { Finding, known, Rule } from '../rules/rule';

const ACCELERATOR_API = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InferenceAccelerator.html';

const elasticInferenceEnded = new Rule({
  id: 'elastic-inference-ended',
  level: 'warning',
  says: 'A task should not use Amazon Elastic Inference, which ended in April 2024. A Neuron instance type replaces it.',
  source: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecs.TaskDefinitionProps.html',
});

const inferenceAcceleratorNames = new Rule({
  id: 'inference-accelerator-names',
  level: 'error',
  says: 'A task with Elastic Inference must have at least one accelerator, and each must have a unique name.',
  source: ACCELERATOR_API,
});

const inferenceAcceleratorHosts = new Rule({
  id: 'inference-accelerator-hosts',
  level: 'error',
  says: 'Tasks with Elastic Inference can only run on EC2 and Linux.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
});

/** An accelerator of a task. */
export interface WantedAccelerator {
  readonly deviceName: string;
  readonly type: { readonly name: string; readonly replacement: string };
}

/** Warns that Elastic Inference has ended, and names the instance types that replace the accelerators. */
export function checkEnded(accelerators: WantedAccelerator[]): Finding[] {
  const names = unique(accelerators.map(({ type }) => type.name)).join(' or ');
  const replacements = unique(accelerators.map(({ type }) => type.replacement)).join(' or ');
  return elasticInferenceEnded.when(
    accelerators.length > 0,
    () =>
      `Amazon Elastic Inference ended in April 2024, so a task that asks for ${names} can't start. Use a \`NeuronService\` on ${replacements} ` +
      'instead. See docs/migrate-elastic-inference.md of cdk-ecs-ml for each step.',
  );
}

/** Checks the names of the accelerators of a task. */
export function checkAcceleratorNames(deviceNames: string[]): Finding[] {
  const twice = deviceNames.filter((name, index) => known(name) && deviceNames.indexOf(name) !== index);
  return [
    ...inferenceAcceleratorNames.when(
      deviceNames.length === 0,
      () => '`accelerators` must have at least one accelerator, got: []. For a task without accelerators, use an ordinary service.',
    ),
    ...inferenceAcceleratorNames.when(
      deviceNames.some((name) => name.trim() === ''),
      () => "`deviceName` of an accelerator must not be empty, got: ''. Leave it out to get eia_device1, eia_device2 and so on.",
    ),
    ...inferenceAcceleratorNames.when(
      twice.length > 0,
      () => `\`deviceName\` must be unique for each accelerator of a task, got more than once: ${unique(twice).join(', ')}.`,
    ),
  ];
}

/** Checks where a task with accelerators runs. Facts that are not known at synth are left out. */
export function checkEc2Linux(facts: { compatibilities: string[]; operatingSystem?: string }): Finding[] {
  const others = facts.compatibilities.filter((compatibility) => compatibility !== 'EC2');
  return [
    ...inferenceAcceleratorHosts.when(
      others.length > 0,
      () =>
        `Tasks with Elastic Inference can only run on EC2, got: ${facts.compatibilities.join(', ')}. Use an \`Ec2Capacity\` or a task definition for EC2.`,
    ),
    ...inferenceAcceleratorHosts.when(
      facts.operatingSystem?.startsWith('WINDOWS') === true,
      () => `\`operatingSystemFamily\` must be Linux for Elastic Inference, got: ${facts.operatingSystem}.`,
    ),
  ];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
