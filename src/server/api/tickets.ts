/** Tickets for whose they are and for organizers, and the door. */

import { manifestInput } from '../../features/checkins/manifest.ts';
import { batchInput, scanInput } from '../../features/checkins/scan.ts';
import { listTicketsInput } from '../../features/tickets/list.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';
import * as is from './ticket-bodies.ts';

export const listTickets = {
  method: 'GET',
  path: '/v1/tickets',
  id: 'listTickets',
  tag: 'tickets',
  summary: 'List your tickets, newest first, a page at a time',
  auth: 'session',
  query: listTicketsInput,
  answers: [
    {
      status: 200,
      description: 'A page. `Link` with rel="next" leads to the following one, where there is one.',
      schema: is.ticketPage,
      maybe: ['link'],
    },
  ],
  refusals: ['records_unavailable'],
} satisfies Operation;

export const showTicket = {
  method: 'GET',
  path: '/v1/tickets/:ticket',
  id: 'showTicket',
  tag: 'tickets',
  summary: 'Show a ticket of yours, with its code',
  description:
    'Answers for five minutes also while the records cannot be asked; a void ticket is never shown as valid. Looks are logged.',
  auth: 'session',
  answers: [{ status: 200, description: 'The ticket.', schema: is.ticket }],
  refusals: [],
} satisfies Operation;

export const showTicketQr = {
  method: 'GET',
  path: '/v1/tickets/:ticket/qr.svg',
  id: 'showTicketQr',
  tag: 'tickets',
  summary: 'The QR of a ticket of yours',
  auth: 'session',
  answers: [{ status: 200, description: 'The image.', type: 'image/svg+xml' }],
  refusals: ['ticket_redeemed', 'ticket_refunding', 'ticket_void', 'ticket_suspended'],
} satisfies Operation;

export const lookUpTicket = {
  method: 'GET',
  path: '/v1/admin/tickets/:ticket',
  id: 'lookUpTicket',
  tag: 'organizers',
  summary: 'Look up a ticket and what became of it',
  description: 'That this key looked is in the records before the answer.',
  auth: ['tickets:read'],
  answers: [{ status: 200, description: 'The ticket, without its code.', schema: is.ticketRecord }],
  refusals: [],
} satisfies Operation;

const recordFaults = ['records_unavailable', 'outcome_unknown'] as const;

export const checkIn = {
  method: 'POST',
  path: '/v1/checkins',
  id: 'checkIn',
  tag: 'doors',
  summary: 'Check a code at the door, and redeem its ticket once',
  description:
    'The same Idempotency-Key of the same device is answered as the first time. `scannedAt` is for a scan that is told later.',
  auth: ['checkins:write'],
  body: inputs.scan(scanInput),
  idempotent: 'derived',
  answers: [
    {
      status: 200,
      description: 'What to do at the door: only `ok` lets somebody in.',
      schema: is.scanned,
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: [...recordFaults, 'idempotency_key_reused'],
} satisfies Operation;

export const uploadScans = {
  method: 'POST',
  path: '/v1/checkins/batch',
  id: 'uploadScans',
  tag: 'doors',
  summary: 'Tell what was scanned without a network',
  description:
    'Of two scans of a ticket the earlier one counts. An upload may be sent again, whole or in part.',
  auth: ['checkins:write'],
  body: inputs.scans(batchInput),
  answers: [{ status: 200, description: 'One answer per scan.', schema: is.uploaded }],
  refusals: [...recordFaults],
} satisfies Operation;

export const showManifest = {
  method: 'GET',
  path: '/v1/events/:event/checkin-manifest',
  id: 'showManifest',
  tag: 'doors',
  summary: 'The signed list of an event’s tickets, for scanners without a network, a page at a time',
  auth: ['checkins:write'],
  query: manifestInput,
  conditional: 'if-none-match',
  answers: [
    {
      status: 200,
      description: 'A page. `Link` with rel="next" leads to the following one, where there is one.',
      schema: is.manifestPage,
      headers: ['etag'],
      maybe: ['link'],
    },
    { status: 304, description: 'Nothing has changed since.', headers: ['etag'] },
  ],
  refusals: [],
} satisfies Operation;

export const ticketOperations: Operation[] = [
  listTickets,
  showTicket,
  showTicketQr,
  checkIn,
  uploadScans,
  showManifest,
  lookUpTicket,
];
