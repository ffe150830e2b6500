import validate from 'asl-validator';
import { Template } from 'aws-cdk-lib/assertions';
import { Resource, TemplateJson } from './template';

/** The values of pseudo parameters in tests. */
const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111111111111',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A template value as CloudFormation would resolve it; a resource becomes its logical id. */
export function deployed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const {
    Ref,
    'Fn::Join': join,
    'Fn::GetAtt': getAtt,
  } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: string[] };
  if (Ref !== undefined) return PSEUDO[Ref] ?? Ref;
  if (join) return join[1].map(deployed).join(join[0]);
  if (getAtt) return getAtt.join('.');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deployed(inner)]));
}

/**
 * The definition of the one state machine whose logical id begins with `prefix`, or of the one that isn't the watch of jobs. Throws if
 * asl-validator rejects it.
 */
export function stateMachineOf(template: Template, prefix = ''): Record<string, unknown> {
  const resources = Object.entries((template.toJSON() as TemplateJson).Resources);
  const found = resources.filter(
    ([id, { Type }]) =>
      Type === 'AWS::StepFunctions::StateMachine' && id.startsWith(prefix) && (prefix !== '' || !id.startsWith('MlRunTaskWatch')),
  );
  if (found.length !== 1) throw new Error(`${found.length} state machines begin with ${prefix}`);
  return definitionOf(found[0][1]);
}

function definitionOf({ Properties }: Resource): Record<string, unknown> {
  const definition = JSON.parse(deployed(Properties?.DefinitionString) as string) as Record<string, unknown>;
  const { isValid, errors } = validate(definition);
  if (!isValid) throw new Error(`asl-validator: ${JSON.stringify(errors)}`);
  return definition;
}
