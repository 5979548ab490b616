/** The assessment's broken database, brought in by the program as it is typed: the report, the repair, the proof, and nothing twice. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/index.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';
import { freshDatabase } from '../support/database.ts';
import { dataDir, runHoldfast } from '../support/holdfast.ts';
import { assessmentFiles } from '../support/legacy/assessment.ts';
import { dumpRows, fixture, fixtureFiles, legacyDatabase, withClient } from '../support/legacy/database.ts';
import { read } from '../support/sources.ts';

let legacy: string;
let DATABASE_URL: string;
beforeAll(async () => {
  [legacy, DATABASE_URL] = await Promise.all([legacyDatabase(), freshDatabase()]);
}, 120_000);

/** As it is typed, in a process of its own. */
const typed = (...args: string[]) => runHoldfast(['import-legacy', ...args], { DATABASE_URL });

/** The same command in this process: a start costs a second. */
async function importLegacy(...args: string[]) {
  let stdout = '';
  let stderr = '';
  const code = await run(['import-legacy', ...args], '0', {
    env: {},
    config: () => loadConfig({ DATABASE_URL }),
    log: (name) => createLog({ name, level: 'error', pretty: false, write: () => {} }),
    out: (line) => {
      stdout += `${line}\n`;
    },
    say: (line) => {
      stderr += `${line}\n`;
    },
    print: (options, value, text) => {
      stdout += `${options.json ? JSON.stringify(value) : text}\n`;
    },
    interactive: false,
    self: [],
  });
  return { code, stdout, stderr };
}
const files = fixtureFiles.flatMap((path) => ['--file', path]);

test('the files are what the generator makes of the numbers of the assessment', () => {
  for (const [name, text] of Object.entries(assessmentFiles())) expect(fixture(name), name).toBe(text);
});

describe('reported, imported, repaired', () => {
  test('the report has the numbers of the assessment, whether read from a database or from files, and changes nothing', async () => {
    const before = await dumpRows(DATABASE_URL);
    const asData = await importLegacy(legacy, '--json');
    const fromFiles = await importLegacy(...files, '--json', '--dry-run');
    const told = await typed(legacy);
    expect([asData.code, fromFiles.code, told.code, told.stderr]).toEqual([3, 3, 3, '']);
    const { report } = JSON.parse(asData.stdout);
    expect(JSON.parse(fromFiles.stdout)).toEqual({ report });
    expect(report).toMatchObject({
      totals: { events: 16, orders: 200, tickets: 220 },
      revenue: [{ currency: 'USD', amount: 1_774_700 }],
      ghosts: {
        total: 280,
        inExpiredHolds: 190,
        withoutHold: 90,
        events: [
          { name: 'Ultimate Soccer Tailgate', ghosts: 94 },
          { name: 'Liventix Official Event!', ghosts: 90 },
          { name: 'Summer Music Festival', ghosts: 62 },
          { name: 'Splish and Splash', ghosts: 34 },
        ],
      },
      missing: {
        orders: 12,
        paid: { orders: 7, amounts: [{ currency: 'USD', amount: 90_764 }] },
        free: { orders: 4, amounts: [{ currency: 'USD', amount: 0 }] },
        test: { orders: 1, amounts: [{ currency: 'USD', amount: 5_704 }] },
        byEvent: [6, 3, 2, 1].map((orders) => ({ orders })),
      },
      oversold: [{ eventName: 'Splish and Splash', tierName: 'VIP', capacity: 21, issued: 22, excess: 1 }],
      stale: { orders: 24 },
      drift: { total: 0 },
      refused: { total: 0 },
    });
    expect(read('docs/legacy-import.md')).toContain(told.stdout.trim());
    expect(await dumpRows(DATABASE_URL)).toBe(before);
    // The scratch database is gone.
    const left = await withClient(DATABASE_URL, (client) =>
      client.query("SELECT datname FROM pg_database WHERE datname LIKE 'holdfast_scratch_%'"),
    );
    expect(left.rows).toEqual([]);
  }, 60_000);

  test('left undecided, the oversold tier stays closed; answered, everything holds; again, nothing changes', async () => {
    const later = await importLegacy(legacy, '--yes', '--relocate', 'later', '--json');
    expect(later.code).toBe(3);
    expect(JSON.parse(later.stdout)).toMatchObject({
      repaired: { tiersOpened: 17, tickets: 11, ordersExpired: 24, relocated: [] },
      verified: { ghosts: 0, missing: 0, stale: 0, oversold: 1, incidents: { total: 1 } },
    });
    const vip = () =>
      withClient(DATABASE_URL, async (client) => {
        const { rows } = await client.query(
          `SELECT quantity, reserved_quantity AS reserved, issued_quantity AS issued, withheld_quantity AS withheld, available
           FROM public.ticket_tiers WHERE name = 'VIP'`,
        );
        return rows;
      });
    expect(await vip()).toEqual([{ quantity: 21, reserved: 0, issued: 0, withheld: 21, available: 0 }]);

    const answered = await importLegacy(legacy, '--yes', '--json');
    expect(answered.stderr).toBe('');
    expect(answered.code).toBe(0);
    const { verified, repaired, imported, report } = JSON.parse(answered.stdout);
    expect(Object.values(imported.inserted)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(repaired).toMatchObject({ tiersOpened: 1, tickets: 0, ordersExpired: 0 });
    // Issued last, and refunded with its share of the fees.
    expect(repaired.relocated).toMatchObject([
      { ticket: report.oversold[0].candidates[0].ticket, amount: 10_304 },
    ]);
    expect(verified).toMatchObject({
      ghosts: 0,
      drift: 0,
      oversold: 0,
      missing: 0,
      stale: 0,
      unvalidated: [],
    });
    expect(verified.incidents.lines).toMatchObject([
      { kind: 'refund_due', detail: { amount: 10_304, currency: 'USD' } },
    ]);
    expect(await vip()).toEqual([{ quantity: 21, reserved: 0, issued: 21, withheld: 0, available: 0 }]);

    const before = await dumpRows(DATABASE_URL);
    const again = await typed(...files, '--yes');
    expect(again.code).toBe(0);
    expect(await dumpRows(DATABASE_URL)).toBe(before);
  }, 60_000);

  test('the records say so themselves: health, constraints, the history of the ticket that went, the test order', async () => {
    await withClient(DATABASE_URL, async (client) => {
      const one = async (query: string) => (await client.query(query)).rows;
      expect(await one('SELECT * FROM public.ticketing_health')).toMatchObject([
        // The money of the ticket that went is to be given back by hand, and that is all.
        { health_score: 1, open_incidents: '1' },
      ]);
      expect(
        await one(`SELECT conname FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
          WHERE n.nspname IN ('events', 'ticketing') AND NOT convalidated`),
      ).toEqual([]);
      expect(
        await one(`SELECT k.status, v.event_type, r.status AS refund, r.amount_cents::int AS amount, r.return_to, i.resolution IS NOT NULL AS resolved
          FROM ticketing.tickets k JOIN ticketing.ticket_events v ON v.ticket_id = k.id AND v.event_type = 'voided'
          JOIN ticketing.refund_log r ON r.ticket_id = k.id
          JOIN ticketing.incidents i ON i.tier_id = k.tier_id AND i.kind = 'oversold_tier' WHERE k.status = 'void'`),
      ).toEqual([
        {
          status: 'void',
          event_type: 'voided',
          refund: 'requested',
          amount: 10_304,
          return_to: 'none',
          resolved: true,
        },
      ]);
      expect(
        await one(`SELECT o.status, i.severity, i.detail, (SELECT count(*)::int FROM ticketing.tickets k WHERE k.order_id = o.id) AS tickets
          FROM ticketing.incidents i JOIN ticketing.orders o ON o.id = i.order_id WHERE i.kind = 'test_order'`),
      ).toEqual([
        {
          status: 'cancelled',
          severity: 'info',
          detail: { status: 'paid', total: 5_704, currency: 'USD' },
          tickets: 0,
        },
      ]);
      // 220 came, 11 were missing, one is void; each order has what it bought.
      expect(
        await one(`SELECT count(*)::int AS all, count(*) FILTER (WHERE status <> 'void')::int AS valid,
          count(DISTINCT (order_item_id, ordinal))::int AS different FROM ticketing.tickets`),
      ).toEqual([{ all: 231, valid: 230, different: 231 }]);
      expect(
        await one('SELECT inventory_authority, count(*)::int AS events FROM events.events GROUP BY 1'),
      ).toEqual([{ inventory_authority: 'postgres', events: 16 }]);
    });
  });
});

describe('wrong use changes nothing, and says what is wrong', () => {
  let before: string;
  let answers: string;
  beforeAll(async () => {
    before = await dumpRows(DATABASE_URL);
    answers = join(await dataDir(), 'answers.json');
    writeFileSync(answers, '{"relocate": [], "otherwise": "never"}');
  });

  test.each([
    ['neither', () => [], 2, 'give the URL of the legacy database, or --file'],
    ['both', () => [legacy, ...files], 2, 'give the URL of the legacy database, or --file'],
    ['a file as URL', () => ['dump.sql'], 2, 'named by a postgres:// URL'],
    ['no file', () => ['--file', 'nothing.sql'], 2, 'nothing.sql cannot be read'],
    ['nobody to ask', () => [legacy, '--fix'], 2, 'nobody can be asked here'],
    ['both ways', () => [legacy, '--yes', '--dry-run'], 2, '--dry-run does nothing'],
    [
      'no ticket',
      () => [legacy, '--yes', '--relocate', 'VIP'],
      2,
      'takes the id of a ticket, last or later, and not vip',
    ],
    ['answers', () => [legacy, '--yes', '--answers', answers], 2, 'is no file of answers'],
    ['currency', () => [legacy, '--currency', 'XYZ1'], 2, '--currency XYZ1 is not a currency'],
    ['our own database', () => [DATABASE_URL], 2, 'this database is one of Holdfast already'],
    ['nobody there', () => ['postgres://a:b@127.0.0.1:1/x'], 4, 'Postgres cannot be used'],
  ])('%s', async (_name, args, code, message) => {
    const refused = await importLegacy(...args());
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(message)]);
    expect(await dumpRows(DATABASE_URL)).toBe(before);
  });
});
