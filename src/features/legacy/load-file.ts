/** Load: the tables of a legacy system out of SQL files, into a scratch database. What is no table, row or constraint is skipped. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Scratch, withScratch } from '../../persistence/scratch-database.ts';
import { exitCodes, reasonOf, Trouble } from '../../platform/trouble.ts';
import { type Statement, statementsOf, withoutComments } from './sql-file.ts';

export type Loaded = {
  statements: number;
  /** How a statement that was not run begins -> how many there were. */
  skipped: Record<string, number>;
};

/** `work` is given the URL of a database with what is in the files, in their order; it is dropped afterwards. */
export async function withFiles<Result>(
  serverUrl: string,
  files: string[],
  work: (url: string, loaded: Loaded) => Promise<Result>,
): Promise<Result> {
  const loaded: Loaded = { statements: 0, skipped: {} };
  return withScratch(
    serverUrl,
    async (scratch) => {
      for (const file of files) await load(scratch, file, loaded);
    },
    (url) => work(url, loaded),
  );
}

async function load(scratch: Scratch, file: string, loaded: Loaded): Promise<void> {
  const input = createReadStream(file, { encoding: 'utf8' });
  // Without a listener of its own, a file that cannot be read would end the process.
  const unreadable = new Promise<never>((_, reject) => {
    input.once('error', (error) => {
      reject(
        new Trouble(
          `${file} cannot be read: ${reasonOf(error)}`,
          'Check the name of the file.',
          exitCodes.usage,
        ),
      );
    });
  });
  unreadable.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const next = { next: () => Promise.race([lines.next(), unreadable]) };
  try {
    for await (const statement of statementsOf(next)) await one(scratch, statement, file, loaded);
  } finally {
    input.destroy();
  }
}

const fromStdin = 'Only COPY ... FROM stdin, with its data lines behind it, is read.';
const wanted =
  /^(CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?|CREATE\s+TYPE|CREATE\s+DOMAIN|INSERT\s+INTO|COPY|ALTER\s+TABLE(?:\s+ONLY)?)\s+(?:"?(\w+)"?\s*\.\s*)?"?(\w+)"?/i;

async function one(scratch: Scratch, statement: Statement, file: string, loaded: Loaded): Promise<void> {
  const text = withoutComments(statement.text);
  const how = decide(text);
  if (how === 'no_schema') {
    throw at(
      file,
      statement,
      'the table has no schema before its name',
      'Write ticketing.orders, not orders.',
    );
  }
  // A file on the server, or a program there: what is imported is in this file.
  if (/^COPY\b/i.test(text) && !statement.rows)
    throw at(file, statement, 'this COPY brings no data', fromStdin);
  if (how === 'skip') {
    const begins = text.split(/\s+/, 2).join(' ').toUpperCase();
    loaded.skipped[begins] = (loaded.skipped[begins] ?? 0) + 1;
    return;
  }
  try {
    if (statement.rows) await scratch.copy(text, statement.rows);
    else await scratch.run(text);
    loaded.statements += 1;
  } catch (error) {
    if (error instanceof Trouble) throw error;
    // A key to a table that is not in the file, or that its own rows break: the rows are what counts.
    if (how === 'try') loaded.skipped['ADD CONSTRAINT'] = (loaded.skipped['ADD CONSTRAINT'] ?? 0) + 1;
    else
      throw at(
        file,
        statement,
        reasonOf(error),
        'Correct the file, or load it yourself and give the URL of that database.',
      );
  }
}

function decide(text: string): 'run' | 'try' | 'skip' | 'no_schema' {
  if (/^CREATE\s+SCHEMA\s+(IF\s+NOT\s+EXISTS\s+)?"?(events|ticketing)"?\s*$/i.test(text)) return 'run';
  const found = wanted.exec(text);
  if (!found) return 'skip';
  const [, verb = '', schema] = found;
  if (schema === undefined) return 'no_schema';
  const ours = /^(events|ticketing)$/i.test(schema);
  if (/^CREATE\s+(TYPE|DOMAIN)/i.test(verb)) return ours || /^public$/i.test(schema) ? 'try' : 'skip';
  if (!ours) return 'skip';
  if (/^ALTER/i.test(verb)) return /\bADD\s+CONSTRAINT\b/i.test(text) ? 'try' : 'skip';
  return 'run';
}

function at(file: string, { line }: Statement, what: string, fix: string): Trouble {
  return new Trouble(`${file}, the statement at line ${line}: ${what}`, fix, exitCodes.usage);
}
