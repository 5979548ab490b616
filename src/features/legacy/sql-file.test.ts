import { describe, expect, test } from 'vitest';
import { statementsOf } from './sql-file.ts';

async function* lines(text: string) {
  yield* text.split('\n');
}

/** `[line, statement]`, and `[line, statement, rows]` of a COPY. */
async function read(text: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { text: statement, line, rows } of statementsOf(lines(text))) {
    if (!rows) found.push([line, statement.trim()]);
    else {
      const data: string[] = [];
      for await (const row of rows) data.push(row);
      found.push([line, statement.trim(), data]);
    }
  }
  return found;
}

describe('an SQL file is cut where its statements end, and nowhere else', () => {
  test.each([
    [
      'one a line',
      'A;\nB;',
      [
        [1, 'A'],
        [2, 'B'],
      ],
    ],
    [
      'two in a line',
      'A; B;',
      [
        [1, 'A'],
        [1, 'B'],
      ],
    ],
    ['over lines', '\nA\n  B;\n', [[2, 'A\n  B']]],
    ['in a text', "A ';''; ' B;", [[1, "A ';''; ' B"]]],
    ['in a text over lines', "A 'x\n;y' B;", [[1, "A 'x\n;y' B"]]],
    [
      'behind a backslash that means nothing',
      "A '\\'; B;",
      [
        [1, "A '\\'"],
        [1, 'B'],
      ],
    ],
    ['behind a backslash that means something', "A E'\\'; B' C;", [[1, "A E'\\'; B' C"]]],
    [
      'a word that ends in e',
      "SELECT type'\\'; B;",
      [
        [1, "SELECT type'\\'"],
        [1, 'B'],
      ],
    ],
    ['in a name', 'A ";" B;', [[1, 'A ";" B']]],
    ['in a comment', '-- a; b\nA -- ;\n B;', [[1, '-- a; b\nA -- ;\n B']]],
    ['in a comment in a comment', '/* ; /* ; */ ; */ A;', [[1, '/* ; /* ; */ ; */ A']]],
    ['in a body', 'A $$ ; $x$ ; $$ B;', [[1, 'A $$ ; $x$ ; $$ B']]],
    [
      'in a named body',
      'A $x$ ; $$ ;\n $x$ B; C;',
      [
        [1, 'A $x$ ; $$ ;\n $x$ B'],
        [2, 'C'],
      ],
    ],
    [
      'data of a copy',
      "COPY t (a) FROM stdin;\n1;\n'\n\\.\nB;",
      [
        [1, 'COPY t (a) FROM stdin', ['1;', "'"]],
        [5, 'B'],
      ],
    ],
    [
      'no data',
      'COPY t FROM stdin;\n\\.\nB;',
      [
        [1, 'COPY t FROM stdin', []],
        [3, 'B'],
      ],
    ],
    ['what pg_dump says to psql', '\\restrict x\nA;\n\\unrestrict x', [[2, 'A']]],
    ['a byte order mark', '\uFEFFA;', [[1, 'A']]],
  ])('%s', async (_name, text, statements) => {
    expect(await read(text)).toEqual(statements);
  });

  test('rows that nobody wants are passed over, and are no statements', async () => {
    const found: string[] = [];
    for await (const { text } of statementsOf(lines('COPY t FROM stdin;\nDROP;\n\\.\nB;')))
      found.push(text.trim());
    expect(found).toEqual(['COPY t FROM stdin', 'B']);
  });

  test.each([
    ["A 'x;", 'the file ends within the statement that begins at line 1'],
    ['A;\nB', 'the file ends within the statement that begins at line 2'],
    ['COPY t FROM stdin;\n1', 'the file ends within the data of a COPY'],
    ['A;\n\\i other.sql', 'line 2 is a command of psql: \\i other.sql'],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
