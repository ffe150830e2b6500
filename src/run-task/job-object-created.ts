import { aws_events as events, aws_events_targets as targets, aws_s3 as s3, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inputOf } from './job-input';
import { JobOverrides } from './job-overrides';
import { JobObjectCreatedOptions } from './job-start-options';
import { OwnedVariables } from '../rules/owned-rules';

/** The variables that a run for an object gets, each with the reason that the overrides must not set it. */
export const OBJECT_VARIABLES: OwnedVariables = Object.fromEntries(
  ['INPUT_BUCKET', 'INPUT_KEY'].map((name) => [name, '`onObjectCreated` sets it to the object. Use another name.']),
);

/** Creates a rule that starts a job for each object created in a bucket, and turns on the bucket's events to EventBridge. */
export function makeObjectCreatedRule(
  scope: Construct,
  id: string,
  facts: { stateMachine: sfn.StateMachine; bucket: s3.IBucket },
  options: JobObjectCreatedOptions,
): events.Rule {
  const { bucket, stateMachine } = facts;
  bucket.enableEventBridgeNotification();
  const overrides: JobOverrides = {
    ...options.overrides,
    environment: {
      ...options.overrides?.environment,
      INPUT_BUCKET: events.EventField.fromPath('$.detail.bucket.name'),
      INPUT_KEY: events.EventField.fromPath('$.detail.object.key'),
    },
  };
  return new events.Rule(scope, id, {
    description: `Runs ${scope.node.path} for each object`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] }, ...keyPattern(options) },
    },
    targets: [
      new targets.SfnStateMachine(stateMachine, {
        input: events.RuleTargetInput.fromObject(inputOf(overrides)),
        retryAttempts: options.retryAttempts,
        maxEventAge: options.maxEventAge,
        deadLetterQueue: options.deadLetterQueue,
      }),
    ],
  });
}

/** The patterns in a list are alternatives, so a prefix together with a suffix must be one wildcard. */
function keyPattern({ prefix, suffix }: JobObjectCreatedOptions): { object?: { key: unknown[] } } {
  if (prefix === undefined && suffix === undefined) return {};
  if (suffix === undefined) return { object: { key: [{ prefix }] } };
  if (prefix === undefined) return { object: { key: [{ suffix }] } };
  const literal = (text: string) => text.replace(/[\\*]/g, '\\$&');
  return { object: { key: [{ wildcard: `${literal(prefix)}*${literal(suffix)}` }] } };
}
