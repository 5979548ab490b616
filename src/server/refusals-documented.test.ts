import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusalCodes, refusals } from '../domain/refusals.ts';

test('docs/problems.md has a section per refusal, in order, with its status and title', () => {
  const text = readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  expect(sections.map((section) => section.slice(0, section.indexOf('\n')))).toEqual(refusalCodes);
  for (const [index, code] of refusalCodes.entries()) {
    const { status, title, retryable } = refusals[code];
    expect(sections[index]).toContain(`\n${status}, ${retryable ? 'may pass' : 'stays'}. ${title}.\n`);
    expect(sections[index]).toContain('**What to do.**');
  }
});
