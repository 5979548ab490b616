/** The report and the outcome of an import as people read them, in the words and the order of the assessment. */
import { decimalText } from '../../domain/currency.ts';
import type { LegacyReport, Lines, MissingGroup, Oversold } from '../../features/legacy/report.ts';
import type { Done } from '../../features/legacy/run.ts';
import { count } from '../shared/count.ts';

/** Of each list; `--json` has them all. */
const linesShown = 20;

export function money(amount: number, currency: string): string {
  const text = decimalText(amount, currency);
  return currency === 'USD' ? `$${text.replace(/\B(?=(\d{3})+\.)/g, ',')}` : `${text} ${currency}`;
}

const sums = (amounts: { currency: string; amount: number }[]) =>
  amounts.map(({ amount, currency }) => money(amount, currency)).join(' + ') || 'nothing';

export function reportText(report: LegacyReport): string {
  const { totals, revenue } = report;
  return [
    `Legacy system: ${count(totals.events, 'event')}, ${count(totals.orders, 'order')}, ${count(totals.tickets, 'ticket')}, ${sums(revenue)} paid`,
    ...ghosts(report),
    ...missing(report),
    ...oversold(report),
    '',
    `4. Stale pending orders: ${report.stale.orders}`,
    ...(report.stale.oldest ? [`     the oldest is of ${report.stale.oldest}`] : []),
    ...others(report),
    ...refusedRows('Rows that cannot be imported', report.refused),
    ...shape(report),
    '',
    report.findings === 0 ? 'Nothing is wrong.' : `Findings: ${report.findings}`,
  ].join('\n');
}

function ghosts({ ghosts: found }: LegacyReport): string[] {
  const width = Math.max(0, ...found.events.map(({ name }) => name.length));
  return [
    '',
    `1. Ghost reservations: ${count(found.total, 'ticket')} hidden`,
    ...found.events.map(({ name, ghosts, inExpiredHolds }) => {
      const why =
        inExpiredHolds === ghosts
          ? 'in holds that are over'
          : inExpiredHolds === 0
            ? 'without any hold'
            : `${inExpiredHolds} of them in holds that are over`;
      return `     ${name.padEnd(width)} ${String(ghosts).padStart(5)}  ${why}`;
    }),
    ...(found.total > 0
      ? [`     ${found.inExpiredHolds} in holds nobody ended, ${found.withoutHold} in no hold at all`]
      : []),
  ];
}

function missing({ missing: found }: LegacyReport): string[] {
  const line = (name: string, group: MissingGroup, note = '') =>
    `     ${name} ${String(group.orders).padStart(5)}  ${sums(group.amounts)}${note}`;
  if (found.orders === 0)
    return ['', '2. Paid orders without tickets: 0', ...withoutLines(found.withoutLines)];
  const tests = found.orderLines.lines.filter(({ kind }) => kind === 'test').map(({ order }) => order);
  return [
    '',
    `2. Paid orders without tickets: ${found.orders}`,
    line('paid', found.paid),
    line('free', found.free),
    line('test', found.test, tests.length > 0 ? ` (skipped: ${tests.slice(0, linesShown).join(', ')})` : ''),
    ...found.byEvent.map(({ name, orders }) => `     ${name}: ${count(orders, 'order')}`),
    ...withoutLines(found.withoutLines),
  ];
}

function withoutLines(list: Lines<string>): string[] {
  if (list.total === 0) return [];
  return [
    `     ${list.total} more have no line, so nothing says what was bought: ${list.lines.slice(0, linesShown).join(', ')}`,
  ];
}

function oversold({ oversold: found }: LegacyReport): string[] {
  return [
    '',
    `3. Oversold tiers: ${found.length}`,
    ...found.flatMap((tier) => [
      `     ${tierName(tier)}: capacity ${tier.capacity}, issued ${tier.tickets}, available ${tier.capacity - tier.tickets}`,
      ...tier.candidates.map(
        ({ ticket, issued_at, total, currency }, index) =>
          `       ${index < tier.excess ? 'issued last:' : '            '} ${ticket} ${issued_at ?? ''} order of ${money(total, currency)}`,
      ),
    ]),
  ];
}

export function tierName({ eventName, tierName: name }: Pick<Oversold, 'eventName' | 'tierName'>): string {
  return `${eventName}, ${name}`;
}

function others({ drift, odd }: LegacyReport): string[] {
  const lines = [
    ...drift.lines
      .slice(0, linesShown)
      .map(
        (each) => `     ${tierName(each)}: ${each.counter}_quantity says ${each.says}, there are ${each.is}`,
      ),
    ...rest(drift),
    ...(odd.refundedWithTickets > 0
      ? [
          `     ${count(odd.refundedWithTickets, 'ticket')} of refunded orders were not void: they come in void`,
        ]
      : []),
    ...(odd.unpaidWithTickets > 0
      ? [
          `     ${count(odd.unpaidWithTickets, 'order')} without payment have tickets: each becomes an incident`,
        ]
      : []),
    ...(odd.surplusTickets > 0
      ? [`     ${count(odd.surplusTickets, 'ticket')} more than their orders bought`]
      : []),
  ];
  return lines.length === 0 ? [] : ['', '5. Beyond the assessment', ...lines];
}

function refusedRows(title: string, list: LegacyReport['refused']): string[] {
  if (list.total === 0) return [];
  return [
    '',
    `${title}: ${list.total}`,
    ...list.lines
      .slice(0, linesShown)
      .map(({ table, id, reason }) => `     ${table} ${id ?? '(no id)'}: ${reason}`),
    ...rest(list),
  ];
}

function rest(list: Lines<unknown>): string[] {
  const more = list.total - Math.min(list.lines.length, linesShown);
  return more > 0 ? [`     and ${more} more`] : [];
}

function shape({ gaps, unread, unguarded }: LegacyReport): string[] {
  const lines = [
    ...gaps.map(({ sentence }) => `     ${sentence}`),
    ...unguarded.map(({ table, lacks }) => `     ${table} has no ${lacks.join(', no ')}`),
    ...unread.map(
      ({ table, columns }) => `     not read: ${columns.map((column) => `${table}.${column}`).join(', ')}`,
    ),
  ];
  return lines.length === 0 ? [] : ['', 'What the database has not, and what is not taken from it', ...lines];
}

export function doneText({ imported, repaired, verified }: Done): string {
  const names = {
    events: 'events',
    tiers: 'tiers',
    orders: 'orders',
    items: 'lines of orders',
    tickets: 'tickets',
    holds: 'holds',
    refunds: 'refunds',
  } as const;
  const rows = Object.entries(names) as [keyof typeof names, string][];
  const { ghosts, drift, missing, oversold, stale, unvalidated, incidents } = verified;
  const constraints =
    unvalidated.length === 0 ? 'every constraint is valid' : `not valid: ${unvalidated.join(', ')}`;
  return [
    '',
    `Imported: ${rows.map(([table, name]) => `${imported.inserted[table]} ${name}`).join(', ')}`,
    `     there already: ${rows.reduce((sum, [table]) => sum + imported.there[table], 0)} rows`,
    ...refusedRows('Not taken', imported.refused),
    `Repaired: ${count(repaired.tiersOpened, 'tier')} counted anew and opened, ${count(repaired.tickets, 'missing ticket')} issued, ${count(repaired.ordersExpired, 'stale order')} expired`,
    ...repaired.relocated.map(
      ({ ticket, order, amount, currency }) =>
        `     ticket ${ticket} of order ${order} is void; ${money(amount, currency)} to be refunded`,
    ),
    ...(repaired.cartsEnded > 0
      ? [`     ${count(repaired.cartsEnded, 'unit')} in carts there was no room for`]
      : []),
    '',
    `Proof: ghosts ${ghosts}, counters off by ${drift}, paid without tickets ${missing}, oversold tiers ${oversold}, stale orders ${stale}; ${constraints}`,
    ...(incidents.total > 0 ? [`Open incidents: ${incidents.total}`] : []),
    ...incidents.lines
      .slice(0, linesShown)
      .map(
        ({ kind, order, tier, detail }) =>
          `     ${kind} ${order ?? tier ?? ''}${typeof detail['instruction'] === 'string' ? `: ${detail['instruction']}` : ''}`,
      ),
    ...rest(incidents),
  ].join('\n');
}
