/** The record by which Redis remembers an operation, as docs/data.md spells it; the rebuild puts it back. */
import type { Fact, Sale } from '../../domain/facts.ts';

function saleRecord(sale: Sale): string {
  const { state, opensAt, closesAt, holdTtlMs, buyerLimit, extensionsMax, extensionMs, extensionWindowMs } =
    sale;
  const numbers = [opensAt, closesAt, holdTtlMs, buyerLimit, extensionsMax, extensionMs, extensionWindowMs];
  return `${state} ${numbers.join(' ')}`;
}

/** Undefined for facts that no operation of their own causes. */
export function operationRecord(fact: Fact): string | undefined {
  const { version } = fact;
  switch (fact.kind) {
    case 'extended':
      return `extended ${version} ${fact.hold} ${fact.deadline} ${fact.extensions}`;
    case 'sold':
      return `sold ${version} ${fact.late ? 1 : 0}`;
    case 'resized':
      return `resized ${version} ${fact.capacity} ${fact.target ?? '-'}`;
    case 'repriced':
      return `repriced ${version} ${fact.priceVersion}`;
    case 'sale_set':
      return `sale_set ${version} ${saleRecord(fact.sale)}`;
    case 'opened':
    case 'unfulfilled':
    case 'returned':
    case 'withheld':
    case 'frozen':
    case 'thawed':
    case 'retired':
      return `${fact.kind} ${version}`;
    case 'held':
    case 'pinned':
    case 'released':
    case 'expired':
    case 'rebuilt':
      return undefined;
  }
}
