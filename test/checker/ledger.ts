/** Reads the ledger in order, event by event: hashes, places in the journal, and every fact through the fold. */
import type { AnyFact } from './fact.ts';
import { isCanonical } from './fact.ts';
import type { FaultTimes } from './faults.ts';
import type { Findings, Invariant } from './findings.ts';
import { EventFold } from './fold.ts';
import { chainOf, firstChain, leafOf, rootOf } from './hashes.ts';
import { placeOf, type StreamFacts } from './stream.ts';

export type JournalRow = {
  event: string;
  version: number;
  at: number;
  partition: number;
  epoch: number;
  entry: number;
  position: number;
  kind: string;
  hold: string | null;
  order: string | null;
  op: string | null;
  body: string;
};
export type CommitRow = { event: string; first: number; last: number; root: string; chain: string };

export class Ledger {
  readonly folds = new Map<string, EventFold>();
  /** event -> chain after its last commit. */
  readonly chains = new Map<string, string>();
  private readonly commits: Map<string, CommitRow[]>;
  private readonly entries = new Map<string, Places>();
  private readonly findings: Findings;
  private readonly faults: FaultTimes;
  private readonly stream: StreamFacts;
  private event = '';
  private commit = 0;
  private leaves: Buffer[] = [];
  private chain: Buffer = firstChain;
  private before: JournalRow | undefined;

  constructor(
    commits: Map<string, CommitRow[]>,
    findings: Findings,
    faults: FaultTimes,
    stream: StreamFacts,
  ) {
    this.commits = commits;
    this.findings = findings;
    this.faults = faults;
    this.stream = stream;
  }

  /** Rows come ordered by event, then version. */
  add(row: JournalRow): void {
    if (row.event !== this.event) this.begin(row.event);
    const fold = this.folds.get(row.event) as EventFold;
    this.places(row);
    this.hash(row);
    const fact = this.read(row);
    if (fact) fold.apply(fact);
    this.before = row;
  }

  finish(): void {
    this.begin('');
    for (const [run, places] of this.entries) {
      const hole = places.firstHole();
      this.findings.expect(
        hole === undefined,
        'I2',
        () => `journal ${run}`,
        () => `entry ${hole} is not in the ledger, later ones are`,
      );
    }
  }

  private begin(event: string): void {
    if (this.event !== '') this.endHashes();
    this.findings.expect(
      !this.folds.has(event),
      'I2',
      () => `event ${event}`,
      () => 'the rows are not in order',
    );
    if (event !== '') this.folds.set(event, new EventFold(event, this.findings, this.faults));
    Object.assign(this, { event, commit: 0, leaves: [], chain: firstChain, before: undefined });
  }

  private read(row: JournalRow): AnyFact | undefined {
    let fact: AnyFact;
    try {
      fact = JSON.parse(row.body) as AnyFact;
    } catch {
      this.findings.fail('I2', `event ${row.event} version ${row.version}`, 'the body is not JSON');
      return undefined;
    }
    this.check('I2', isCanonical(fact, row.body), row, () => `the body is not canonical: ${row.body}`);
    const same =
      fact.event === row.event &&
      fact.version === row.version &&
      fact.at === row.at &&
      fact.kind === row.kind;
    const ids =
      (fact.hold ?? null) === row.hold && (fact.order ?? null) === row.order && (fact.op ?? null) === row.op;
    this.check('I2', same && ids, row, () => `the row says otherwise than its body ${row.body}`);
    return fact;
  }

  private check(invariant: Invariant, holds: boolean, row: JournalRow, what: () => string): void {
    this.findings.count(invariant);
    if (!holds) this.findings.fail(invariant, `event ${row.event} version ${row.version}`, what());
  }

  /** Facts of one entry stand together, positions from 0; entries of an epoch have no hole. */
  private places(row: JournalRow): void {
    const { partition, epoch, entry, position } = row;
    const before = this.before;
    if (this.stream.has(row.event)) {
      this.stream.compare(row.event, placeOf(partition, epoch, entry, position), row.body);
    }
    if (entry === 0) return;
    const follows =
      before?.epoch === epoch && before.entry === entry ? position === before.position + 1 : position === 0;
    const forward = !before || epoch > before.epoch || (epoch === before.epoch && entry >= before.entry);
    this.check(
      'I2',
      follows && forward,
      row,
      () =>
        `stands at ${placeOf(partition, epoch, entry, position)}, the fact before it at ${before ? placeOf(before.partition, before.epoch, before.entry, before.position) : 'none'}`,
    );
    const run = `p${partition} epoch ${epoch}`;
    const places = this.entries.get(run) ?? new Places();
    this.entries.set(run, places);
    places.add(entry);
  }

  private hash(row: JournalRow): void {
    this.leaves.push(leafOf(row.body));
    const commit = this.commits.get(row.event)?.[this.commit];
    if (!commit || row.version < commit.last) return;
    const where = () => `event ${row.event} commit ${commit.first} to ${commit.last}`;
    const complete = row.version === commit.last && this.leaves.length === commit.last - commit.first + 1;
    this.findings.expect(
      complete,
      'I18',
      where,
      () => `has ${this.leaves.length} facts, the last one is ${row.version}`,
    );
    const root = rootOf(this.leaves);
    this.findings.expect(
      root.toString('hex') === commit.root,
      'I18',
      where,
      () => `root ${commit.root}, the facts give ${root.toString('hex')}`,
    );
    this.chain = chainOf(this.chain, root, row.event, commit.first, commit.last);
    this.findings.expect(
      this.chain.toString('hex') === commit.chain,
      'I18',
      where,
      () => `chain ${commit.chain}, the roots give ${this.chain.toString('hex')}`,
    );
    this.leaves = [];
    this.commit += 1;
  }

  private endHashes(): void {
    const all = this.commits.get(this.event)?.length ?? 0;
    const covered = this.leaves.length === 0 && this.commit === all;
    this.findings.expect(
      covered,
      'I18',
      () => `event ${this.event}`,
      () => `${this.leaves.length} facts after the last commit, ${all - this.commit} commits without facts`,
    );
    this.chains.set(this.event, this.chain.toString('hex'));
  }
}

/** Which entries of an epoch were seen: a bit each, as events come one after another and not in journal order. */
class Places {
  private bits = new Uint8Array(1 << 10);
  private last = 0;

  add(entry: number): void {
    const byte = entry >> 3;
    if (byte >= this.bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.bits.length * 2));
      larger.set(this.bits);
      this.bits = larger;
    }
    this.bits[byte] = (this.bits[byte] ?? 0) | (1 << (entry & 7));
    this.last = Math.max(this.last, entry);
  }

  firstHole(): number | undefined {
    for (let entry = 1; entry < this.last; entry++) {
      if (((this.bits[entry >> 3] ?? 0) & (1 << (entry & 7))) === 0) return entry;
    }
    return undefined;
  }
}
