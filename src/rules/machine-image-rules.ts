import { Finding, Rule } from './rule';

const machineImageFits = new Rule({
  id: 'machine-image-fits',
  level: 'error',
  says: 'The machine image of a pool must have the driver of its accelerator and the ECS agent.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

const machineImageAged = new Rule({
  id: 'machine-image-aged',
  level: 'warning',
  says: 'The machine image of a pool should still get updates. Amazon Linux 2 got its last updates on 2026-06-30.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html',
});

/** How an accelerator family judges the images behind some SSM parameters. The first verdict that matches applies. */
export interface ImageVerdict {
  readonly parameter: RegExp;
  readonly verdict: 'fits' | 'aged' | 'unfit';
  /** Why the image does not fit, and what to use instead. */
  readonly because?: string;
}

/** Checks a machine image by its SSM parameter. Images without one are not checked. */
export function checkMachineImage(instanceType: string, parameter: string | undefined, verdicts: ImageVerdict[]): Finding[] {
  if (parameter === undefined) return [];
  const found = verdicts.find((verdict) => verdict.parameter.test(parameter));
  const message = () => `\`machineImage\` ${parameter} is not for ${instanceType}: ${found?.because}`;
  return [...machineImageFits.when(found?.verdict === 'unfit', message), ...machineImageAged.when(found?.verdict === 'aged', message)];
}
