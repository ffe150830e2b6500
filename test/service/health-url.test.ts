import { healthUrls } from '../../src/service/health-url';

const urls = (...command: string[]) => healthUrls(command).map(({ protocol, port, path }) => `${protocol} ${port} ${path}`);

test.each([
  [['CMD-SHELL', 'curl -f http://localhost:8080/health'], 'HTTP 8080 /health'],
  [['CMD-SHELL', 'curl -fsS http://localhost:8080/health || exit 1'], 'HTTP 8080 /health'],
  [['CMD-SHELL', 'curl -f http://localhost:8080/health||exit 1'], 'HTTP 8080 /health'],
  [['CMD-SHELL', 'curl -f "http://127.0.0.1:8080/v1/models?ready=1&all=1" >/dev/null'], 'HTTP 8080 /v1/models?ready=1&all=1'],
  [['CMD', 'curl', '-f', 'http://localhost:8080/ping'], 'HTTP 8080 /ping'],
  [['CMD', 'curl', '-f', 'localhost:8080/ping'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'wget -q -T 5 -O - localhost:8080/ping | grep -F ok'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'wget --spider http://0.0.0.0:8080/ping;'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'curl -fk https://localhost:8443/health'], 'HTTPS 8443 /health'],
  [['CMD-SHELL', 'curl -fk https://localhost/health'], 'HTTPS 443 /health'],
  [['CMD-SHELL', 'curl -f http://localhost/health'], 'HTTP 80 /health'],
  [['CMD-SHELL', 'curl -f http://localhost:8080'], 'HTTP 8080 /'],
  [['CMD-SHELL', 'curl -f http://localhost:8080?deep=1'], 'HTTP 8080 /?deep=1'],
  [['CMD-SHELL', 'curl -X GET http://localhost:8080/ping'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'curl --request GET --user-agent ecs http://localhost:8080/ping'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'curl -g http://[::1]:8080/ping'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'curl -f http://$(hostname -i):8080/ping#top'], 'HTTP 8080 /ping'],
  [['CMD-SHELL', 'curl -f http://$HOSTNAME:8080/ping'], 'HTTP 8080 /ping'],
  [
    ['CMD', 'python3', '-c', "import urllib.request; urllib.request.urlopen('http://localhost:8080/health', timeout=2)"],
    'HTTP 8080 /health',
  ],
  [
    ['CMD-SHELL', `python -c "import requests; exit(requests.get('http://localhost:8000/health').status_code != 200)"`],
    'HTTP 8000 /health',
  ],
])('%j calls %s', (command, url) => expect(urls(...command)).toEqual([url]));

test.each([
  ['hl-smi || exit 1'],
  ['/opt/health.sh'],
  ['nc -z localhost 8080'],
  ['pg_isready -h localhost:5432'],
  ['curl -f http://example.com:8080/health'],
  ['curl -f http://localhost.example.com:8080/health'],
  ['curl -f http://mylocalhost:8080/health'],
  ['curl -f http://user:word@localhost:8080/health'],
  ['curl -f http://localhost:$PORT/health'],
  ['curl -f http://localhost:8080/$ROUTE'],
  ['curl -X POST http://localhost:8080/invocations'],
  ['curl -sXPOST http://localhost:8080/invocations'],
  ['curl --request POST http://localhost:8080/invocations'],
  [`curl -d '{}' http://localhost:8080/invocations`],
  [`curl --json '{}' http://localhost:8080/invocations`],
  ['curl -fH "Authorization: Bearer x" http://localhost:8080/health'],
  ['curl -u user:word http://localhost:8080/health'],
  ['curl --unix-socket /run/server.sock http://localhost:8080/health'],
  ['wget --post-data=x http://localhost:8080/invocations'],
  [`python -c "import requests; requests.post('http://localhost:8080/invocations')"`],
  [`python -c "import requests; requests.get('http://localhost:8080/health', headers={'a': 'b'})"`],
  [`curl -f http://localhost:8080/${'x'.repeat(1024)}`],
])('%s calls nothing that a load balancer can call', (command) => expect(urls('CMD-SHELL', command)).toEqual([]));

test('variables of the container are known', () => {
  const command = ['CMD-SHELL', 'curl -f http://localhost:${PORT}$ROUTE && curl http://localhost:${OTHER:-9000}/x'];
  expect(healthUrls(command, { PORT: '8080', ROUTE: '/ready' })).toEqual([
    { protocol: 'HTTP', port: 8080, path: '/ready' },
    { protocol: 'HTTP', port: 9000, path: '/x' },
  ]);
  expect(healthUrls(command, { PORT: { Ref: 'Port' } })).toEqual([{ protocol: 'HTTP', port: 9000, path: '/x' }]);
});

test('a part of a command that is not known at synth is left out', () => {
  expect(healthUrls(['CMD', { Ref: 'Program' }, 'http://localhost:8080/ping'])).toEqual([{ protocol: 'HTTP', port: 8080, path: '/ping' }]);
});
