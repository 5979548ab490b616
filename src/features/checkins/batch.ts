/**
 * Upload what was scanned without a network. The scans are judged in the order in which they were made, each in a transaction of
 * its own; a scan's id follows from itself, so an upload that broke off is sent again whole.
 */
import { hash } from 'node:crypto';
import type { z } from 'zod';
import { derivedUuid } from '../../domain/ids.ts';
import type { Ctx } from '../context.ts';
import { checkIn } from './check-in.ts';
import { type batchInput, type Doors, isPlausible, type Scanned } from './scan.ts';

export type BatchAnswer = { status: 'uploaded'; scans: (Scanned | { status: 'implausible' })[] };

/** In the order in which they were given. A scan whose time cannot be is not judged. */
export async function uploadScans(
  ctx: Ctx,
  doors: Doors,
  { gate, deviceId, eventId, scans }: z.output<typeof batchInput>,
): Promise<BatchAnswer> {
  const answers = new Array<Scanned | { status: 'implausible' }>(scans.length);
  const inTime = scans
    .map((scan, place) => ({ ...scan, place }))
    .sort((one, other) => one.scannedAt - other.scannedAt || one.place - other.place);
  const now = ctx.clock.now();
  for (const { code, scannedAt, place } of inTime) {
    if (!isPlausible(scannedAt, now)) {
      answers[place] = { status: 'implausible' };
      continue;
    }
    const id = scanId(doors.key, deviceId, 'offline', hash('sha256', code, 'hex'), String(scannedAt));
    const scan = { id, code, gate, device: deviceId, event: eventId, scannedAt, offline: true };
    const answer = await checkIn(ctx, doors, scan);
    // Its id is made of the code: it cannot have been another ticket's.
    if (answer.status !== 'scanned') throw new Error(`scan ${id} was another ticket's before`);
    answers[place] = answer;
  }
  return { status: 'uploaded', scans: answers };
}

/** The id of a scan: the same parts, the same scan. */
export function scanId(...parts: string[]): string {
  return derivedUuid('0000000000008000', 'checkin', ...parts);
}
