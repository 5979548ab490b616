import { describe, expect, test } from 'vitest';
import type { EventId, HoldId } from '../domain/ids.ts';
import { type CatalogEvent, type CatalogSource, createCatalog } from './catalog.ts';

const id = '01900000-0000-7abc-8000-000000000001' as EventId;
const hold = '01900000-0000-7abc-9fff-0123456789ab' as HoldId;

function entry(name: string, authority: CatalogEvent['authority'] = 'redis'): CatalogEvent {
  const sale = {
    state: 'on_sale' as const,
    opensAt: 0,
    closesAt: 0,
    holdTtlMs: 1,
    buyerLimit: 0,
    extensionsMax: 0,
    extensionMs: 0,
    extensionWindowMs: 0,
  };
  return {
    event: id,
    name,
    currency: 'EUR',
    venue: '',
    timeZone: 'UTC',
    startsAt: 0,
    authority,
    frozen: false,
    sale,
    lines: [],
  };
}

/** A source that counts how often it is asked and answers what `answer` gives at that moment. */
function world(answer: () => Promise<CatalogEvent | undefined>) {
  const state = { now: 0, asked: 0 };
  const ask = () => {
    state.asked += 1;
    return answer();
  };
  const source: CatalogSource = { byId: ask, byPrefix: ask };
  return { state, catalog: createCatalog(source, { freshMs: 1_000, entriesMax: 100, now: () => state.now }) };
}

describe('catalog', () => {
  test('many who ask at once cost one read, and a fresh entry costs none', async () => {
    const { state, catalog } = world(async () => entry('show'));
    const found = await Promise.all(Array.from({ length: 50 }, () => catalog.event(id)));
    expect(found.every((event) => event?.name === 'show')).toBe(true);
    expect(catalog.event(id)).toMatchObject({ name: 'show' });
    expect(state.asked).toBe(1);
  });

  test('a stale open event is answered at once and read again behind the answer', async () => {
    let name = 'before';
    const { state, catalog } = world(async () => entry(name));
    await catalog.event(id);
    name = 'after';
    state.now = 1_500;
    expect(catalog.event(id)).toMatchObject({ name: 'before' });
    await expect.poll(() => (catalog.event(id) as CatalogEvent).name).toBe('after');
  });

  test('a stale open event is served for as long as the records are down', async () => {
    let up = true;
    const { state, catalog } = world(async () => {
      if (!up) throw new Error('down');
      return entry('show');
    });
    await catalog.event(id);
    up = false;
    for (state.now = 2_000; state.now < 60_000; state.now += 2_000) {
      expect(await catalog.event(id)).toMatchObject({ name: 'show' });
    }
    expect(state.asked).toBeGreaterThan(10);
  });

  test('an event that is not open yet is asked for again before it is shown as closed', async () => {
    let authority: CatalogEvent['authority'] = 'postgres';
    const { state, catalog } = world(async () => entry('show', authority));
    await catalog.event(id);
    authority = 'redis';
    state.now = 1_500;
    expect(await catalog.event(id)).toMatchObject({ authority: 'redis' });
  });

  test('an event that is not there is denied from memory for a moment only', async () => {
    let answer: CatalogEvent | undefined;
    const { state, catalog } = world(async () => answer);
    expect(await catalog.event(id)).toBeUndefined();
    expect(catalog.event(id)).toBeUndefined();
    expect(state.asked).toBe(1);
    answer = entry('show');
    state.now = 1_000;
    expect(await catalog.event(id)).toMatchObject({ name: 'show' });
  });

  test('a hold id alone finds its event', async () => {
    const { state, catalog } = world(async () => entry('show'));
    expect(await catalog.eventOf(hold)).toMatchObject({ event: id });
    expect(catalog.eventOf(hold)).toMatchObject({ event: id });
    expect(state.asked).toBe(1);
  });

  test('forgetting makes the next one who asks wait for Postgres', async () => {
    const { state, catalog } = world(async () => entry('show'));
    await catalog.event(id);
    catalog.forget(id);
    expect(catalog.event(id)).toBeInstanceOf(Promise);
    expect(state.asked).toBe(2);
  });

  test('a flood of unknown ids is bounded', async () => {
    const { catalog } = world(() => new Promise(() => undefined));
    const ids = Array.from(
      { length: 65 },
      (_, n) => `01900000-0000-7abc-8000-${String(n).padStart(12, '0')}` as EventId,
    );
    const last = ids.map((event) => catalog.event(event)).at(-1);
    await expect(last).rejects.toMatchObject({ code: 'records_unavailable' });
  });
});
