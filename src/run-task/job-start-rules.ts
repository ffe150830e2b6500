import { Duration } from 'aws-cdk-lib';
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

const stepResultPath = new Rule({
  id: 'job-step-result-path',
  level: 'error',
  says: 'The result path of a step can only be given with JSONPath.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html',
});

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
