import { Lazy } from 'aws-cdk-lib';
import { text } from './job-expressions';
import { InputField } from './job-input-problems';
import { JobSetup, ownedVariables, sizeKnown } from './job-setup';
import { memoryRange } from './job-size';
import { plannerOf } from '../capacity/task-planner';

/** The fields that the input of an execution of a job can have. */
export function inputFields(props: JobSetup): InputField[] {
  const { capacity, nodes } = props;
  const owned = Object.keys(ownedVariables(props));
  const number = (name: string, from: number | string, to?: number | string): InputField => ({
    name,
    isFine: `$type($value) = "number" and $value = $floor($value) and $value >= ${from}${to === undefined ? '' : ` and $value <= ${to}`}`,
    mustBe: `a whole number${to === undefined ? `, ${from} or more` : ` from ${from} to ${to}`}`,
  });
  const texts = '$count($filter($texts, function($one) { $type($one) != "string" })) = 0';
  const limits = plannerOf(capacity).overrideLimits;
  return [
    {
      name: 'command',
      isFine: `$type($value) = "array" and $count($value) > 0 and ($texts := $value; ${texts})`,
      mustBe: 'a non-empty list of strings, the program and its arguments',
    },
    {
      name: 'environment',
      isFine: `$type($value) = "object" and ($texts := $each($value, function($one) { $one }); ${texts})${noneOf(owned)}`,
      mustBe: `an object whose values are strings${owned.length > 0 ? `, without ${owned.join(', ')}, which the job or its capacity sets` : ''}`,
    },
    // A capacity that limits overrides sets the cpu units itself.
    ...(limits || !sizeKnown(props) ? [] : [number('cpu', 1)]),
    // Containers that are added to the task later leave less memory.
    ...(sizeKnown(props)
      ? [
          number(
            'memory',
            late(() => memoryRange(props).least),
            limits?.memory && late(() => memoryRange(props).most),
          ),
        ]
      : []),
    // Nodes always run together.
    ...(nodes === undefined ? [number('count', 1, props.array.most)] : []),
  ];
}

/** A number that is only known when the state machine is rendered, as text. */
function late(value: () => number | undefined): string {
  return Lazy.string({ produce: () => String(value()) });
}

/** A JSONata condition that an object has none of the fields. */
function noneOf(names: string[]): string {
  return names.length === 0 ? '' : ` and $count($keys($value)[$ in [${names.map(text).join(', ')}]]) = 0`;
}
