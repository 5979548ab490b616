/** The socket side, with routes that need no store: what is alive, what is ready, and how it stops. */
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createMetrics } from '../platform/metrics.ts';
import type { Edge, Probe } from './edge.ts';
import { holdOutcomes } from './hold-outcomes.ts';
import { createHttpServer, type HttpServer } from './listen.ts';

let server: HttpServer | undefined;
afterEach(() => server?.stop(1_000));

/** No route of these tests reaches a store, so none is given. */
async function serve(probes: Probe[] = []): Promise<string> {
  const edge = {
    deps: { clock: { now: () => Date.now() }, limits: { availabilityFreshMs: 1 }, log: console },
    metrics: createMetrics({ holdOutcomes, runtime: false }),
    sessions: { issue: () => undefined, verify: () => undefined },
    adminKeys: [],
    secureCookies: false,
    probes,
    metricsHere: true,
    version: '1.2.3',
  } as unknown as Edge;
  server = createHttpServer(edge);
  return `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
}

const never = new Promise<void>(() => undefined);

test('is alive whatever else is down, and says per capability what it is ready for', async () => {
  const url = await serve([
    { name: 'records', check: async () => undefined },
    { name: 'inventory', check: async () => Promise.reject(new Error('secret address')) },
    { name: 'slow', check: () => never },
  ]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz?verbose`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toBe(
    '[+]records ok\n[-]inventory failed: not available\n[-]slow failed: no answer within 1000 ms\nnot ready\n',
  );
});

test('says ok when everything is there', async () => {
  const url = await serve([{ name: 'records', check: async () => undefined }]);
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('ok\n');
  expect(await (await fetch(`${url}/readyz?verbose`)).text()).toBe('[+]records ok\nok\n');
});

test('exports every outcome of a hold from the first scrape', async () => {
  const url = await serve();
  const text = await (await fetch(`${url}/metrics`)).text();
  for (const outcome of holdOutcomes)
    expect(text).toContain(`holdfast_hold_requests_total{outcome="${outcome}"} 0`);
});

test('counts requests under the pattern of their route, never under their path', async () => {
  const url = await serve();
  await fetch(`${url}/v1/nothing/${'x'.repeat(50)}`);
  await fetch(`${url}/livez`);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('http_route="unknown",http_response_status_code="404"');
  expect(text).toContain('http_route="/livez",http_response_status_code="200"');
  expect(text).not.toContain('xxx');
});

test("takes up the caller's trace", async () => {
  const url = await serve();
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const reply = await fetch(`${url}/nothing`, {
    headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  });
  expect(await reply.json()).toMatchObject({ code: 'route_unknown', traceId: trace, instance: '/nothing' });
});

test('lists the methods that a path takes', async () => {
  const url = await serve();
  const reply = await fetch(`${url}/v1/events/evt_1/holds`);
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
  const both = await fetch(`${url}/v1/holds/hold_1`, { method: 'PUT' });
  expect(both.headers.get('allow')).toBe('GET, HEAD, DELETE');
});

test.each([
  ['GET /livez HTTP/1.1\r\nHost: x\r\nExpect: foo', 417, 'request_malformed'],
  ['CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example', 405, 'method_not_allowed'],
])('%s is answered %i and closed', async (request, status, code) => {
  const { port } = new URL(await serve());
  const text = await new Promise<string>((resolve, reject) => {
    let got = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${request}\r\n\r\n`));
    socket.on('data', (bytes) => {
      got += bytes;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(got));
  });
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json`));
  expect(JSON.parse(body)).toMatchObject({ status, code, type: `/problems#${code}` });
});

test('stops: not ready, requests in flight finish, connections close, the port is free', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = () => {};
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const url = await serve([
    {
      name: 'waits',
      check: () => {
        asked();
        return held;
      },
    },
  ]);
  const inFlight = fetch(`${url}/readyz`);
  await arrived;
  const stopped = server?.stop(10_000);
  release();
  const reply = await inFlight;
  expect([reply.status, await reply.text()]).toEqual([
    503,
    '[+]waits ok\n[-]serving failed: shutting down\nnot ready\n',
  ]);
  await stopped;
  const refused = await new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(refused).toBe('ECONNREFUSED');
});
