/** An event that was imported with more tickets of a tier than it has is not published before somebody said whose go. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { showId } from '../../src/domain/ids.ts';
import { runImport } from '../../src/features/legacy/run.ts';
import { admin } from '../support/client.ts';
import { emptyDatabase, freshDatabase } from '../support/database.ts';
import { dumpRows, withClient } from '../support/legacy/database.ts';
import { addEvent, addOrder, id, looseSchema } from '../support/legacy/small.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let databaseUrl: string;
let source: { url: string; currency: string };

beforeAll(async () => {
  databaseUrl = await freshDatabase();
  source = { url: await emptyDatabase(), currency: 'USD' };
  await withClient(source.url, async (client) => {
    await client.query(looseSchema);
    await addEvent(client, 'Full', { quantity: 1 });
    await addOrder(client, 'Full', 'first');
    await addOrder(client, 'Full', 'second');
  });
  site = await startSite(databaseUrl);
}, 120_000);
afterAll(() => site.stop());

const publish = () =>
  admin(site, 'POST', `/events/${showId('event', id('Full'))}/publish`, { reason: 'on sale' });

test('it is refused by name while nobody decided, and as an event with a past after that; nothing is on sale', async () => {
  await runImport(site.ctx.db, source, () => ({ tickets: [], otherwise: 'later' }));
  const before = await dumpRows(databaseUrl);
  expect(await publish()).toMatchObject({
    status: 409,
    body: { code: 'event_has_incident', detail: expect.stringContaining(id('Full tier')) },
  });
  expect(await dumpRows(databaseUrl)).toBe(before);
  await runImport(site.ctx.db, source, () => ({ tickets: [], otherwise: 'last' }));
  expect(await publish()).toMatchObject({ status: 409, body: { code: 'event_has_holds' } });
});

test('an import that was cut off before its tickets were counted is not published either', async () => {
  await withClient(source.url, async (client) => {
    await addEvent(client, 'Half');
    await addOrder(client, 'Half', 'sold');
  });
  const onBatch = (table: string) => {
    if (table === 'tickets') throw new Error('cut off');
  };
  await expect(
    runImport(site.ctx.db, source, () => ({ tickets: [], otherwise: 'last' }), { onBatch }),
  ).rejects.toThrow('cut off');
  const event = showId('event', id('Half'));
  expect(await admin(site, 'POST', `/events/${event}/publish`, { reason: 'on sale' })).toMatchObject({
    status: 409,
    body: { code: 'event_has_holds', detail: expect.stringContaining('withheld') },
  });
});
