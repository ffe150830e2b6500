import { Finding, Rule } from './rule';

const machineImageFits = new Rule({
  id: 'machine-image-fits',
  level: 'error',
  says: 'The machine image of a pool has the driver of its accelerator and the ECS agent.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

const machineImageAged = new Rule({
  id: 'machine-image-aged',
  level: 'warning',
  says: 'The machine image still gets updates. Those of Amazon Linux 2 ended on 2026-06-30.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

/** What an accelerator family says of the images behind some SSM parameters; the first that matches counts. */
export interface ImageVerdict {
  readonly parameter: RegExp;
  readonly verdict: 'fits' | 'aged' | 'unfit';
  /** Why not, and what to take instead. */
  readonly because?: string;
}

/** Checks where a machine image comes from. Images of unknown origin are the user's own. */
export function checkMachineImage(instanceType: string, parameter: string | undefined, verdicts: ImageVerdict[]): Finding[] {
  if (parameter === undefined) return [];
  const found = verdicts.find((verdict) => verdict.parameter.test(parameter));
  const message = () => `\`machineImage\` ${parameter} is not for ${instanceType}: ${found!.because}`;
  return [...machineImageFits.when(found?.verdict === 'unfit', message), ...machineImageAged.when(found?.verdict === 'aged', message)];
}
