/** The door: scans with a network, scans without one, and the manifest for the latter. */
import { showId } from '../../domain/ids.ts';
import { scanId, uploadScans } from '../../features/checkins/batch.ts';
import { checkIn } from '../../features/checkins/check-in.ts';
import { manifestInput, showManifest } from '../../features/checkins/manifest.ts';
import { batchInput, type Doors, isPlausible, scanInput } from '../../features/checkins/scan.ts';
import * as api from '../api/tickets.ts';
import { organizerOf } from '../authorize.ts';
import { readJson } from '../body.ts';
import { isKnown } from '../conditional.ts';
import { type Call, type Edge, json, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { parseInput, queryOf } from '../input.ts';
import type { Refused } from '../problem.ts';
import { scannedJson } from '../ticket-views.ts';
import { asParameter, eventOf } from './events.ts';

const implausible: Refused = {
  status: 'input_invalid',
  errors: [{ pointer: '/scannedAt', detail: 'must be within the last 7 days and not in the future' }],
};

export function checkinRoutes(edge: Edge): Route[] {
  const doorsOf = async (call: Call): Promise<({ status: 'doors' } & Doors) | Refused> => {
    const organizer = await organizerOf(edge, call, ['checkins:write']);
    if (organizer.status !== 'organizer') return organizer;
    return { status: 'doors', key: organizer.name, events: organizer.events };
  };

  const one = async (call: Call): Promise<Response> => {
    const doors = await doorsOf(call);
    if (doors.status !== 'doors') return refuse(call, doors);
    const key = readIdempotencyKey(call.incoming);
    if (key.status !== 'key') return refuse(call, key);
    const body = await readJson(call.incoming);
    if (body.status !== 'read') return refuse(call, body);
    const input = parseInput(scanInput, body.value);
    if (input.status !== 'valid') return refuse(call, input);
    const { code, gate, deviceId, eventId, scannedAt } = input.value;
    const now = call.ctx.clock.now();
    if (scannedAt !== undefined && !isPlausible(scannedAt, now)) return refuse(call, implausible);
    const outcome = await checkIn(call.ctx, doors, {
      id: scanId(doors.key, deviceId, 'key', key.key),
      code,
      gate,
      device: deviceId,
      event: eventId,
      scannedAt: scannedAt ?? now,
      offline: scannedAt !== undefined,
    });
    if (outcome.status !== 'scanned') return refuse(call, outcome);
    const replayed = outcome.replayed ? { 'idempotency-replayed': 'true' } : undefined;
    return json(call, 200, JSON.stringify(scannedJson(outcome)), replayed);
  };

  const batch = async (call: Call): Promise<Response> => {
    const doors = await doorsOf(call);
    if (doors.status !== 'doors') return refuse(call, doors);
    const body = await readJson(call.incoming);
    if (body.status !== 'read') return refuse(call, body);
    const input = parseInput(batchInput, body.value);
    if (input.status !== 'valid') return refuse(call, input);
    const { scans } = await uploadScans(call.ctx, doors, input.value);
    const told = scans.map((scan, index) => {
      if (scan.status === 'scanned') return scannedJson(scan);
      const at = new Date(input.value.scans[index]?.scannedAt ?? 0).toISOString();
      return { result: 'implausible_time', scannedAt: at };
    });
    return json(call, 200, JSON.stringify({ scans: told }));
  };

  const manifest = async (call: Call): Promise<Response> => {
    const doors = await doorsOf(call);
    if (doors.status !== 'doors') return refuse(call, doors);
    const input = parseInput(manifestInput, queryOf(call));
    if (input.status !== 'valid') {
      return refuse(call, { ...input, errors: (input.errors ?? []).map(asParameter) });
    }
    const event = eventOf(call);
    if (event === undefined) return refuse(call, { status: 'event_unknown' });
    const { limit } = input.value;
    // The version names what is in the page, its address the page: a page is signed anew with another time in it.
    const etagOf = (version: number) => `W/"${version}"`;
    const known = call.incoming.headers['if-none-match'];
    const outcome = await showManifest(call.ctx, doors, event, input.value, (version) =>
      isKnown(known, `"${version}"`),
    );
    if (outcome.status === 'unchanged') {
      const headers = { ...ownHeaders(call), etag: etagOf(outcome.version), 'cache-control': 'no-store' };
      return new Response(null, { status: 304, headers });
    }
    if (outcome.status !== 'manifest') return refuse(call, outcome);
    const next = outcome.next && showId('ticket', outcome.next);
    const path = `/v1/events/${showId('event', event)}/checkin-manifest`;
    const link = next && `<${path}?limit=${limit}&after=${next}>; rel="next"`;
    const headers = { etag: etagOf(outcome.version), ...(link ? { link } : undefined) };
    return json(call, 200, JSON.stringify(outcome.page), headers);
  };

  return [route(api.checkIn, one), route(api.uploadScans, batch), route(api.showManifest, manifest)];
}
