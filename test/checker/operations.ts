/** The client's log against the ledger: every acknowledged effect is there, and one operation has one answer. */
import { hash } from 'node:crypto';
import type { FaultTimes } from './faults.ts';
import type { Findings } from './findings.ts';
import type { Ledger } from './ledger.ts';
import { type Hold, sameItems } from './life.ts';

type Op = {
  kind?: string;
  event?: string;
  hold?: string;
  key?: string;
  buyer?: string;
  order?: string;
  items?: { tier: string; quantity: number }[];
};
export type OpLine = {
  t?: string;
  id?: number;
  process?: string;
  at?: string;
  unixMs?: number;
  op?: Op;
  status?: number;
  hold?: string;
  body?: unknown;
};

/** Members of an answer that may differ between the first answer and its repetition. */
const volatile = new Set(['now', 'serverNow', 'replayed', 'requestId']);

export class Operations {
  private readonly open = new Map<string, Op>();
  private readonly answers = new Map<string, string>();
  private readonly extensions = new Map<string, number>();
  private readonly lost = new Set<string>();
  private readonly findings: Findings;
  private readonly ledger: Ledger;
  private readonly faults: FaultTimes;
  private offsetMs = 0;

  constructor(findings: Findings, ledger: Ledger, faults: FaultTimes) {
    this.findings = findings;
    this.ledger = ledger;
    this.faults = faults;
  }

  add(line: OpLine): void {
    if (line.t === 'log') {
      this.offsetMs = clockOffset(line);
      return;
    }
    const id = `${line.process}/${line.id}`;
    if (line.t === 'invoke') {
      this.open.set(id, line.op ?? {});
      return;
    }
    const op = this.open.get(id);
    this.open.delete(id);
    if (line.t === 'ok' && op) this.acknowledged(op, line, id);
  }

  private acknowledged(op: Op, line: OpLine, id: string): void {
    this.sameAnswer(op, line, id);
    const holdId = uuidOf(line.hold ?? op.hold);
    const hold = this.ledger.folds.get(uuidOf(op.event))?.holds.get(holdId);
    const ackedAt = Number(line.at ?? '0') / 1e6 + this.offsetMs;
    const excused = this.faults.mayBeLost(ackedAt);
    const recorded = (holds: boolean, what: () => string) =>
      this.findings.expect(holds || excused, 'I13', () => `operation ${id}`, what);
    if (op.kind === 'reserve') {
      recorded(
        hold !== undefined && hold.lives > 0,
        () => `hold ${holdId} was acknowledged and is not in the ledger`,
      );
      if (hold) this.reserved(op, hold, holdId, id);
      else if (excused) this.lost.add(holdId);
    } else if (op.kind === 'release') {
      recorded(
        hold?.everReleased === true,
        () => `the release of hold ${holdId} was acknowledged and is not in the ledger`,
      );
    } else if (op.kind === 'extend') {
      // One that may be lost says nothing about how many must be there: those after it are counted without it.
      if (!excused) this.extended(op, hold, holdId, recorded);
    } else if (op.kind === 'pin') {
      recorded(
        hold?.everPinned === true,
        () => `the pin of hold ${holdId} was acknowledged and is not in the ledger`,
      );
      this.neverLost(hold, holdId, id);
    } else if (op.kind === 'confirm') {
      const order = this.ledger.folds.get(uuidOf(op.event))?.orders.get(uuidOf(op.order));
      recorded(order !== undefined, () => `order ${op.order} was confirmed and is not in the ledger`);
      this.neverLost(hold, holdId, id);
    }
  }

  private reserved(op: Op, hold: Hold, holdId: string, id: string): void {
    const items = (op.items ?? []).map(({ tier, quantity }) => ({ tier: uuidOf(tier), quantity }));
    const same = op.items === undefined || sameItems(items, hold.items);
    this.findings.expect(
      same,
      'I13',
      () => `operation ${id}`,
      () => `hold ${holdId} was acknowledged with another basket than the ledger has`,
    );
    if (op.buyer === undefined) return;
    hold.owner ??= op.buyer;
    this.findings.expect(
      hold.owner === op.buyer,
      'I13',
      () => `operation ${id}`,
      () => `hold ${holdId} was acknowledged to ${op.buyer} and to ${hold.owner}`,
    );
  }

  private extended(op: Op, hold: Hold | undefined, holdId: string, recorded: Recorded): void {
    const key = `${holdId} ${op.key}`;
    if (op.key !== undefined && this.extensions.has(key)) return;
    this.extensions.set(key, 1);
    const acked = (this.extensions.get(holdId) ?? 0) + 1;
    this.extensions.set(holdId, acked);
    recorded(
      (hold?.everExtended ?? 0) >= acked,
      () =>
        `extension ${acked} of hold ${holdId} was acknowledged, the ledger has ${hold?.everExtended ?? 0}`,
    );
  }

  /** No power loss excuses that a hold at the checkout, which is only opened once Postgres has the hold, is gone. */
  private neverLost(hold: Hold | undefined, holdId: string, id: string): void {
    const known = hold !== undefined && !this.lost.has(holdId);
    this.findings.expect(
      known,
      'I13',
      () => `operation ${id}`,
      () => `hold ${holdId} went to the checkout and is not in the ledger`,
    );
  }

  private sameAnswer(op: Op, line: OpLine, id: string): void {
    if (op.key === undefined || line.body === undefined) return;
    const key = `${op.kind} ${op.event} ${op.buyer} ${op.kind === 'reserve' ? '' : op.hold} ${op.key}`;
    const digest = hash('sha1', JSON.stringify(settled(line.body)), 'base64');
    const before = this.answers.get(key);
    this.answers.set(key, before ?? digest);
    const lostBetween = this.faults.anyLoss;
    this.findings.expect(
      before === undefined || before === digest || lostBetween,
      'I11',
      () => `operation ${id}`,
      () => `key ${key} was answered differently before: ${JSON.stringify(line.body)}`,
    );
  }
}

type Recorded = (holds: boolean, what: () => string) => void;

/** Unix ms at monotonic 0, from the first line of a log. */
export function clockOffset(line: { at?: string; unixMs?: number }): number {
  return (line.unixMs ?? 0) - Number(line.at ?? '0') / 1e6;
}

/** The UUID at the end of an id, whatever its prefix. */
function uuidOf(id = ''): string {
  return id.slice(-36);
}

function settled(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(settled);
  if (typeof body !== 'object' || body === null) return body;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) if (!volatile.has(name)) kept[name] = settled(value);
  return kept;
}
