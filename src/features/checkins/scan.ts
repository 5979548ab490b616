/** A scan as it is asked about, and what a scanner is told. */
import { z } from 'zod';
import { type EventId, readId } from '../../domain/ids.ts';
import type { TicketRecord } from '../../persistence/queries/tickets.ts';
import { anyText, instant, shortText } from '../input.ts';

/** Events a key is for. */
export type Doors = { key: string; events: readonly EventId[] | 'all' };

export type Scan = {
  /** Names the intention: the same scan again is answered as the first time. */
  id: string;
  code: string;
  gate: string;
  device: string;
  /** The event this door is for, where the scanner says so. */
  event: EventId | undefined;
  /** Unix ms. */
  scannedAt: number;
  /** Judged without a network and told now. */
  offline: boolean;
};

export type ScanResult =
  | 'ok'
  | 'duplicate'
  | 'void'
  | 'suspended'
  | 'refunding'
  | 'wrong_event'
  | 'old_generation'
  | 'forged'
  | 'expired_code';

/** Another scan of the same ticket. Times are Unix ms. */
export type OtherScan = { gate: string; device: string; scannedAt: number };

export type Scanned = {
  status: 'scanned';
  result: ScanResult;
  /** What the code stands for, where that is known and this door's. */
  ticket?: TicketRecord;
  /** Of a duplicate: the scan that let somebody in. */
  first?: OtherScan;
  /** Of an `ok` that came to light later than another: a second person was let in by that one. */
  conflict?: OtherScan;
  scannedAt: number;
  replayed: boolean;
};

export const codeText = anyText.min(1).max(400);
const name = shortText.max(64);

const eventId = z.string().transform((text, context) => {
  const id = readId('event', text);
  if (id !== undefined) return id as EventId;
  context.addIssue({ code: 'custom', message: 'must be evt_ and a lowercase UUID' });
  return z.NEVER;
});

export const scanInput = z.strictObject({
  code: codeText,
  gate: name,
  deviceId: name,
  eventId: eventId.optional(),
  scannedAt: instant.optional(),
});

/** A body may have 64 KB, and a scan takes about 230 bytes. */
export const scansMax = 200;

export const batchInput = z.strictObject({
  gate: name,
  deviceId: name,
  eventId: eventId.optional(),
  scans: z
    .array(z.strictObject({ code: codeText, scannedAt: instant }))
    .min(1)
    .max(scansMax),
});

/** How far ahead a scanner's clock may be, and how old a scan may be when it is told, ms. */
export const clockAheadMaxMs = 60_000;
export const scanAgeMaxMs = 7 * 24 * 3_600_000;

export function isPlausible(scannedAt: number, now: number): boolean {
  return scannedAt <= now + clockAheadMaxMs && scannedAt >= now - scanAgeMaxMs;
}
