import * as fc from 'fast-check';
import { deploymentPercentages, extraTasks, makesProgress, tasksToKeep, UpdateRoom } from '../../src/service/deployment';

/** A room of so many slices for a service and its surge. */
function roomOf(slices: number): UpdateRoom {
  return {
    slices,
    free: (desired) => Math.max(0, slices - desired),
    running: (desired) => Math.min(desired, Math.max(1, slices)),
    holdsTwice: (desired) => slices >= 2 * desired,
    mustStop: () => 1,
  };
}

test.each([
  // least, most, slices for the service -> minimum, maximum
  [1, 1, 2, 100, 200],
  [1, 1, 1, 0, 100],
  [3, 3, 4, 100, 166],
  [18, 18, 30, 100, 172],
  [2, 2, 2, 50, 100],
  [4, 4, 4, 75, 100],
  [18, 18, 18, 75, 100],
  [1, 10, 20, 100, 200],
  [0, 0, 0, 0, 100],
  // A service at its minimum has the slices of its maximum free, so it starts the new task first.
  [1, 12, 13, 75, 200],
  [1, 12, 12, 75, 200],
  [2, 12, 13, 75, 150],
  [1, 3, 3, 66, 200],
  [1, 2, 2, 50, 200],
  // The pool holds 2 of the 5 tasks, and one of the 2 must stop.
  [2, 5, 2, 20, 100],
])('%d to %d tasks with %d slices: minimum %d %%, maximum %d %%', (least, most, slices, minHealthyPercent, maxHealthyPercent) => {
  expect(deploymentPercentages({ least, most }, roomOf(slices))).toEqual({ minHealthyPercent, maxHealthyPercent });
});

test('a count that is not known at synth can be as high as the room', () => {
  expect(deploymentPercentages({}, roomOf(12))).toEqual({ minHealthyPercent: 75, maxHealthyPercent: 200 });
});

test('counts and room that are not known at synth are replaced in place', () => {
  const unknown: UpdateRoom = { ...roomOf(0), slices: undefined, running: (desired) => desired };
  expect(deploymentPercentages({}, unknown)).toEqual({ minHealthyPercent: 0, maxHealthyPercent: 100 });
});

/**
 * A rolling update as ECS does it: starts what the maximum allows and what finds a slice, stops what the minimum allows.
 * @returns the fewest tasks that ran at a time, or undefined if it hangs
 */
function roll(desired: number, slices: number, min: number, max: number): number | undefined {
  let old = Math.min(desired, slices);
  let fresh = 0;
  let fewest = old;
  while (old > 0) {
    const wanted = Math.min(desired + extraTasks(desired, max) - (old + fresh), desired - fresh);
    const start = Math.max(0, Math.min(wanted, slices - (old + fresh)));
    fresh += start;
    const stop = Math.max(0, Math.min(old, old + fresh - tasksToKeep(desired, min)));
    if (start === 0 && stop === 0) return undefined;
    old -= stop;
    fewest = Math.min(fewest, old + fresh);
  }
  return fewest;
}

test('every rolling update completes at each count, and never runs fewer tasks than the minimum', () => {
  const range = fc.integer({ min: 0, max: 300 }).chain((least) => fc.tuple(fc.constant(least), fc.integer({ min: least, max: 400 })));
  fc.assert(
    fc.property(range, fc.integer({ min: 1, max: 800 }), fc.double({ min: 0, max: 1, noNaN: true }), ([least, most], slices, at) => {
      const percentages = deploymentPercentages({ least, most }, roomOf(slices));
      const { minHealthyPercent, maxHealthyPercent } = percentages;
      const desired = Math.max(1, Math.round(least + at * (most - least)));
      expect(makesProgress(desired, percentages, roomOf(slices))).toBe(true);
      const fewest = roll(desired, slices, minHealthyPercent, maxHealthyPercent);
      expect(fewest).toBeDefined();
      expect(fewest!).toBeGreaterThanOrEqual(Math.min(slices - 1, tasksToKeep(desired, minHealthyPercent)));
    }),
    { numRuns: 2000 },
  );
});
