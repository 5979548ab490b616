/**
 * The OpenAPI document as a judge: what may be answered to a request, and what is wrong with an answer. Stricter than the document
 * says in one point: an answer must not have a field that is not described, so that none goes out undocumented.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApi } from '../../../src/server/api/index.ts';

export type Exchange = {
  method: string;
  /** With the query. */
  target: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
};

type Response = {
  headers?: Record<string, { required?: boolean; schema?: object; $ref?: string }>;
  content?: Record<string, { schema: object }>;
};
type Operation = { responses: Record<string, Response> };
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: object } };

const document = closed(openApi('test')) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
formats.default(ajv);
ajv.addSchema({ $id: 'document', ...document });

const patterns = Object.entries(document.paths).map(([template, operations]) => ({
  template,
  operations,
  pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[a-z]+\}/g, '[^/]+')}$`),
}));

/** Of schemas that describe an object and do not say whether they are whole. A problem's codes are beside its `allOf`. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const made = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, closed(child)]));
  if ('allOf' in made) return { ...made, unevaluatedProperties: false };
  if (made['type'] !== 'object' || !('properties' in made) || 'additionalProperties' in made) return made;
  // Closing the shared part of a problem would refuse the part beside it.
  return {
    ...made,
    ...('violated-policies' in (made['properties'] as object) ? {} : { additionalProperties: false }),
  };
}

/** What is wrong with it, a sentence each; none for a good one. */
export function faultsOf(exchange: Exchange): string[] {
  const path = exchange.target.split('?')[0] ?? '';
  const known = patterns.find(({ pattern }) => pattern.test(path));
  const said = `${exchange.method} ${known?.template ?? path} answered ${exchange.status}`;
  return findings(exchange, known).map((what) => `${said}: ${what}`);
}

function findings(exchange: Exchange, known: (typeof patterns)[number] | undefined): string[] {
  const { method, status } = exchange;
  // A request whose address is none never reached a route.
  if ((status === 400 || status === 417) && codeOf(exchange) === 'request_malformed')
    return problemFaults(exchange);
  if (!known) return refusedAs(exchange, 'route_unknown');
  const methods = Object.keys(known.operations).map((name) => name.toUpperCase());
  if (methods.includes('GET')) methods.push('HEAD');
  if (!methods.includes(method)) {
    if (method === 'OPTIONS' && status === 204) return preflightFaults(exchange, methods);
    const faults = refusedAs(exchange, 'method_not_allowed');
    const allow = exchange.headers['allow']?.split(', ') ?? [];
    const same = allow.length === methods.length && methods.every((name) => allow.includes(name));
    return same ? faults : [...faults, `Allow is ${allow}, documented are ${methods}`];
  }
  const operation = known.operations[(method === 'HEAD' ? 'GET' : method).toLowerCase()];
  const response = operation?.responses[String(status)];
  if (!response) return [`this status is not documented (${exchange.body.toString().slice(0, 300)})`];
  return [...headerFaults(exchange, response), ...bodyFaults(exchange, response)];
}

function headerFaults({ headers }: Exchange, response: Response): string[] {
  return Object.entries(response.headers ?? {}).flatMap(([name, header]) => {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return header.required ? [`the header ${name} is missing`] : [];
    const pointer = header.$ref ? `document${header.$ref}/schema` : undefined;
    const validate = pointer ? ajv.getSchema(pointer) : ajv.compile(header.schema ?? {});
    return validate?.(value) ? [] : [`the header ${name} is ${value}`];
  });
}

function bodyFaults({ method, status, headers, body }: Exchange, response: Response): string[] {
  const type = headers['content-type'];
  const documented = Object.keys(response.content ?? {});
  if (documented.length === 0) {
    return [
      ...(body.length > 0 ? ['there is a body, and none is documented'] : []),
      ...(type !== undefined && status !== 304
        ? [`the content type is ${type}, and none is documented`]
        : []),
    ];
  }
  const media = response.content?.[type ?? ''];
  if (!media) return [`the content type is ${type}, documented are ${documented}`];
  if (method === 'HEAD') return body.length > 0 ? ['a HEAD is answered with a body'] : [];
  return /json/.test(type ?? '') ? schemaFaults(media.schema, body) : [];
}

const validators = new WeakMap<object, ReturnType<typeof ajv.compile>>();

function schemaFaults(schema: object, body: Buffer): string[] {
  let validate = validators.get(schema);
  if (!validate) {
    validate = ajv.compile({ ...absolute(schema) });
    validators.set(schema, validate);
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return ['the body is not JSON'];
  }
  if (validate(value)) return [];
  const [first] = validate.errors ?? [];
  return [
    `${first?.instancePath || 'the body'} ${first?.message} ${JSON.stringify(first?.params)}: ${body.toString().slice(0, 300)}`,
  ];
}

/** References of a part of the document, from outside of it. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/')) as object;
}

function codeOf({ body }: Exchange): unknown {
  try {
    return (JSON.parse(body.toString()) as { code?: unknown }).code;
  } catch {
    return undefined;
  }
}

function problemFaults(exchange: Exchange): string[] {
  const response = { content: { 'application/problem+json': { schema: problem } } };
  return bodyFaults(exchange, response);
}

const problem = { allOf: [{ $ref: '#/components/schemas/Problem' }], unevaluatedProperties: false };

/** What is not in the document may be answered in one way only. */
function refusedAs(exchange: Exchange, code: 'route_unknown' | 'method_not_allowed'): string[] {
  const limited = exchange.status === 429 && codeOf(exchange) === 'rate_limited';
  if (exchange.method === 'HEAD') {
    const status = code === 'route_unknown' ? 404 : 405;
    return exchange.status === status ? [] : ['this address is not documented'];
  }
  if (limited || codeOf(exchange) === code) return problemFaults(exchange);
  return [code === 'route_unknown' ? 'this address is not documented' : 'this method is not documented'];
}

function preflightFaults({ headers }: Exchange, methods: string[]): string[] {
  const told = headers['access-control-allow-methods']?.split(', ') ?? [];
  return told.every((name) => methods.includes(name)) && told.length === methods.length
    ? []
    : [`browsers are told of ${told}, documented are ${methods}`];
}
