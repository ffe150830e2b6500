import * as fc from 'fast-check';
import { deploymentPercentages, extraTasks, stoppableTasks } from '../../src/service/deployment';

test.each([
  // least, most, free slices -> minimum, maximum
  [1, 1, 1, 100, 200],
  [1, 1, 0, 0, 100],
  [3, 3, 1, 100, 166],
  [18, 18, 12, 100, 172],
  [2, 2, 0, 50, 100],
  [4, 4, 0, 75, 100],
  [18, 18, 0, 75, 100],
  // One free slice is no surge at 10 % of 1 task, so the update is in place.
  [1, 10, 1, 0, 100],
  [1, 10, 10, 100, 200],
  [0, 0, 0, 0, 100],
])('%d to %d tasks with %d slices free: minimum %d %%, maximum %d %%', (least, most, surge, minHealthyPercent, maxHealthyPercent) => {
  expect(deploymentPercentages({ least, most }, surge)).toEqual({ minHealthyPercent, maxHealthyPercent });
});

test('counts that are not known at synth are replaced in place', () => {
  expect(deploymentPercentages({}, 5)).toEqual({ minHealthyPercent: 0, maxHealthyPercent: 100 });
});

/**
 * A rolling update as ECS does it: starts what the maximum and the free slices allow, stops what the minimum allows.
 * @returns the most slices taken at a time, or undefined if it hangs
 */
function roll(desired: number, surge: number, min: number, max: number): number | undefined {
  let old = desired;
  let fresh = 0;
  let most = desired;
  while (old > 0 || fresh < desired) {
    const room = Math.min(desired + extraTasks(desired, max), desired + surge) - (old + fresh);
    const start = Math.min(room, desired - fresh);
    fresh += Math.max(0, start);
    most = Math.max(most, old + fresh);
    const healthyFloor = desired - stoppableTasks(desired, min);
    const stop = Math.min(old, old + fresh - healthyFloor);
    if (start <= 0 && stop <= 0) return undefined;
    old -= Math.max(0, stop);
  }
  return most;
}

test('every rolling update completes within the slices that are free for it', () => {
  const range = fc.integer({ min: 0, max: 300 }).chain((least) => fc.tuple(fc.constant(least), fc.integer({ min: least, max: 400 })));
  fc.assert(
    fc.property(range, fc.integer({ min: 0, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), ([least, most], surge, at) => {
      const { minHealthyPercent, maxHealthyPercent } = deploymentPercentages({ least, most }, surge);
      const desired = Math.max(1, Math.round(least + at * (most - least)));
      const taken = roll(desired, surge, minHealthyPercent, maxHealthyPercent);
      expect(taken).toBeDefined();
      expect(taken!).toBeLessThanOrEqual(desired + surge);
      expect(desired + extraTasks(desired, maxHealthyPercent)).toBeLessThanOrEqual(desired + surge);
    }),
    { numRuns: 2000 },
  );
});
