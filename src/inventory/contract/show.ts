/** Answers, counters and facts as short text, for rows to expect and for people to read. */
import type { Fact } from '../../domain/facts.ts';
import type { LineView } from '../inventory.ts';
import type { Answer, Bench } from './command.ts';

/** The answer's words: its status first, then `again` for a replay, then what it says besides. */
export function showAnswer({ names, from }: Bench, answer: Answer): string[] {
  const said: string[] = [answer.status];
  const time = (at: number) => `${(at - from) / 1000}s`;
  const tell = (name: string, value: unknown) => {
    if (value !== undefined) said.push(`${name}=${value}`);
  };
  if ('replayed' in answer && answer.replayed) said.push('again');
  if ('late' in answer && answer.late) said.push('late');
  if ('more' in answer && answer.more) said.push('more');
  if ('version' in answer && 'replayed' in answer) tell('v', answer.version);
  if ('hold' in answer) {
    const { hold } = answer;
    tell(
      'items',
      hold.items.map((item) => `${names.nameOf(item.tier)}:${item.quantity}@${item.price}`).join(','),
    );
    said.push(hold.state);
    tell('until', time(hold.deadline));
    tell('extensions', hold.extensions);
    tell('order', hold.order === null ? 'none' : names.nameOf(hold.order));
    tell('by', names.nameOf(hold.buyer));
  }
  if ('capacity' in answer) {
    tell('capacity', answer.capacity);
    tell('target', answer.target);
  }
  if ('tickets' in answer) tell('tickets', answer.tickets.map(names.nameOf).join(',') || 'none');
  if ('priceVersion' in answer) tell('priceVersion', answer.priceVersion);
  if ('expired' in answer) tell('expired', answer.expired);
  if ('sale' in answer) for (const [name, value] of Object.entries(answer.sale)) tell(name, value);
  if ('minimum' in answer) tell('minimum', answer.minimum);
  if ('from' in answer && answer.from !== undefined) tell('from', time(answer.from));
  for (const conflict of ('conflicts' in answer && answer.conflicts) || []) {
    said.push(
      `${names.nameOf(conflict.tier)}:${conflict.requested}>${conflict.available}:${conflict.reason}`,
    );
  }
  return said;
}

export function showLine(line: LineView): string[] {
  const { capacity, held, sold, withheld, price, priceVersion, buyerLimit, target } = line;
  const free = capacity - held - sold - withheld - line.spokenFor;
  const told = { capacity, held, sold, withheld, free, price, priceVersion, buyerLimit, target };
  return Object.entries(told).map(([name, value]) => `${name}=${value}`);
}

/** `sold:late`, `returned:house`, `resized:drain`, `held`: the kind, and what tells two of a kind apart. */
export function showFact(fact: Fact): string {
  if (fact.kind === 'sold' && fact.late) return 'sold:late';
  if (fact.kind === 'returned') return `returned:${fact.returnTo}`;
  return fact.reason === undefined ? fact.kind : `${fact.kind}:${fact.reason}`;
}
