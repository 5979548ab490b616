/** Events, the endpoints that hear of them, and the account's balance. */
import { invalid } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Endpoint, EventRecord, World } from '../core/world.ts';
import { listRows, pageNames } from '../http/list.ts';
import type { Params } from '../http/params.ts';
import { find, type Route } from '../http/route.ts';

const endpointsPath = '/v1/webhook_endpoints';
const endpointsMax = 16;

export type NewEndpoint = { url: string; events?: readonly string[]; secret?: string };

export function addEndpoint(world: World, given: NewEndpoint): Endpoint {
  if (!/^https?:\/\//.test(given.url) || !URL.canParse(given.url)) {
    throw invalid(`Invalid URL: ${given.url}`, 'url', 'url_invalid');
  }
  if (world.endpoints.all().length >= endpointsMax) {
    throw invalid(`You have reached the maximum of ${endpointsMax} test webhook endpoints.`, 'url');
  }
  const endpoint: Endpoint = {
    id: newId.endpoint(),
    object: 'webhook_endpoint',
    api_version: world.rules.apiVersion,
    application: null,
    created: world.seconds(),
    description: null,
    enabled_events: [...(given.events ?? ['*'])],
    livemode: false,
    metadata: {},
    secret: given.secret ?? newId.webhookSecret(),
    status: 'enabled',
    url: given.url,
  };
  world.endpoints.put(endpoint);
  world.onEndpoint(endpoint);
  return endpoint;
}

/** The secret is shown once, when the endpoint is made. */
function withoutSecret({ secret: _, ...shown }: Endpoint): Endpoint {
  return shown;
}

export const webhookRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    answers: 'event',
    run: (world, params) => {
      params.only([...pageNames, 'delivery_success', 'type', 'types']);
      const type = params.text('type');
      const wanted = wants(type === undefined ? params.texts('types') : [type]);
      const delivered = params.flag('delivery_success');
      const keep = (event: EventRecord) =>
        wanted(event.type) && (delivered === undefined || delivered === (event.pending_webhooks === 0));
      const { events: table } = world;
      return listRows({ table, rows: table.all(), url: '/v1/events', noun: 'event' }, params, keep);
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    answers: 'event',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.events, 'event', id, 'id');
    },
  },
  {
    method: 'POST',
    path: endpointsPath,
    answers: 'webhook_endpoint',
    run: (world, params) => {
      params.only(['api_version', 'connect', 'description', 'enabled_events', 'expand', 'metadata', 'url']);
      const events = params.texts('enabled_events');
      if (events.length === 0) {
        throw invalid('Missing required param: enabled_events.', 'enabled_events', 'parameter_missing');
      }
      return addEndpoint(world, { url: params.needText('url'), events });
    },
  },
  {
    method: 'GET',
    path: endpointsPath,
    answers: 'webhook_endpoint',
    run: (world, params) => {
      params.only(pageNames);
      const { endpoints: table } = world;
      const page = listRows(
        { table, rows: table.all(), url: endpointsPath, noun: 'webhook_endpoint' },
        params,
      );
      return { ...page, data: page.data.map(withoutSecret) };
    },
  },
  {
    method: 'GET',
    path: `${endpointsPath}/:id`,
    answers: 'webhook_endpoint',
    run: (world, params, id) => {
      params.only(['expand']);
      return withoutSecret(findEndpoint(world, id));
    },
  },
  {
    method: 'POST',
    path: `${endpointsPath}/:id`,
    answers: 'webhook_endpoint',
    run: (world, params, id) => updateEndpoint(world, findEndpoint(world, id), params),
  },
  {
    method: 'DELETE',
    path: `${endpointsPath}/:id`,
    answers: 'webhook_endpoint',
    run: (world, _params, id) => {
      world.endpoints.remove(findEndpoint(world, id).id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  },
  {
    method: 'GET',
    path: '/v1/balance_transactions',
    answers: 'balance_transaction',
    run: (world, params) => {
      params.only([...pageNames, 'currency', 'source', 'type']);
      const { balance: table } = world;
      const source = params.text('source');
      const type = params.text('type');
      const currency = params.text('currency');
      const rows = source === undefined ? table.all() : table.of('source', source);
      const from = { table, rows, url: '/v1/balance_transactions', noun: 'balance_transaction' };
      return listRows(
        from,
        params,
        (row) =>
          (type === undefined || row.type === type) && (currency === undefined || row.currency === currency),
      );
    },
  },
];

function findEndpoint(world: World, id: string): Endpoint {
  return find(world.endpoints, 'webhook_endpoint', id, 'id');
}

function updateEndpoint(world: World, endpoint: Endpoint, params: Params): Endpoint {
  params.only(['disabled', 'enabled_events', 'expand', 'url']);
  const events = params.texts('enabled_events');
  if (events.length > 0) endpoint.enabled_events = events;
  endpoint.url = params.text('url') ?? endpoint.url;
  const disabled = params.flag('disabled');
  if (disabled !== undefined) endpoint.status = disabled ? 'disabled' : 'enabled';
  return withoutSecret(world.endpoints.put(endpoint));
}

/** Whether a type is among these: `charge.*` takes all of charges, `*` and an empty list everything. */
export function wants(types: readonly string[]): (type: string) => boolean {
  if (types.length === 0 || types.includes('*')) return () => true;
  const exact = new Set(types);
  const families = types.filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -1));
  return (type) => exact.has(type) || families.some((family) => type.startsWith(family));
}
