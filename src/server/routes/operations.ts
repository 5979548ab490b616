/** For operators and orchestrators: alive, ready for which capability, and the figures. */
import * as api from '../api/operations.ts';
import { type Call, type Edge, type Route, refuse, route } from '../edge.ts';

/** A probe that takes longer than this says that the capability is not there. */
const probeMs = 1_000;

export function operationRoutes(edge: Edge, stopping: () => boolean): Route[] {
  /** Asks nobody: a process that can answer is alive, and restarting it would not repair Redis. */
  const livez = () => plain(200, 'ok\n');

  const readyz = async (call: Call): Promise<Response> => {
    const lines = await Promise.all(
      edge.probes.map(async ({ name, check }) => {
        const failure = await failureOf(check());
        return {
          ok: failure === undefined,
          text: failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`,
        };
      }),
    );
    if (stopping()) lines.push({ ok: false, text: '[-]serving failed: shutting down' });
    const ready = lines.every(({ ok }) => ok);
    const verbose = call.c.req.query('verbose') !== undefined;
    const listed = verbose || !ready ? `${lines.map(({ text }) => text).join('\n')}\n` : '';
    return plain(ready ? 200 : 503, `${listed}${ready ? 'ok' : 'not ready'}\n`);
  };

  const metrics = async () => {
    const { registry } = edge.metrics;
    return new Response(await registry.metrics(), {
      status: 200,
      headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
    });
  };

  const version = () =>
    new Response(JSON.stringify({ version: edge.version }), {
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });

  /** Handshakes never come this far: this is somebody who opened the address in another way. */
  const realtime = (call: Call) =>
    refuse(
      call,
      { status: 'websocket_required', supported: edge.subprotocols },
      { connection: 'close, upgrade', upgrade: 'websocket' },
    );

  return [
    route(api.realtime, realtime),
    route(api.livez, livez),
    route(api.readyz, readyz),
    route(api.version, version),
    ...(edge.metricsHere ? [route(api.metrics, metrics)] : []),
  ];
}

function plain(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** What went wrong, in a word a stranger may read; the reason itself is in the log of whoever checks. */
async function failureOf(check: Promise<void>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, probeMs, `no answer within ${probeMs} ms`);
  });
  try {
    return await Promise.race([check.then(() => undefined), late]);
  } catch {
    return 'not available';
  } finally {
    clearTimeout(timer);
  }
}
