/**
 * What must come out of each document under test/fixtures/schema-org, the shapes in which pages carry their events: the table
 * test/fixtures/schema-org.txt has a file and options in each head line, and below it what was read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { show } from '../../../test/support/shown-document.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import { readBytes } from './read.ts';

const fixtures = new URL('../../../test/fixtures/', import.meta.url);
const folder = new URL('schema-org/', fixtures);
const now = Date.parse('2029-01-01T00:00:00Z');

const rows = readFileSync(new URL('schema-org.txt', fixtures), 'utf8')
  .trim()
  .split('\n\n')
  .map((block) => {
    const [head = '', ...lines] = block.split('\n');
    const [file = '', options = '{}'] = head.split(/ (.*)/);
    return {
      head,
      file,
      options: JSON.parse(options) as ReadOptions,
      lines: lines.map((line) => line.trim()),
    };
  });

test.each(rows)('$head', ({ file, options, lines }) => {
  expect(show(readBytes(readFileSync(new URL(file, folder)), options, now))).toEqual(lines);
});

test('every document has a row, and there are at least 30', () => {
  const files = readdirSync(folder);
  expect(files.filter((file) => !rows.some((row) => row.file === file))).toEqual([]);
  expect(files.length).toBeGreaterThanOrEqual(30);
});
