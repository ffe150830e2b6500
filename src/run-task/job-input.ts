import { JobOverrides } from './job-overrides';

/** The input of an execution with these overrides. */
export function inputOf(overrides: JobOverrides = {}): Record<string, unknown> {
  const { command, environment, cpu, memory, count } = overrides;
  const all = { command, environment, cpu, memory: memory?.toMebibytes(), count };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
