import { fileURLToPath } from 'node:url';
import pg from 'pg';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';

/** Table -> the lines `column` or `column null`, as schema.ts has them. */
function columnsOfTypes(): Record<string, string[]> {
  const file = fileURLToPath(new URL('schema.ts', import.meta.url));
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source)?.exports?.get('Rows' as ts.__String);
  if (!source || !symbol) throw new Error('the type Rows was not found');
  const columnsOf = (type: ts.Type) =>
    type.getProperties().map((column) => {
      const held = checker.getTypeOfSymbolAtLocation(column, source);
      const nullable = held.isUnion() && held.types.some((part) => part.flags & ts.TypeFlags.Null);
      return column.name + (nullable ? ' null' : '');
    });
  const tables = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  return Object.fromEntries(
    tables.map((table) => [table.name, columnsOf(checker.getTypeOfSymbolAtLocation(table, source)).sort()]),
  );
}

test('schema.ts has the tables and columns of the database, and knows which of them may be null', async () => {
  const client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT format('%s.%s', n.nspname, c.relname) AS name,
       array_agg(a.attname || CASE WHEN a.attnotnull THEN '' ELSE ' null' END) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE n.nspname IN ('events', 'ticketing') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY n.nspname, c.relname`,
  );
  await client.end();
  const tables = rows.map((row): [string, string[]] => [row.name, row.columns.map(String).sort()]);
  expect(columnsOfTypes()).toEqual(Object.fromEntries(tables));
}, 60_000);
