/** One damaged run for everything the checker must notice. */
import { seal } from './files.ts';
import type { Invariant } from './findings.ts';
import { balcony, event, floor, id, lounge, pool, type Run } from './healthy.ts';

export type Fact = Record<string, unknown> & { after: Record<string, number>[] };
export const factOf = (run: Run, kind: string, nth = 0) =>
  run.facts.filter(({ fact }) => fact['kind'] === kind)[nth]?.fact as Fact;
const redisKey = (run: Run, name: string) =>
  run.redis.find(({ key }) => key === `{p3}:e2:${name}:${event}`) as {
    fields: Record<string, string>;
    members: Record<string, number>;
  };
const row = (run: Run, table: string, column: string, value: unknown) =>
  run.tables[table]?.find((each) => each[column] === value) as Record<string, unknown>;
export const op = (run: Run, t: string, nth: number) =>
  run.ops.filter((line) => line['t'] === t)[nth] as Record<string, object>;

/** The first expiry of the run falls 10 ms after its deadline. */
export function early(run: Run): void {
  const expired = factOf(run, 'expired');
  expired['at'] = (expired['at'] as number) - 11;
}

/** name, the invariant that must notice, what to damage, what it must say. */
export type Damage = [string, Invariant, (run: Run) => void, RegExp];

export const damages: Damage[] = [
  [
    'a capacity below what is held',
    'I1',
    (run) => {
      for (const { fact } of run.facts)
        for (const line of (fact as Fact).after) if (line['line'] === (lounge as never)) line['capacity'] = 1;
      const opened = factOf(run, 'opened') as unknown as { lines: { line: string; capacity: number }[] };
      for (const line of opened.lines) if (line.line === lounge) line.capacity = 1;
    },
    /free -1/,
  ],
  ['a fact that is missing', 'I2', (run) => void run.facts.splice(5, 1), /follows version 5/],
  [
    'a carried counter that is one too high',
    'I2',
    (run) => {
      (factOf(run, 'held').after[0] as Record<string, number>)['held'] = 3;
    },
    /carries capacity 15 held 3.*the fold has capacity 15 held 2/,
  ],
  [
    'a fact that does not carry its pool',
    'I2',
    (run) => void factOf(run, 'held').after.pop(),
    /does not carry it/,
  ],
  [
    'a hole in the journal',
    'I2',
    (run) => {
      for (const placed of run.facts) if (placed.epoch === 1 && placed.entry > 4) placed.entry += 1;
    },
    /entry 5 is not in the ledger/,
  ],
  [
    'a row that says otherwise than its body',
    'I2',
    (run) => {
      seal(run);
      row(run, 'journal', 'version', 3)['kind'] = 'sold';
    },
    /says otherwise than its body/,
  ],
  [
    'a release that gives back more than was held',
    'I3',
    (run) => {
      const released = factOf(run, 'released') as unknown as { items: { quantity: number }[] };
      (released.items[0] as { quantity: number }).quantity = 2;
    },
    /held 5, live holds have 6/,
  ],
  [
    'a hold record that nobody ended',
    'I3',
    (run) => {
      redisKey(run, 'holds').fields[id(5)] = `active 1 1 1 0 ${id(905)} - ${floor}:4:5000 -`;
    },
    /does not live by the ledger/,
  ],
  [
    'a live hold that no deadline index has',
    'I3',
    (run) => void delete redisKey(run, 'due').members[id(1)],
    /indexed at nothing/,
  ],
  [
    'a wrong count of live holds',
    'I3',
    (run) => void Object.assign(redisKey(run, 'stock').fields, { live: '2' }),
    /live 2, hold records 1/,
  ],
  [
    'a hold that ends twice',
    'I4',
    (run) => {
      const expired = factOf(run, 'expired', 1);
      Object.assign(expired, { hold: id(4), buyer: id(904) });
    },
    /expired while released/,
  ],
  [
    'an expiry of a hold that is being paid',
    'I4',
    (run) => {
      const pinned = factOf(run, 'pinned');
      Object.assign(pinned, { hold: id(2), order: id(302) });
    },
    /expired while paying/,
  ],
  [
    'a hold taken while the event is frozen',
    'I4',
    (run) => {
      Object.assign(factOf(run, 'opened'), {
        kind: 'opened',
        sale: { ...(factOf(run, 'opened')['sale'] as object), state: 'paused' },
      });
    },
    /held while the sale is paused/,
  ],
  ['an expiry before the deadline', 'I5', (run) => early(run), /1 ms before its deadline/],
  [
    'an expiry three seconds late',
    'I5',
    (run) => {
      const expired = factOf(run, 'expired', 1);
      expired['at'] = (expired['at'] as number) + 3_000;
    },
    /ms after its deadline, allowed 2000/,
  ],
  [
    'a due hold that nobody reclaims',
    'I5',
    (run) => {
      (run.redis[0] as { now: number }).now += 3_600_000;
    },
    /is due for .* and not reclaimed/,
  ],
  [
    'a tier whose counter drifted in Postgres',
    'I6',
    (run) => void Object.assign(row(run, 'lines', 'line', floor), { held: 3 }),
    /tier .* held 3 .*by the ledger .*held 2/,
  ],
  [
    'a counter that drifted in Redis',
    'I6',
    (run) => {
      const { fields } = redisKey(run, 'stock');
      fields[`line:${pool}`] = String(fields[`line:${pool}`]).replace(/^20 2 /, '20 1 ');
    },
    /held 1.*by the ledger.*held 2/,
  ],
  [
    'a hold row of the wrong state',
    'I6',
    (run) => void Object.assign(row(run, 'holds', 'hold', id(5)), { status: 'active' }),
    /active 4 of tier .*by the ledger expired/,
  ],
  [
    'a hold row that is missing',
    'I6',
    (run) => void run.tables['holds']?.splice(2, 1),
    /has 0 rows for 1 tiers/,
  ],
  [
    'a sold ticket that was not issued',
    'I6',
    (run) => void Object.assign(row(run, 'tickets', 'tier', balcony), { live: 2 }),
    /has 2 tickets/,
  ],
  [
    'an order that is paid without a sale',
    'I6',
    (run) => void Object.assign(row(run, 'orders', 'order', id(305)), { status: 'paid' }),
    /is paid, by the ledger not decided/,
  ],
  [
    'a watermark behind the journal',
    'I6',
    (run) => void Object.assign(row(run, 'watermarks', 'partition', 3), { entry: 1 }),
    /at 2-1, the journal in Redis ends at 2-4/,
  ],
  [
    'a ledger that is not what the journal says',
    'I6',
    (run) => {
      const entry = run.redis.find((line) => line['t'] === 'entry') as { fields: Record<string, string> };
      entry.fields['t'] = '1';
    },
    /the ledger says/,
  ],
  [
    'a journal entry that was never applied',
    'I6',
    (run) => {
      const entry = run.redis.at(-1) as { id: string };
      run.redis.push({ ...entry, id: '2-5' });
    },
    /is in the journal and not in the ledger/,
  ],
  [
    'a projection that stopped',
    'I6',
    (run) => {
      seal(run);
      row(run, 'heads', 'event', event)['projected'] = 4;
    },
    /projected to 4/,
  ],
  [
    'an operation with two effects',
    'I11',
    (run) => void Object.assign(factOf(run, 'withheld'), { op: 'resize-1' }),
    /resize-1 has a second effect/,
  ],
  [
    'an order that is sold and unfulfilled',
    'I11',
    (run) => void Object.assign(factOf(run, 'unfulfilled'), { order: id(302) }),
    /unfulfilled and was sold before/,
  ],
  [
    'two answers to one key',
    'I11',
    (run) => {
      Object.assign(op(run, 'ok', 3), { body: { id: 'hold_other' } });
    },
    /answered differently/,
  ],
  [
    'an acknowledged hold that is not in the ledger',
    'I13',
    (run) => void Object.assign(op(run, 'ok', 1), { hold: id(77) }),
    /was acknowledged and is not in the ledger/,
  ],
  [
    'an acknowledged hold with another basket',
    'I13',
    (run) => {
      Object.assign(op(run, 'invoke', 1)['op'] ?? {}, { items: [{ tier: balcony, quantity: 1 }] });
    },
    /another basket/,
  ],
  [
    'one hold given to two people',
    'I13',
    (run) => void Object.assign(op(run, 'invoke', 3)['op'] ?? {}, { buyer: 'mallory' }),
    /to mallory and to ann/,
  ],
  [
    'an acknowledged release without its fact',
    'I13',
    (run) => void Object.assign(op(run, 'invoke', 9)['op'] ?? {}, { hold: id(1) }),
    /release of hold/,
  ],
  [
    'a basket over the limit of a tier',
    'I14',
    (run) => {
      const opened = factOf(run, 'opened') as unknown as { lines: { line: string; buyerLimit: number }[] };
      for (const line of opened.lines) if (line.line === floor) line.buyerLimit = 3;
    },
    /has 4 of tier .*, limit 3/,
  ],
  [
    'a basket over the limit of the event',
    'I14',
    (run) => {
      Object.assign(factOf(run, 'opened')['sale'] as object, { buyerLimit: 3 });
    },
    /has 4 of the event, limit 3/,
  ],
  [
    'a buyer whose units were not given back',
    'I14',
    (run) => void Object.assign(redisKey(run, 'buyers').fields, { [id(904)]: `${floor}:1` }),
    /4 buyers, by the ledger 3/,
  ],
  [
    'a body edited after it was committed',
    'I18',
    (run) => {
      seal(run);
      const edited = row(run, 'journal', 'version', 11);
      edited['body'] = String(edited['body']).replace('house', 'public');
    },
    /commit 10 to 12: root/,
  ],
  [
    'a commit taken out of the chain',
    'I18',
    (run) => {
      seal(run);
      run.tables['commits']?.splice(2, 1);
    },
    /chain|facts/,
  ],
  [
    'a head that is not the end of the chain',
    'I18',
    (run) => {
      seal(run);
      row(run, 'heads', 'event', event)['chain'] = '00'.repeat(32);
    },
    /the commits end in/,
  ],
];
