import { arrayStates } from './job-array';
import { JOB_ERRORS } from './job-errors';
import { jsonata } from './job-expressions';
import { inputProblems } from './job-input-problems';
import { nodeStates } from './job-nodes';
import { JobFacts } from './job-states';

/**
 * The state machine of a job in Amazon States Language.
 *
 * The definition is written directly in that language because `EcsRunTask` of aws-cdk-lib supports neither Managed Instances nor placement
 * constraints, and can't omit an override that the input omits.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function jobDefinition(facts: JobFacts, partition: string): Record<string, unknown> {
  const first = facts.nodes ? 'Prepare first attempt' : 'Run tasks';
  return {
    Comment: `Runs ${facts.name}`,
    QueryLanguage: 'JSONata',
    StartAt: 'Validate input',
    States: {
      'Validate input': {
        Type: 'Pass',
        Output: { input: jsonata('$states.input'), count: facts.count, problems: jsonata(inputProblems(facts.input)) },
        Next: 'Input valid?',
      },
      'Input valid?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($states.input.problems) = 0'), Next: first }],
        Default: 'Reject input',
      },
      'Reject input': { Type: 'Fail', Error: JOB_ERRORS.badInput, Cause: jsonata('$join($states.input.problems, " ")') },
      ...(facts.nodes === undefined
        ? arrayStates(first, facts, partition)
        : nodeStates(first, { ...facts, nodes: facts.nodes }, partition)),
    },
  };
}
