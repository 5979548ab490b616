/** What those who run it ask for, and what explains the rest. Nothing of it is counted against a limit. */
import * as is from './bodies.ts';
import type { Answer, Operation } from './operation.ts';

const plain = 'text/plain; charset=utf-8';
const page = 'text/html; charset=utf-8';

const look = (path: string, id: string, summary: string, ...answers: Answer[]): Operation => ({
  method: 'GET',
  path,
  id,
  tag: 'operations',
  summary,
  auth: 'nobody',
  answers,
  refusals: [],
  limited: false,
});

export const realtime: Operation = {
  ...look(
    '/v1/realtime',
    'realtime',
    'Live availability over WebSocket; its protocol is in docs/protocol.md',
    {
      status: 101,
      description: 'Another protocol from here on.',
    },
  ),
  refusals: ['websocket_required', 'origin_not_allowed', 'realtime_full'],
};
export const livez = look('/livez', 'livez', 'Is the process alive', {
  status: 200,
  description: 'It is. Asks nobody else.',
  type: plain,
});
export const readyz = look(
  '/readyz',
  'readyz',
  'Is it ready for people; ?verbose lists what it needs',
  { status: 200, description: 'It is.', type: plain },
  { status: 503, description: 'It is not; the lines say what is missing.', type: plain },
);
export const version = look('/version', 'version', 'Which Holdfast is running', {
  status: 200,
  description: 'Its version.',
  schema: is.versionBody,
});
export const metrics = look('/metrics', 'metrics', 'The figures, for Prometheus', {
  status: 200,
  description: 'The text format.',
  type: 'text/plain; version=0.0.4; charset=utf-8',
});
export const openApi: Operation = {
  ...look(
    '/openapi.json',
    'openApi',
    'This document',
    { status: 200, description: 'OpenAPI 3.1.', schema: is.openApi, headers: ['etag', 'cache-control'] },
    { status: 304, description: 'You have these very bytes.', headers: ['etag', 'cache-control'] },
  ),
  conditional: 'if-none-match',
};
export const docs = look('/docs', 'docs', 'This document, for people', {
  status: 200,
  description: 'A page without script.',
  type: page,
});
export const problems = look('/problems', 'problems', 'Every refusal and what to do about it', {
  status: 200,
  description: 'A page without script; `type` of a problem points into it.',
  type: page,
});
export const securityTxt: Operation = {
  ...look('/.well-known/security.txt', 'securityTxt', 'Where to report a weakness (RFC 9116)', {
    status: 200,
    description: 'The contact, where one is configured.',
    type: plain,
  }),
  refusals: ['route_unknown'],
};

export const operatorOperations: Operation[] = [
  realtime,
  livez,
  readyz,
  version,
  metrics,
  openApi,
  docs,
  problems,
  securityTxt,
];
