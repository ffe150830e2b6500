import { Finding, Rule } from './rule';

const targetHealthPath = new Rule({
  id: 'target-health-path',
  level: 'warning',
  says: 'A target group should ask a path for the health of tasks that the container answers, not `/` by default.',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
});

/** A target group whose health checks ask `/`, because nothing says otherwise. */
export interface PathlessTarget {
  readonly targetGroup: string;
  readonly container: string;
  readonly port?: number;
  /** What the load balancer speaks. */
  readonly protocol: string;
  /** A URL of the container health check on the same port that the load balancer cannot call, because it speaks another protocol. */
  readonly other?: { readonly protocol: string; readonly path: string };
}

/** Checks that the health checks of target groups have a path. */
export function checkHealthPath({ targetGroup, container, port, protocol, other }: PathlessTarget): Finding[] {
  const where = `container ${container}${port === undefined ? '' : ` on port ${port}`}`;
  return targetHealthPath.when(
    true,
    () =>
      `The target group ${targetGroup} asks ${where} for \`/\` over ${protocol}, because it has no path of its own` +
      (other
        ? `, and the container health check uses ${other.protocol}. Set \`healthCheck: { path: '${other.path}', protocol: Protocol.${other.protocol} }\` of the target group.`
        : ', and no container health check calls a URL on that port with a plain GET request. A model server usually answers 404 there, and its tasks ' +
          "then never become healthy. Set `healthCheck: { path: '/…' }` of the target group."),
  );
}
