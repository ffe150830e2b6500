import { Duration } from 'aws-cdk-lib';
import { JobOverrides } from './job-overrides';
import { Finding, Rule } from '../rules/rule';

/** The maximum time that CloudFormation waits for a custom resource. */
export const MAX_DEPLOY_WAIT = Duration.hours(1);

const deployWait = new Rule({
  id: 'job-deploy-wait',
  level: 'error',
  says: 'A deployment can wait for a job for at most 1 hour.',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html',
});

const deployOnce = new Rule({
  id: 'job-deploy-once',
  level: 'error',
  says: 'A job can call `runOnDeploy()` only once.',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html',
});

const deployMany = new Rule({
  id: 'job-deploy-many',
  level: 'error',
  says: 'At most 20 jobs of a stack can run on deploy.',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
});

const stepResultPath = new Rule({
  id: 'job-step-result-path',
  level: 'error',
  says: 'The result path of a step can only be given with JSONPath.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html',
});

const eventPlaceholder = new Rule({
  id: 'job-event-placeholder',
  level: 'error',
  says: 'The overrides of a run that an event starts must not contain text in angle brackets, because EventBridge replaces it.',
  source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html',
});

/** A name in angle brackets. The variables that EventBridge defines itself are meant as they are. */
const PLACEHOLDER = /<(?!aws\.events\.)[A-Za-z0-9_.-]+>/;

/** Checks that EventBridge takes nothing in the overrides of a run for a variable. Fields of the event are tokens, which are variables on purpose. */
export function checkEventPlaceholders({ command = [], environment = {} }: Pick<JobOverrides, 'command' | 'environment'>): Finding[] {
  const texts = [
    ...command.map((text) => ['command', text]),
    ...Object.entries(environment).flatMap(([name, value]) => [
      ['environment', name],
      ['environment', value],
    ]),
  ];
  return texts.flatMap(([prop, text]) => {
    const placeholder = PLACEHOLDER.exec(text)?.[0];
    return eventPlaceholder.when(
      placeholder !== undefined,
      () =>
        `\`${prop}\` of the overrides contains ${placeholder}, which EventBridge takes for a variable of the event. Put the text into \`command\` or ` +
        '`environment` of the container of the job, or into a script in its image. For a field of the event, use `events.EventField.fromPath()`.',
    );
  });
}

/** Checks that a deployment can wait for a job. */
export function checkDeployWait(timeout: Duration, waits: boolean | undefined): Finding[] {
  const long = !timeout.isUnresolved() && timeout.toSeconds() > MAX_DEPLOY_WAIT.toSeconds();
  return deployWait.when(
    waits !== false && long,
    () =>
      `The \`timeout\` of the job is ${timeout.toHumanString()}, but CloudFormation waits for at most 1 hour. ` +
      'Set `waitForEnd: false` to start the job without waiting for it, or reduce `timeout` to at most Duration.hours(1).',
  );
}

/** The policies of one role must have at most 10,240 characters, and each job needs about 400. */
const MAX_DEPLOY_JOBS = 20;

/** Checks that the role of the functions can have the permissions for all jobs. */
export function checkDeployMany(jobs: number): Finding[] {
  return deployMany.when(
    jobs > MAX_DEPLOY_JOBS,
    () =>
      `At most ${MAX_DEPLOY_JOBS} jobs of a stack can run on deploy, because the policies of an IAM role have a maximum size. ` +
      'Put the other jobs into another stack or a nested stack.',
  );
}

/** Checks that a job does not already run on deploy. */
export function checkDeployOnce(runsOnDeploy: boolean): Finding[] {
  return deployOnce.when(
    runsOnDeploy,
    () =>
      'This job already runs on deploy. Call `runOnDeploy()` once per job: combine everything that should start a run in one `key`, ' +
      'or create another `MlRunTask` for the other run.',
  );
}

/** Checks the options of a step that runs a job. */
export function checkStep(facts: { jsonata: boolean; resultPath?: string }): Finding[] {
  return stepResultPath.when(
    facts.jsonata && facts.resultPath !== undefined,
    () =>
      `\`resultPath\` applies to \`queryLanguage\` JSONPath only, got: ${facts.resultPath} with JSONata. ` +
      'Leave it out and assign the result to a variable.',
  );
}
