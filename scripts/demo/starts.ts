import { CloudAssembly, Resource } from './cloud-assembly';

interface Starter {
  readonly ScheduleExpression?: unknown;
  readonly Target?: unknown;
  readonly Targets?: unknown;
}

/** What starts a job: the resource that runs its tasks, or the resources that start that one. */
export function startsOf(assembly: CloudAssembly, runner: Resource): string[] {
  const starters = assembly.resources<Starter>().filter((resource) => {
    const { Target, Targets } = resource.properties;
    const started = /^AWS::/.test(resource.type) ? (Target ?? Targets) : resource.properties;
    return assembly.referenced(resource.stack, started, runner.type) === runner;
  });
  return [...new Set([runner, ...starters].flatMap(wayOf))];
}

function wayOf({ type, properties }: Resource<Starter>): string[] {
  if (typeof properties.ScheduleExpression === 'string') return [`schedule ${properties.ScheduleExpression}`];
  if (type === 'AWS::Scheduler::Schedule') return ['a schedule'];
  if (type === 'AWS::Events::Rule') return ['an event'];
  return /^Custom::/.test(type) ? ['each deployment'] : [];
}
