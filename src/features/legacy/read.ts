/** Read: asks a legacy database everything the report says. Memory is bounded by the report, not by the database. */
import { isCurrency } from '../../domain/currency.ts';
import { type Foreign, readForeign } from '../../persistence/foreign-database.ts';
import {
  type Asked,
  judgedTables,
  lastIssued,
  type MissingOrder,
  missingOrders,
  oddities,
  refusedRows,
  revenue,
  staleOrders,
  type TierFinding,
  tierFindings,
  totals,
} from '../../persistence/queries/legacy-report.ts';
import { judgedRows } from '../../persistence/queries/legacy-rows.ts';
import { isHoldfast, readShape, type Shape, wantedTables } from '../../persistence/queries/legacy-shape.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import { addLine, type LegacyReport, type MissingGroup, noLines } from './report.ts';

export type Source = {
  url: string;
  /** Where no column says which. */
  currency: string;
};

const knownCurrencies = Intl.supportedValuesOf('currency').filter(isCurrency);
/** How many tickets of an oversold tier are offered to choose from. */
const candidatesMax = 5;

export function readLegacy(source: Source): Promise<LegacyReport> {
  return onLegacy(source, (asked, shape) => report(asked, shape));
}

/** One snapshot of the legacy database, whose shape was looked at and is enough. */
export function onLegacy<Result>(
  source: Source,
  work: (asked: Asked, shape: Shape) => Promise<Result>,
): Promise<Result> {
  return readForeign(source.url, async (foreign: Foreign) => {
    if (await isHoldfast(foreign)) {
      throw new Trouble(
        'this database is one of Holdfast already',
        'Give the URL of the legacy database; DATABASE_URL names the one it is imported into.',
        exitCodes.usage,
      );
    }
    const shape = await readShape(foreign);
    const fatal = shape.gaps.filter((gap) => gap.fatal);
    if (fatal.length > 0) {
      throw new Trouble(
        `this is not a database that can be read:${fatal.map(({ sentence }) => `\n  - ${sentence}`).join('')}`,
        'docs/legacy-import.md lists the tables and columns that are needed, and the names they may have.',
        exitCodes.findings,
      );
    }
    const options = { currency: source.currency, currencies: knownCurrencies };
    return work({ foreign, rows: judgedRows(shape, options) }, shape);
  });
}

async function report(asked: Asked, shape: Shape): Promise<LegacyReport> {
  const found: LegacyReport = {
    totals: await totals(asked),
    revenue: await revenue(asked),
    gaps: shape.gaps,
    unread: shape.unread,
    unguarded: shape.unguarded,
    ghosts: { total: 0, inExpiredHolds: 0, withoutHold: 0, events: [] },
    missing: {
      orders: 0,
      paid: { orders: 0, amounts: [] },
      free: { orders: 0, amounts: [] },
      test: { orders: 0, amounts: [] },
      byEvent: [],
      orderLines: noLines(),
      withoutLines: noLines(),
    },
    oversold: [],
    stale: await staleOrders(asked),
    drift: noLines(),
    odd: await oddities(asked),
    refused: noLines(),
    findings: 0,
  };
  for await (const batch of tierFindings(asked)) for (const tier of batch) addTier(found, tier);
  for (const tier of found.oversold) {
    const limit = Math.max(candidatesMax, Math.min(tier.excess, 100));
    tier.candidates = await lastIssued(asked, tier.tier, limit);
  }
  for await (const batch of missingOrders(asked)) for (const order of batch) addMissing(found, order);
  found.missing.byEvent.sort((a, b) => b.orders - a.orders || (a.name < b.name ? -1 : 1));
  found.ghosts.events.sort((a, b) => b.ghosts - a.ghosts || (a.name < b.name ? -1 : 1));
  for (const table of judgedTables) {
    for await (const batch of refusedRows(asked, table)) {
      for (const line of batch) addLine(found.refused, { table: wantedTables[table].name, ...line });
    }
  }
  found.findings = findingsOf(found);
  return found;
}

function addTier(report: LegacyReport, row: TierFinding): void {
  const { event, event_name: eventName, tier, tier_name: tierName } = row;
  const about = { event, eventName, tier, tierName };
  const ghosts = row.reserved - row.live;
  if (ghosts > 0) {
    // Rows of one event come one after the other.
    let line = report.ghosts.events.at(-1);
    if (line?.event !== event) {
      line = { event, name: eventName, ghosts: 0, inExpiredHolds: 0 };
      report.ghosts.events.push(line);
    }
    const explained = Math.min(ghosts, row.due);
    line.ghosts += ghosts;
    line.inExpiredHolds += explained;
    report.ghosts.total += ghosts;
    report.ghosts.inExpiredHolds += explained;
    report.ghosts.withoutHold += ghosts - explained;
  }
  if (ghosts < 0) addLine(report.drift, { ...about, counter: 'reserved', says: row.reserved, is: row.live });
  if (row.issued !== row.tickets) {
    addLine(report.drift, { ...about, counter: 'issued', says: row.issued, is: row.tickets });
  }
  if (row.tickets > row.quantity) {
    const { quantity: capacity, issued, tickets } = row;
    report.oversold.push({ ...about, capacity, issued, tickets, excess: tickets - capacity, candidates: [] });
  }
}

function addMissing(report: LegacyReport, row: MissingOrder): void {
  const { missing } = report;
  const { order, event, event_name: eventName, bought, issued, total, currency } = row;
  if (row.lines === 0) {
    addLine(missing.withoutLines, order);
    return;
  }
  const kind = row.test && issued === 0 ? 'test' : total === 0 ? 'free' : 'paid';
  missing.orders += 1;
  addAmount(missing[kind], currency, total);
  let line = missing.byEvent.at(-1);
  if (line?.event !== event) {
    line = { event, name: eventName, orders: 0 };
    missing.byEvent.push(line);
  }
  line.orders += 1;
  addLine(missing.orderLines, { order, event, eventName, bought, issued, total, currency, kind });
}

function addAmount(group: MissingGroup, currency: string, amount: number): void {
  group.orders += 1;
  const sum = group.amounts.find((each) => each.currency === currency);
  if (sum) sum.amount += amount;
  else group.amounts.push({ currency, amount });
}

function findingsOf(report: LegacyReport): number {
  const { ghosts, missing, oversold, stale, drift, odd, refused } = report;
  return (
    ghosts.events.length +
    missing.orders +
    missing.withoutLines.total +
    oversold.length +
    stale.orders +
    drift.total +
    odd.refundedWithTickets +
    odd.unpaidWithTickets +
    odd.surplusTickets +
    refused.total
  );
}
