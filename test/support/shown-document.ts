/** What was read of a document, as one line an event and one line a finding: for tables of what must come out. */
import { decimalText } from '../../src/domain/currency.ts';
import { shownInput } from '../../src/features/event-imports/own-format.ts';
import type { DocumentChecked } from '../../src/features/event-imports/read.ts';

type Findings = DocumentChecked['findings'];

/** Errors with all they say, warnings with their place only: their wording is nobody's contract. */
export function show({ events, findings }: DocumentChecked): string[] {
  return [
    ...events.flatMap((event) => [
      event.plan ? lineOf(event.plan, event.postponed) : `no event: ${event.name}`,
      ...event.findings.map(findingLine),
    ]),
    ...findings.map(findingLine),
  ];
}

function findingLine({ level, script, pointer, text, need }: Findings[number]): string {
  const place = `${level} ${script > 0 ? script : ''}#${pointer}`;
  return level === 'warning' ? place : `${place} ${text}${need === undefined ? '' : ` [${need}]`}`;
}

function lineOf(
  { ref, input }: NonNullable<DocumentChecked['events'][number]['plan']>,
  postponed: boolean,
): string {
  const { name, venue, startsAt, timeZone, currency, sale, pools, tiers } = shownInput(ref, input);
  const tier = tiers.map((each) => {
    const limit = each.buyerLimit > 0 ? ` max ${each.buyerLimit}` : '';
    const pool = each.pool === undefined ? '' : ` of ${each.pool}`;
    return `${each.name} ${decimalText(each.price, currency)} x ${each.capacity}${limit}${pool}`;
  });
  return [
    `${name} @ ${venue}`,
    `${startsAt} ${timeZone}`,
    `${currency} ${tier.join(', ')}`,
    ...pools.map((pool) => `pool ${pool.ref} ${pool.capacity}`),
    ...(sale.opensAt || sale.closesAt ? [`sale ${sale.opensAt ?? ''}..${sale.closesAt ?? ''}`] : []),
    ...(postponed ? ['postponed'] : []),
  ].join(' | ');
}
