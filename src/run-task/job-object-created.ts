import { aws_events as events, aws_events_targets as targets, aws_s3 as s3, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inputOf } from './job-input';
import { JobOverrides } from './job-overrides';
import { JobObjectCreatedOptions } from './job-start-options';

/** Starts a job for each object that is created in a bucket, which sends its events to EventBridge for that. */
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

/** Patterns in a list are alternatives, so both ends of a key at once are one wildcard. */
function keyPattern({ prefix, suffix }: JobObjectCreatedOptions): { object?: { key: unknown[] } } {
  if (prefix === undefined && suffix === undefined) return {};
  if (suffix === undefined) return { object: { key: [{ prefix }] } };
  if (prefix === undefined) return { object: { key: [{ suffix }] } };
  const literal = (text: string) => text.replace(/[\\*]/g, '\\$&');
  return { object: { key: [{ wildcard: `${literal(prefix)}*${literal(suffix)}` }] } };
}
