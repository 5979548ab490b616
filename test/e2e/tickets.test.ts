/** Tickets as whose they are see them, and organizers; and that looking is logged, once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readId, showId, type TicketId } from '../../src/domain/ids.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { sessionCookie } from '../../src/server/auth.ts';
import { admin, onSale, type Person, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';
import { type Bought, becomes, buy, giveBack, set, ticketPath } from '../support/tickets.ts';

let site: Site;
let show: Show;
let fan: Person;
let bought: Bought;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
  show = await onSale(site, [100]);
  fan = await person(site);
  bought = await buy(site, fan, show, 3);
}, 60_000);
afterAll(() => site?.stop());

const get = (path: string, who: Person = fan) => send(site, path, { headers: who.headers });
const first = () => bought.tickets[0] as TicketId;
const views = (ticket: TicketId) =>
  inTransaction(site.ctx.db, { role: 'readonly', readOnly: true }, (tx) =>
    tx
      .selectFrom('ticketing.ticket_events')
      .select(['actor_user_id', 'metadata'])
      .where('ticket_id', '=', ticket)
      .where('event_type', '=', 'viewed')
      .execute(),
  );

describe('to whose they are', () => {
  test('tickets are listed newest first, a page at a time', async () => {
    const whole = await get('/v1/tickets');
    const ids = whole.body.tickets.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(
      bought.tickets
        .map((id) => showId('ticket', id))
        .sort()
        .reverse(),
    );
    expect(whole.body.tickets[0]).toMatchObject({
      status: 'issued',
      eventName: 'A night out',
      tierName: 'Tier 0',
    });
    const page = await get('/v1/tickets?limit=2');
    expect(page.headers.get('link')).toContain('rel="next"');
    const rest = await get(`/v1/tickets?limit=2&after=${page.body.next}`);
    expect([...page.body.tickets, ...rest.body.tickets]).toEqual(whole.body.tickets);
    expect(rest.body.next).toBeNull();
  });

  test('a ticket has its code as text and as an image, the same each time', async () => {
    const { body } = await get(ticketPath(first()));
    expect(body).toMatchObject({
      id: showId('ticket', first()),
      status: 'issued',
      generation: 1,
      codeChangesAt: null,
    });
    expect(body.code).toMatch(/^[A-Z2-7]{168}$/);
    expect((await get(ticketPath(first()))).body.code).toBe(body.code);
    const image = await get(`${ticketPath(first())}/qr.svg`);
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(image.text).toMatch(/^<svg .*<\/svg>$/s);
    expect((await get(`${ticketPath(first())}/qr.svg`)).text).toBe(image.text);
  });

  test('nobody else sees it, nor whether it is there', async () => {
    const stranger = await person(site);
    await get(ticketPath(first()));
    const theirs = await get(ticketPath(first()), stranger);
    const none = await get('/v1/tickets/tkt_01900000-0000-7000-8000-000000000000', stranger);
    expect([theirs.status, theirs.body.code]).toEqual([404, 'ticket_unknown']);
    expect({ ...theirs.body, instance: '', traceId: '' }).toEqual({
      ...none.body,
      instance: '',
      traceId: '',
    });
    expect((await get('/v1/tickets', stranger)).body.tickets).toEqual([]);
    expect((await send(site, ticketPath(first()))).body.code).toBe('session_required');
    expect((await get('/v1/tickets/tkt_nonsense')).body.code).toBe('ticket_unknown');
  });

  test.each([
    ['refunding', 'ticket_refunding'],
    ['suspended', 'ticket_suspended'],
  ])('a ticket that is %s has no code', async (status, code) => {
    const own = await buy(site, fan, show, 1);
    const id = own.tickets[0] as TicketId;
    await set(site, id, { status });
    expect((await get(ticketPath(id))).body).toMatchObject({ status, code: null });
    expect((await get(`${ticketPath(id)}/qr.svg`)).body.code).toBe(code);
  });
});

describe('the page', () => {
  const browse = (path: string, who: Person | undefined) =>
    send(site, path, who ? { headers: { cookie: `${sessionCookie}=${who.token}` } } : {});

  test('shows a ticket without script: its event, tier, state and code', async () => {
    const page = await browse(`/tickets/${showId('ticket', first())}`, fan);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    for (const part of ['A night out', 'Tier 0', 'Valid', '<svg', 'The code as text']) {
      expect(page.text).toContain(part);
    }
    expect(page.text).not.toContain('http-equiv="refresh"');
    const list = await browse('/tickets', fan);
    expect(list.text).toContain(`/tickets/${showId('ticket', first())}`);
  });

  test('of a void ticket says so and has no code', async () => {
    const own = await buy(site, fan, show, 1);
    const id = own.tickets[0] as TicketId;
    await giveBack(site, own);
    await becomes(site, id, 'void');
    const page = await browse(`/tickets/${showId('ticket', id)}`, fan);
    expect(page.text).toContain('Void');
    expect(page.text).not.toContain('<svg');
  });

  test('loads itself anew where the code rotates', async () => {
    const other = await onSale(site, [10]);
    const own = await buy(site, fan, other, 1);
    await admin(site, 'PATCH', `/events/${other.id}`, { rotatingCodes: true });
    const page = await browse(`/tickets/${showId('ticket', own.tickets[0] as TicketId)}`, fan);
    expect(page.text).toContain('<meta http-equiv="refresh" content="15">');
  });

  test('needs the browser of whose it is', async () => {
    const path = `/tickets/${showId('ticket', first())}`;
    expect((await browse(path, undefined)).status).toBe(401);
    expect((await browse(path, await person(site))).status).toBe(404);
    expect((await browse('/tickets/tkt_1', fan)).status).toBe(404);
  });
});

describe('looking', () => {
  test('is logged once per person and ticket, however often the page is loaded', async () => {
    const own = await buy(site, fan, show, 1);
    const id = own.tickets[0] as TicketId;
    for (let n = 0; n < 20; n++) await get(ticketPath(id));
    await site.ctx.tickets.views.flush();
    const seen = await views(id);
    expect(seen).toHaveLength(1);
    const { userId } = (await send(site, '/v1/sessions', { method: 'POST', headers: fan.headers })).body;
    expect(seen[0]?.actor_user_id).toBe(readId('session', userId));
  });

  test('by an organizer is logged each time, before the answer, with their name', async () => {
    const own = await buy(site, fan, show, 1);
    const id = own.tickets[0] as TicketId;
    const path = `/tickets/${showId('ticket', id)}`;
    const reply = await admin(site, 'GET', path);
    expect(reply.body).toMatchObject({ status: 'issued', history: [{ type: 'created', userId: null }] });
    expect(reply.body.code).toBeUndefined();
    await admin(site, 'GET', path);
    expect((await views(id)).map(({ metadata }) => metadata['by'])).toEqual(['first', 'first']);
    const none = await admin(site, 'GET', '/tickets/tkt_01900000-0000-7000-8000-000000000000');
    expect([none.status, none.body.code]).toEqual([404, 'ticket_unknown']);
    expect((await send(site, `/v1/admin${path}`, { headers: fan.headers })).status).toBe(401);
  });
});
