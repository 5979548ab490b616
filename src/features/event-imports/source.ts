/** From the bytes of a file to the JSON in it: text of a known encoding, a page or JSON, ours or schema.org's. */

import { type Findings, findings, type Place } from '../../domain/event-markup/finding.ts';
import type { Root } from '../../domain/event-markup/read-document.ts';
import { type Loose, parseLoose } from './loose-json.ts';
import { scriptsOf } from './page.ts';
import { unescaped } from './plain-text.ts';

export type Source = { roots: Root[]; report: Findings };

/** A page of a calendar with a year of shows has about 1 MB; this leaves room, and 100 MB are refused unread. */
export const fileBytesMax = 16 * 1024 * 1024;

const whole = { script: 0, pointer: '' };

export function sourceOf(bytes: Uint8Array): Source {
  const report = findings();
  const text = decoded(bytes);
  if (text === undefined) report.error(whole, 'the file is not UTF-8');
  else if (text.trim() === '') report.error(whole, 'the file is empty');
  else if (text.trimStart().startsWith('<')) return { roots: rootsOfPage(text, report), report };
  else {
    const parsed = parseLoose(text);
    if (parsed.status === 'json') {
      if (parsed.mended) report.warn(whole, mendedText);
      return { roots: [{ value: parsed.value, script: 0 }], report };
    }
    const wrong = wrongIn(parsed, 0);
    report.error(wrong.at, wrong.says);
  }
  return { roots: [], report };
}

type Wrong = { at: Place; says: string };

function wrongIn(parsed: Exclude<Loose, { status: 'json' }>, script: number): Wrong {
  if (parsed.status === 'broken') return { at: { script, pointer: '' }, says: `not JSON: ${parsed.reason}` };
  const says = 'stands twice in its object, and which of the two counts is not said';
  return { at: { script, pointer: parsed.pointer }, says };
}

const mendedText = 'the JSON has raw line breaks in texts or commas too many, which were put right';

function rootsOfPage(html: string, report: Findings): Root[] {
  const scripts = scriptsOf(html);
  if (scripts.length === 0) report.error(whole, 'the page has no <script type="application/ld+json">');
  return scripts.flatMap((text, index): Root[] => {
    if (text.trim() === '') return [];
    let parsed = parseLoose(text);
    // Some editors of pages escape the quotes in scripts too.
    if (parsed.status === 'broken' && text.includes('&quot;')) parsed = parseLoose(unescaped(text));
    if (parsed.status === 'json') {
      if (parsed.mended) report.warn({ script: index + 1, pointer: '' }, mendedText);
      return [{ value: parsed.value, script: index + 1 }];
    }
    const wrong = wrongIn(parsed, index + 1);
    // A page has scripts about its breadcrumbs too, and those are nobody's tickets.
    if (/Event|Festival|Hackathon|CourseInstance/.test(text)) report.error(wrong.at, wrong.says);
    else report.warn(wrong.at, `${wrong.says}; it says nothing of events and is passed over`);
    return [];
  });
}

/** UTF-8, or what a byte order mark or a page's own charset says. Undefined when the bytes are not that. */
function decoded(bytes: Uint8Array): string | undefined {
  const label = bomOf(bytes) ?? charsetOf(bytes) ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function bomOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** As HTML asks for: what a `<meta>` within the first 1,024 bytes says. */
function charsetOf(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1_024));
  if (!head.trimStart().startsWith('<')) return undefined;
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
}
