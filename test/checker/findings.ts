/** What the checker found, counted per invariant; the first few findings of each are kept in words. */
export const invariants = {
  I1: 'conservation at every version',
  I2: 'replay and continuity',
  I3: 'no ghosts',
  I4: 'life of a hold',
  I5: 'expiry: not early, not late',
  I6: 'Postgres and Redis equal the fold',
  I7: 'sold = tickets = paid less refunded',
  I8: 'money has tickets, or was given back',
  I9: 'tickets have their money',
  I10: 'the provider and Postgres, to the cent',
  I11: 'one effect and one answer per operation',
  I13: 'what was acknowledged is in the ledger',
  I14: 'limits per buyer',
  I18: 'hashes of the ledger',
} as const;

export type Invariant = keyof typeof invariants;
export type Finding = { invariant: Invariant; where: string; what: string };

const keptMax = 5;

export class Findings {
  private readonly checks = Object.fromEntries(Object.keys(invariants).map((name) => [name, 0])) as Record<
    Invariant,
    number
  >;
  private readonly failures = new Map<Invariant, number>();
  private readonly kept: Finding[] = [];

  count(invariant: Invariant, checks = 1): void {
    this.checks[invariant] += checks;
  }

  fail(invariant: Invariant, where: string, what: string): void {
    const failures = (this.failures.get(invariant) ?? 0) + 1;
    this.failures.set(invariant, failures);
    if (failures <= keptMax) this.kept.push({ invariant, where, what });
  }

  /** Counts one check and keeps the finding when it does not hold. The text is only made when it is needed. */
  expect(holds: boolean, invariant: Invariant, where: () => string, what: () => string): void {
    this.count(invariant);
    if (!holds) this.fail(invariant, where(), what());
  }

  failed(): Invariant[] {
    return [...this.failures.keys()];
  }

  list(): readonly Finding[] {
    return this.kept;
  }

  /** One line per invariant, then the findings, each invariant's first one first. */
  lines(): string[] {
    const rows = (Object.keys(invariants) as Invariant[]).map((invariant) => {
      const checks = this.checks[invariant];
      const failures = this.failures.get(invariant) ?? 0;
      const verdict = failures > 0 ? `${failures} FAILED` : checks > 0 ? 'ok' : 'nothing to check';
      return `${invariant.padEnd(4)} ${invariants[invariant].padEnd(42)} ${String(checks).padStart(10)} checks  ${verdict}`;
    });
    return [...rows, ...this.kept.map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`)];
  }
}
