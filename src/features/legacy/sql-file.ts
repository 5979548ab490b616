/**
 * Statements of an SQL file, as pg_dump writes it, one at a time: line by line, so that a file of any size is read in the memory of its
 * longest statement. Knows quotes, dollar quotes, comments, the data lines of COPY, and that psql's own commands are none.
 *
 * States: between statements, in one, in one of its quotes or comments, in the data of a COPY.
 */
import { exitCodes, Trouble } from '../../platform/trouble.ts';

export type Statement = {
  text: string;
  /** Of the file, where it begins, from 1. */
  line: number;
  /** Of a COPY ... FROM stdin: its data lines. They must be read to their end before the next statement. */
  rows?: AsyncGenerator<string>;
};

const statementMax = 64 * 1024 * 1024;
/** What can begin or end a quote or a comment, or end the statement. */
const marks = /'|"|--|\/\*|;|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/g;

export async function* statementsOf(lines: AsyncIterator<string>): AsyncGenerator<Statement> {
  let text = '';
  let begins = 0;
  let number = 0;
  /** What ends the quote we are in; '' outside of any. `\'` is one that knows backslashes. */
  let until = '';
  let depth = 0;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) break;
    let line: string = number === 0 ? value.replace(/^\uFEFF/, '') : value;
    number += 1;
    if (text === '' && line.startsWith('\\')) {
      psql(line, number);
      continue;
    }
    if (text.trim() === '') begins = number;
    for (;;) {
      const cut = endOf(line);
      if (cut === -1) break;
      const whole = text + line.slice(0, cut);
      line = line.slice(cut + 1);
      text = '';
      if (whole.trim() === '') continue;
      if (!/\bFROM\s+stdin\b/i.test(withoutComments(whole)) || !/^COPY\b/i.test(withoutComments(whole))) {
        yield { text: whole, line: begins };
        begins = number;
        continue;
      }
      let ended = false;
      const rows = data(lines, (read) => {
        number += read;
        ended = true;
      });
      yield { text: whole, line: begins, rows };
      // Whoever did not want the rows has left them.
      if (!ended) for await (const _row of rows);
      line = '';
    }
    text += text === '' && line.trim() === '' ? '' : `${line}\n`;
    if (text.length > statementMax) {
      throw new Trouble(
        `the statement at line ${begins} is longer than 64 MB`,
        'Is this an SQL file?',
        exitCodes.usage,
      );
    }
  }
  if (withoutComments(text).trim() !== '') {
    throw new Trouble(
      `the file ends within the statement that begins at line ${begins}`,
      'The file was cut off: write it again.',
      exitCodes.usage,
    );
  }

  /** Where the statement ends in this line, or -1; quotes go on from line to line. */
  function endOf(line: string): number {
    let at = 0;
    while (at < line.length) {
      if (until !== '') {
        at = closed(line, at);
        continue;
      }
      marks.lastIndex = at;
      const mark = marks.exec(line);
      if (!mark) return -1;
      at = mark.index + mark[0].length;
      if (mark[0] === ';') return mark.index;
      if (mark[0] === '--') return -1;
      if (mark[0] === '/*') {
        until = '*/';
        depth = 1;
      } else if (mark[0] === "'" && /(^|[^\w$])[eE]$/.test(line.slice(0, mark.index))) until = "\\'";
      else until = mark[0];
    }
    return -1;
  }

  /** Behind the end of the quote or comment we are in, or the end of the line. */
  function closed(line: string, from: number): number {
    if (until === '*/') {
      for (const mark of line.slice(from).matchAll(/\/\*|\*\//g)) {
        depth += mark[0] === '/*' ? 1 : -1;
        if (depth > 0) continue;
        until = '';
        return from + mark.index + 2;
      }
      return line.length;
    }
    if (until === "\\'") {
      for (let at = from; at < line.length; at++) {
        if (line[at] === '\\') at += 1;
        else if (line[at] === "'") {
          until = '';
          return at + 1;
        }
      }
      return line.length;
    }
    const at = line.indexOf(until, from);
    if (at === -1) return line.length;
    const behind = at + until.length;
    until = '';
    return behind;
  }
}

async function* data(lines: AsyncIterator<string>, ended: (lines: number) => void): AsyncGenerator<string> {
  for (let read = 1; ; read++) {
    const { value, done } = await lines.next();
    if (done) {
      throw new Trouble(
        'the file ends within the data of a COPY',
        'The file was cut off: write it again.',
        exitCodes.usage,
      );
    }
    if (value === '\\.') return ended(read);
    yield value;
  }
}

/** pg_dump writes two of psql's commands, which say nothing here; what another one would do is not done. */
function psql(line: string, number: number): void {
  if (/^\\(un)?restrict\b/.test(line)) return;
  throw new Trouble(
    `line ${number} is a command of psql: ${line.slice(0, 60)}`,
    'Write the file with pg_dump --format=plain and without --create.',
    exitCodes.usage,
  );
}

/** For looking at how a statement begins; comments inside of quotes do not matter for that. */
export function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
}
