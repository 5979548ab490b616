/** The document is whole: what is mounted is described, what is described is mounted, and every reference leads somewhere. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { refusalCodes } from '../../domain/refusals.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { Edge } from '../edge.ts';
import { holdOutcomes } from '../hold-outcomes.ts';
import { createHttpApp } from '../http.ts';
import { openApi, operations } from './index.ts';
import { refusalsOf } from './operation.ts';
import { pageOperations } from './pages.ts';

const document = openApi('1.2.3');

test('every route that is mounted is described, and every one that is described is mounted', () => {
  const edge = {
    deps: { clock: { now: () => 0 }, limits: { availabilityFreshMs: 1 } },
    metrics: createMetrics({ holdOutcomes, runtime: false }),
    adminKeys: [],
    metricsHere: true,
    pages: pageOperations.map(({ path }) => ({ path, handle: () => new Response() })),
  } as unknown as Edge;
  const mounted = createHttpApp(edge, () => false).routes.map(({ method, path }) => `${method} ${path}`);
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  expect(mounted.sort()).toEqual(described.sort());
});

test('every operation has a name of its own, and every schema compiles with its references', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });
  const { schemas } = document['components'] as { schemas: object };
  expect(Object.keys(schemas).length).toBeGreaterThan(30);
  for (const name of Object.keys(schemas)) {
    expect(typeof ajv.getSchema(`document#/components/schemas/${name}`), name).toBe('function');
  }
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(refs.length).toBeGreaterThan(50);
  const resolve = (path: string) =>
    path
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
  expect(refs.filter((path) => resolve(path) === undefined)).toEqual([]);
});

test('every refusal is documented somewhere, but for those that no route has', () => {
  const documented = new Set(operations.flatMap(refusalsOf));
  const edgeOnly = ['method_not_allowed'];
  // What only a command of the inventory answers, and a use case never passes on.
  const ofCommands = ['event_exists', 'hold_basket_differs'];
  expect(refusalCodes.filter((code) => !documented.has(code))).toEqual(
    refusalCodes.filter((code) => [...edgeOnly, ...ofCommands].includes(code)),
  );
});

test('what changes something needs a key that names the intention', () => {
  const nameless = operations.filter(
    ({ method, idempotent, tag }) => /POST|PATCH/.test(method) && !idempotent && tag !== 'pages',
  );
  // What another look at the same payment does is done once; an event of the provider is named by its id; a scan that is told
  // later names itself: device, code and time; a sign-in link is one for each asking, and works once.
  const named = ['useSignInLink', 'completeOrder', 'cancelOrder', 'uploadScans', 'stripeWebhook'];
  expect(nameless.map(({ id }) => id)).toEqual(['createSession', 'askToSignIn', ...named]);
  const unconditional = operations.filter(
    ({ method, conditional }) => method === 'PATCH' && conditional !== 'if-match',
  );
  expect(unconditional).toEqual([]);
});
