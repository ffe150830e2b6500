/** A value of JSON. */
type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** The leaves of a document by their path, with lists in order. */
function leaves(value: Json, path = ''): Map<string, Json> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  const entries = Array.isArray(value) ? value.map((item, i) => [`${i}`, item] as const) : Object.entries(value);
  return new Map(entries.flatMap(([key, inner]) => [...leaves(inner, path ? `${path}.${key}` : key)]));
}

/** A rendered task definition as the ECS API and its pages spell it. */
export function asOnThePage(properties: Json): Json {
  if (Array.isArray(properties)) return properties.map(asOnThePage);
  if (typeof properties !== 'object' || properties === null) return properties;
  const lower = (key: string) => (/^(Ref|Fn::)/.test(key) || key.includes('-') ? key : key[0].toLowerCase() + key.slice(1));
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [lower(key), asOnThePage(value)]));
}

/** Where two documents differ, field by field: path, what the page has, what we have. */
export function differences(page: Json, ours: Json): Record<string, [page: Json, ours: Json]> {
  const [a, b] = [leaves(page), leaves(ours)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
  return Object.fromEntries(paths.map((path) => [path, [a.get(path), b.get(path)]]));
}

/** The paths that differ, cut to the entries of `reasons`; one without a reason stays whole and fails the test. */
export function explained(found: Record<string, unknown>, reasons: Record<string, string>): string[] {
  const cut = (path: string) => Object.keys(reasons).find((reason) => path === reason || path.startsWith(`${reason}.`)) ?? path;
  return [...new Set(Object.keys(found).map(cut))].sort();
}

/** Reasons for differences in a container, by the path in the task definition. */
export function inContainer(reasons: Record<string, string>, index = 0): Record<string, string> {
  return Object.fromEntries(Object.entries(reasons).map(([path, reason]) => [`containerDefinitions.${index}.${path}`, reason]));
}
