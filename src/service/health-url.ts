/** A URL of a container that its health check calls. */
export interface HealthUrl {
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
  readonly path: string;
}

/** What ends a command of a shell. */
const NEXT_COMMAND = /\|\|?|&&|;|\n/;

/** Programs that take a URL without its scheme. */
const WITHOUT_SCHEME = /\b(?:curl|wget|https?)\s/;

/** The ways to name the container itself. */
const ITSELF = String.raw`localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\(hostname[^)]*\)|\$\{?HOSTNAME\}?`;

const URL_OF_ITSELF = new RegExp(
  String.raw`(?:\b(https?):\/\/|(?<![\w.@/:-]))(?:${ITSELF})(?![\w.@-])(?::(\d+)(?![\w.]))?(?!:)([/?][^\s'"` +
    '`' +
    String.raw`)\];|<>#\\]*)?`,
  'gi',
);

/** Options that make a request something else than a GET request without headers, which is all that a load balancer sends. */
const NOT_PLAIN =
  /\s(?:-[a-zA-Z]*X|--request|--method)(?![=\s]*['"]?(?:GET|HEAD)\b)|\s-[a-zA-Z]*[dFHu](?=[\s'"@{])|\s--(?:data|json|form|header|user|post|body|unix-socket)\b(?!-agent)|\.post\(|\b(?:data|json|headers|params)=/;

/** The longest path that a target group takes. */
const LONGEST_PATH = 1024;

/**
 * The URLs of the container that the command of its health check calls, in their order. A load balancer can call them too.
 *
 * @param command the command as ECS takes it, beginning with CMD or CMD-SHELL
 * @param environment the variables of the container
 */
export function healthUrls(command: readonly unknown[], environment: Readonly<Record<string, unknown>> = {}): HealthUrl[] {
  const words = command.filter((word): word is string => typeof word === 'string');
  return words
    .join(' ')
    .split(NEXT_COMMAND)
    .filter((one) => !NOT_PLAIN.test(one))
    .flatMap((one) => urlsIn(withVariables(one, environment)));
}

function urlsIn(command: string): HealthUrl[] {
  return [...command.matchAll(URL_OF_ITSELF)].flatMap(([, scheme, port, rest = '']) => {
    const path = rest.startsWith('/') ? rest : `/${rest}`;
    if ((!scheme && !WITHOUT_SCHEME.test(`${command} `)) || path.includes('$') || path.length > LONGEST_PATH) return [];
    const protocol = scheme?.toLowerCase() === 'https' ? 'HTTPS' : 'HTTP';
    return [{ protocol, port: port === undefined ? DEFAULT_PORTS[protocol] : Number(port), path }];
  });
}

const DEFAULT_PORTS = { HTTP: 80, HTTPS: 443 } as const;

/** A command with the variables that are known, such as `$PORT` and `${PORT:-8080}`. */
function withVariables(command: string, environment: Readonly<Record<string, unknown>>): string {
  return command.replace(/\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g, (whole, braced?: string, fallback?: string, bare?: string) => {
    const value = environment[(braced ?? bare) as string];
    return typeof value === 'string' ? value : (fallback ?? whole);
  });
}
