/** Writes a run made by hand as the files of a run, with rows and hashes that fit its facts. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { event, type Json, type Run } from './healthy.ts';

const sha = (...parts: (Buffer | string)[]) =>
  parts
    .reduce<ReturnType<typeof createHash>>((digest, part) => digest.update(part), createHash('sha256'))
    .digest();

function merkle(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  // The largest power of two below the number of leaves splits them as pairing level by level does.
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha(Buffer.of(1), merkle(leaves.slice(0, left)), merkle(leaves.slice(left)));
}

/** Rows, commits and head of whatever the facts say by now: a damaged fact gets hashes that fit. */
export function seal(run: Run): void {
  run.tables['journal'] ??= run.facts.map(({ epoch, entry, position, fact }) => ({
    ...{
      event,
      version: fact['version'],
      at: fact['at'],
      partition: 3,
      epoch,
      entry,
      position,
      kind: fact['kind'],
    },
    ...{
      hold: fact['hold'] ?? null,
      order: fact['order'] ?? null,
      op: fact['op'] ?? null,
      body: JSON.stringify(fact),
    },
  }));
  const bodies = run.tables['journal'].map(({ body }) => String(body));
  let chain = Buffer.alloc(32);
  const commits: Json[] = [];
  for (let at = 0; at < bodies.length; at += run.commitSize) {
    const some = bodies.slice(at, at + run.commitSize);
    const [first, last] = [at + 1, at + some.length];
    const root = merkle(some.map((body) => sha(Buffer.of(0), body)));
    chain = sha(chain, root, `${event} ${first} ${last}`) as Buffer<ArrayBuffer>;
    commits.push({ event, first, last, root: root.toString('hex'), chain: chain.toString('hex') });
  }
  run.tables['commits'] ??= commits;
  const version = bodies.length;
  run.tables['heads'] ??= [
    { event, version, chain: chain.toString('hex'), projected: version, frozen: null },
  ];
}

export function write(run: Run, dir: string): void {
  seal(run);
  mkdirSync(join(dir, 'postgres'), { recursive: true });
  const file = (name: string, rows: Json[]) =>
    writeFileSync(join(dir, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  file('ops', run.ops);
  file('faults', run.faults);
  file('redis', run.redis);
  if (run.provider) writeFileSync(join(dir, 'stripe.json'), JSON.stringify(run.provider));
  for (const [name, rows] of Object.entries(run.tables)) file(join('postgres', name), rows);
}
