/** The JSON of answers about tickets and scans, as src/server/ticket-views.ts builds it. */
import { z } from 'zod';
import { ticketStatuses } from '../../domain/ticket.ts';
import { bodies, eventId, id, instant, tierId, version } from './bodies.ts';

const ticketId = id('tkt').register(bodies, { id: 'TicketId' });
const ticketStatus = z.enum(ticketStatuses).register(bodies, { id: 'TicketStatus' });

const fields = {
  id: ticketId,
  orderId: id('ord'),
  eventId,
  eventName: z.string(),
  venue: z.string(),
  startsAt: instant,
  timeZone: z.string(),
  tierId,
  tierName: z.string(),
  status: ticketStatus,
  generation: z.int().min(1).describe('Grows when the ticket changes hands; codes of older ones are refused'),
  issuedAt: instant,
  redeemedAt: instant.nullable(),
  version,
};

export const ticket = z
  .object({
    ...fields,
    code: z.string().nullable().describe('What the QR says; null for a ticket that opens no door'),
    codeChangesAt: instant.nullable().describe('When another code is needed, of an event whose codes rotate'),
    asOf: instant.describe('When the records said so: older than now while they cannot be asked'),
  })
  .register(bodies, { id: 'Ticket' });

export const ticketPage = z
  .object({
    tickets: z.array(z.object(fields)),
    next: ticketId.nullable().describe('The `after` of the next page'),
  })
  .register(bodies, { id: 'TicketPage' });

export const ticketRecord = z
  .object({
    ...fields,
    history: z.array(
      z.object({
        type: z.string(),
        at: instant,
        userId: id('ses').nullable(),
        about: z.looseObject({}).describe('Who, where and by which request'),
      }),
    ),
  })
  .register(bodies, { id: 'TicketRecord' });

const otherScan = z.object({ gate: z.string(), deviceId: z.string(), scannedAt: instant });

const scannedFields = {
  result: z.enum([
    'ok',
    'duplicate',
    'void',
    'suspended',
    'refunding',
    'wrong_event',
    'old_generation',
    'forged',
    'expired_code',
  ]),
  scannedAt: instant,
  ticketId: ticketId.optional(),
  tierName: z.string().optional(),
  first: otherScan.optional().describe('Of a duplicate: the scan that let somebody in'),
  conflict: otherScan
    .optional()
    .describe('Of an ok: a later scan that let somebody in before this one was told'),
};

export const scanned = z.object(scannedFields).register(bodies, { id: 'Scanned' });

export const uploaded = z
  .object({
    scans: z
      .array(
        z.object({
          ...scannedFields,
          result: z.union([scannedFields.result, z.literal('implausible_time')]),
        }),
      )
      .describe('In the order in which they were sent'),
  })
  .register(bodies, { id: 'Uploaded' });

export const manifestPage = z
  .object({
    manifest: z.string().describe('JSON; what is signed is this very text'),
    kid: z.string(),
    signature: z.string().describe('Ed25519, base64url, over `holdfast manifest`, a line feed and the text'),
  })
  .register(bodies, { id: 'ManifestPage', description: 'docs/tickets.md says what is in it.' });
