/** Reads JSON Lines in pieces: a run's files are larger than what one wants in memory as objects. */
import { createReadStream } from 'node:fs';

export class BadLine extends Error {}

/** Lines that are not empty, in order. A last line without its newline is read too. */
async function* textLines(path: string): AsyncGenerator<string[]> {
  let rest = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') yield [rest];
}

/**
 * Hands each line to `take` as an object. What its members are is for the reader to judge, so Row's members should be
 * optional wherever a damaged file could lack them. A call and not a generator: a promise per line costs more than its JSON.
 *
 * @throws BadLine with file and line number when a line is not a JSON object
 */
export async function readLines<Row>(path: string, take: (row: Row) => void): Promise<void> {
  let number = 0;
  for await (const lines of textLines(path)) {
    for (const line of lines) {
      number += 1;
      if (line === '') continue;
      const row = parsed(line);
      if (typeof row !== 'object' || row === null) throw new BadLine(`${path}:${number}: not a JSON object`);
      take(row as Row);
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
