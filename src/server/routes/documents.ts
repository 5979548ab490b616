/** The interface about itself: the OpenAPI document, the same as a page, the refusals, and where to report a weakness. */
import { openApi } from '../api/index.ts';
import * as api from '../api/operations.ts';
import { etagOf, isKnown } from '../conditional.ts';
import { type Call, type Edge, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { docsPage } from '../pages/docs.ts';
import { problemsPage } from '../pages/problems.ts';

const dayMs = 86_400_000;
/** RFC 9116 asks for less than a year. */
const securityDays = 180;

/** No script, no address but our own: what a page says cannot become more than text. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=300',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function documentRoutes(edge: Edge): Route[] {
  const text = once(() => JSON.stringify(openApi(edge.version)));
  const docs = once(() => docsPage(openApi(edge.version)));
  const problems = once(problemsPage);

  const page = (html: () => string) => (call: Call) =>
    new Response(html(), { status: 200, headers: { ...pageHeaders, ...ownHeaders(call) } });

  const document = (call: Call) => {
    const etag = etagOf(text());
    const headers = {
      ...ownHeaders(call),
      etag,
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    };
    if (isKnown(call.incoming.headers['if-none-match'], etag))
      return new Response(null, { status: 304, headers });
    return new Response(text(), { status: 200, headers: { 'content-type': 'application/json', ...headers } });
  };

  const security = (call: Call) => {
    if (edge.securityContact === undefined) return refuse(call, { status: 'route_unknown' });
    const day = Math.floor(call.ctx.clock.now() / dayMs) + securityDays;
    const lines = [
      `Contact: ${edge.securityContact}`,
      `Expires: ${new Date(day * dayMs).toISOString()}`,
      'Preferred-Languages: en',
    ];
    return new Response(`${lines.join('\n')}\n`, {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...ownHeaders(call) },
    });
  };

  return [
    route(api.openApi, document),
    route(api.docs, page(docs)),
    route(api.problems, page(problems)),
    route(api.securityTxt, security),
  ];
}

/** Made when it is first asked for: most processes never are. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
