/**
 * One file that outlives the process: a line of JSON per object that is new or has changed, the last one counts. When the file is
 * opened it is written anew with one line per object, beside the old one and then in its place. A torn last line, which a
 * crash in the middle of a write leaves, is left out.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Row, Table } from './core/table.ts';
import type { World } from './core/world.ts';
import type { Idempotency, KeptResult } from './http/idempotency.ts';

type Line = { table: string; row: Row } | { result: KeptResult };

export class Keeper {
  readonly #file: string;
  readonly #dirty = new Map<string, Line>();
  #descriptor: number | undefined;
  #scheduled = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Fills the world with what the file has, and keeps from then on what changes. */
  open(world: World, idempotency: Idempotency): void {
    const tables = tablesOf(world);
    const last = new Map<string, Line>();
    for (const line of this.#read()) last.set(nameOf(line), line);
    for (const line of last.values()) {
      if ('result' in line) idempotency.restore(line.result);
      else tables.get(line.table)?.put(line.row);
    }
    const fresh = `${this.#file}.new`;
    const descriptor = openSync(fresh, 'w');
    for (const table of tables.values()) {
      for (const row of table.all()) writeSync(descriptor, textOf({ table: table.name, row }));
    }
    for (const result of idempotency.all(world.agenda.now())) writeSync(descriptor, textOf({ result }));
    fsyncSync(descriptor);
    renameSync(fresh, this.#file);
    this.#descriptor = descriptor;
    for (const table of tables.values()) {
      table.onChange = (name, row) => this.#note({ table: name, row });
    }
    idempotency.onKeep = (result) => this.#note({ result });
  }

  /** Writes what has changed. Without `fsync`: it outlives the process, though perhaps not the machine. */
  save(): void {
    if (this.#descriptor === undefined || this.#dirty.size === 0) return;
    let text = '';
    for (const line of this.#dirty.values()) text += textOf(line);
    this.#dirty.clear();
    writeSync(this.#descriptor, text);
  }

  close(): void {
    this.save();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #note(line: Line): void {
    this.#dirty.set(nameOf(line), line);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // For what happens by the clock, when nobody waits for an answer.
    setImmediate(() => {
      this.#scheduled = false;
      this.save();
    });
  }

  #read(): Line[] {
    if (!existsSync(this.#file)) return [];
    const texts = readFileSync(this.#file, 'utf8').split('\n');
    // What follows the last line break is nothing, or torn: what it said was never answered to anybody.
    texts.pop();
    return texts.map((text, index) => {
      try {
        return JSON.parse(text) as Line;
      } catch {
        throw new Error(
          `${this.#file}:${index + 1} is no line of a sandbox's data file; move it away to begin anew`,
        );
      }
    });
  }
}

function nameOf(line: Line): string {
  return 'result' in line ? `key ${line.result.key}` : `${line.table} ${line.row.id}`;
}

function textOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

/** Endpoints are not kept: whoever starts the sandbox says where webhooks go. */
function tablesOf(world: World): Map<string, Table<Row>> {
  const { sessions, lines, intents, methods, charges, refunds, disputes, balance, events } = world;
  const all = [sessions, lines, intents, methods, charges, refunds, disputes, balance, events];
  return new Map(all.map((table) => [table.name, table as unknown as Table<Row>]));
}
