/**
 * The journal as Redis (and the archive of it) still has it: each fact in canonical text, by where it stands. The ledger
 * must have the very same facts at the very same places.
 */
import { canonicalText, fromStream } from './fact.ts';
import type { Findings } from './findings.ts';

export type EntryLine = { key?: string; id?: string; fields?: Record<string, string> };

export class StreamFacts {
  /** event -> place -> text */
  private readonly facts = new Map<string, Map<string, { text: string; archived: boolean }>>();
  /** partition and epoch -> last n seen, to find holes in what Redis still has. */
  private readonly last = new Map<string, number>();
  private readonly findings: Findings;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** @param archived the entry comes from the archive: it may have been read and lost before it was committed */
  add(line: EntryLine, archived: boolean): void {
    const partition = partitionOfKey(line.key ?? '');
    const [epoch = 0, n = 0] = (line.id ?? '').split('-').map(Number);
    const fields = line.fields ?? {};
    if (!archived) this.continuity(`${partition} ${epoch}`, n, line);
    const event = fields['e'] ?? '-';
    if (event === '-') return;
    const facts = this.facts.get(event) ?? new Map<string, { text: string; archived: boolean }>();
    this.facts.set(event, facts);
    const shorts = JSON.parse(fields['f'] ?? '[]') as Record<string, unknown>[];
    shorts.forEach((short, position) => {
      const text =
        canonicalText(fromStream(event, Number(fields['t']), short)) ?? `unknown kind ${String(short['k'])}`;
      const place = placeOf(partition, epoch, n, position);
      if (!facts.has(place) || !archived) facts.set(place, { text, archived });
    });
  }

  private continuity(run: string, n: number, line: EntryLine): void {
    const before = this.last.get(run);
    this.findings.expect(
      before === undefined || n === before + 1,
      'I2',
      () => `${line.key} entry ${line.id}`,
      () => `follows entry ${before} of the same epoch`,
    );
    this.last.set(run, n);
  }

  has(event: string): boolean {
    return this.facts.has(event);
  }

  /** Compares the ledger's fact with the stream's, if the stream still has it, and strikes it off. */
  compare(event: string, place: string, body: string): void {
    const facts = this.facts.get(event);
    const found = facts?.get(place);
    if (!found) return;
    facts?.delete(place);
    this.findings.expect(
      found.text === body,
      'I6',
      () => `event ${event} entry ${place}`,
      () => `the ledger says ${body}, the journal ${found.text}`,
    );
  }

  /** What the streams have and the ledger does not. */
  finish(lossAllowed: boolean): void {
    for (const [event, facts] of this.facts) {
      for (const [place, { text, archived }] of facts) {
        this.findings.expect(
          archived && lossAllowed,
          'I6',
          () => `event ${event} entry ${place}`,
          () => `is in the journal and not in the ledger: ${text}`,
        );
      }
    }
  }
}

export function placeOf(partition: number, epoch: number, n: number, position: number): string {
  return `p${partition} ${epoch}-${n}/${position}`;
}

export function partitionOfKey(key: string): number {
  return Number(/^\{p(\d+)\}/.exec(key)?.[1] ?? -1);
}
