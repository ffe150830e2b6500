import { Arrows } from './arrows';

/**
 * The circles, shortest first, each from its first member back to it.
 *
 * No arrow is in two of them, so that one wrong arrow gives one circle. Others that it closes go with it, or show when it is mended.
 */
export function circlesIn(arrows: Arrows): string[][] {
  const all = [...arrows].flatMap(([from, targets]) => targets.map((to) => [from, ...(shortestWay(arrows, to, from) ?? [])]));
  const circles = all.filter(({ length }) => length > 1).sort((a, b) => a.length - b.length);
  const used = new Set<string>();
  return circles.filter((circle) => {
    const own = circle.slice(1).map((to, i) => `${circle[i]} -> ${to}`);
    const fresh = !own.some((arrow) => used.has(arrow));
    if (fresh) own.forEach((arrow) => used.add(arrow));
    return fresh;
  });
}

/** The members of the shortest way, with both ends. */
function shortestWay(arrows: Arrows, start: string, end: string): string[] | undefined {
  const seen = new Set([start]);
  const ways = [[start]];
  // Grows while it is read: first all ways of one member, then those of two, and so on.
  for (const way of ways) {
    const last = way[way.length - 1];
    if (last === end) return way;
    for (const next of arrows.get(last) ?? []) {
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}
