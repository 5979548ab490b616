/**
 * The OpenAPI 3.1 document, made of the operations and of the very schemas that judge what is sent. Answers are described
 * open, because a later version may add fields; what is sent is closed, because a field that is not known is refused.
 */
import { z } from 'zod';
import { type RefusalCode, refusals } from '../../domain/refusals.ts';
import { scopes } from '../../features/keys/scopes.ts';
import { bodies } from './bodies.ts';
import { headers, headersOf, headersOfProblem } from './headers.ts';
import { bodiesSent } from './inputs.ts';
import { type Operation, parametersOf, refusalsOf, tags, templateOf } from './operation.ts';

export type Json = { [key: string]: unknown };

const uri = (id: string) => `#/components/schemas/${id}`;

/** The format says it; the pattern beside it is long and says no more. */
function plainTime(schema: { format?: string; pattern?: string }): void {
  if (schema.format === 'date-time') delete schema.pattern;
}

function componentSchemas(): Json {
  const answered = z.toJSONSchema(bodies, {
    uri,
    io: 'output',
    override: ({ jsonSchema }) => {
      plainTime(jsonSchema);
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }).schemas;
  const sent = z.toJSONSchema(bodiesSent, {
    uri,
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => plainTime(jsonSchema),
  }).schemas;
  const plain = Object.entries({ ...answered, ...sent }).map(([name, { $id, $schema, id, ...rest }]) => [
    name,
    rest,
  ]);
  return Object.fromEntries(plain);
}

function nameOf(schema: z.ZodType): string {
  const id = bodies.get(schema)?.id ?? bodiesSent.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of an operation has no name: register it');
  return id;
}

const keyHeader = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'Names the intention: the same for each repetition, another one for each new request.',
  schema: { type: 'string', minLength: 1, maxLength: 257 },
};
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of what is edited, or `*` to edit whatever is there.',
  schema: { type: 'string' },
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of what you have.',
  schema: { type: 'string' },
};
const idPrefixes: Record<string, string> = {
  event: 'evt',
  tier: 'tier',
  hold: 'hold',
  order: 'ord',
  promo: 'promo',
  step: 'step',
  ticket: 'tkt',
  refund: 'rfd',
};

function parameters(operation: Operation): Json[] {
  const path = parametersOf(operation.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: {
      type: 'string',
      ...(idPrefixes[name] && { examples: [`${idPrefixes[name]}_019aebc4-1c00-7000-8000-000000000001`] }),
    },
  }));
  const query = operation.query
    ? Object.entries(z.toJSONSchema(operation.query, { io: 'input' }).properties ?? {}).map(
        ([name, schema]) => ({ name, in: 'query', schema }),
      )
    : [];
  return [
    ...path,
    ...query,
    ...(operation.idempotent ? [keyHeader] : []),
    ...(operation.conditional === 'if-match' ? [ifMatch] : []),
    ...(operation.conditional === 'if-none-match' ? [ifNoneMatch] : []),
  ];
}

function successes(operation: Operation): Json {
  return Object.fromEntries(
    operation.answers.map((answer) => {
      const media = answer.schema
        ? { 'application/json': { schema: { $ref: uri(nameOf(answer.schema)) } } }
        : answer.type
          ? Object.fromEntries([answer.type].flat().map((type) => [type, { schema: { type: 'string' } }]))
          : undefined;
      return [
        String(answer.status),
        {
          description: answer.description,
          headers: headersOf(operation, answer),
          ...(media ? { content: media } : {}),
        },
      ];
    }),
  );
}

/** One response per status: the codes that have it, each with its title. */
function failures(operation: Operation): Json {
  const codes = refusalsOf(operation);
  const statuses = [...new Set(codes.map((code) => refusals[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const those = codes.filter((code) => refusals[code].status === status);
      return [String(status), failure(operation, status, those)];
    }),
  );
}

function failure(operation: Operation, status: number, codes: RefusalCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${refusals[code].title}.`).join('\n\n'),
    headers: headersOfProblem(operation, status, codes),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: uri('Problem') }],
          properties: { status: { const: status }, code: { enum: codes } },
        },
      },
    },
  };
}

/** 503 of /readyz is no problem: a status that is answered both ways has both contents. */
function merged(own: Json, problems: Json): Json {
  const all: Json = { ...problems };
  for (const [status, answer] of Object.entries(own)) {
    const other = problems[status] as { content: Json } | undefined;
    const mine = answer as { content?: Json };
    all[status] = other ? { ...mine, content: { ...other.content, ...mine.content } } : mine;
  }
  return all;
}

function security(operation: Operation): Json[] {
  if (operation.auth === 'nobody') return [];
  if (operation.auth === 'session') return [{ session: [] }, { sessionCookie: [] }];
  return [{ apiKey: [] }];
}

function describe(operation: Operation): Json {
  const needs = Array.isArray(operation.auth)
    ? `Needs a key with ${operation.auth.map((scope) => `\`${scope}\` (${scopes[scope]})`).join(' or ')}.`
    : '';
  const description = [operation.description, needs].filter(Boolean).join('\n\n');
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(description ? { description } : {}),
    security: security(operation),
    parameters: parameters(operation),
    ...(operation.body
      ? {
          requestBody: {
            required: !operation.bodyOptional,
            content: { 'application/json': { schema: { $ref: uri(nameOf(operation.body)) } } },
          },
        }
      : {}),
    responses: merged(successes(operation), failures(operation)),
  };
}

export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = templateOf(operation.path);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      summary: 'Realtime ticket inventory',
      description:
        'Every answer that is not a success is `application/problem+json`. Answers may gain fields: ignore those you do not know.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      headers: Object.fromEntries(Object.values(headers).map(({ name, ...rest }) => [name, rest])),
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session, or a JWT.' },
        sessionCookie: { type: 'apiKey', in: 'cookie', name: 'holdfast_session' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An organizer’s key: `sk_org_…`.' },
      },
    },
  };
}
