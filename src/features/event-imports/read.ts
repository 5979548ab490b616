/** Read: a file's bytes into events that could be made, and everything there is to say about them. Nothing is written. */
import type { Finding } from '../../domain/event-markup/finding.ts';
import { step } from '../../domain/event-markup/finding.ts';
import { type Entry, readDocument } from '../../domain/event-markup/read-document.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import { createInput } from '../events/create.ts';
import { type Checked, isOwn, readOwn } from './own-format.ts';
import { tools } from './plain-text.ts';
import { sourceOf } from './source.ts';

export type DocumentChecked = { events: Checked[]; findings: Finding[] };

/** `now`: Unix ms. */
export function readBytes(bytes: Uint8Array, options: ReadOptions, now: number): DocumentChecked {
  const { roots, report } = sourceOf(bytes);
  const [only] = roots;
  if (only && isOwn(only.value)) {
    const own = readOwn(only.value);
    return { events: own.events, findings: [...report.list, ...own.findings] };
  }
  // What is no JSON has been told; that it has no events either would be no news.
  if (roots.length === 0) return { events: [], findings: report.list };
  const read = readDocument(roots, { options, tools, now });
  return { events: read.events.map(checked), findings: [...report.list, ...read.findings] };
}

/** The last word is the one that an organizer's request gets too. */
function checked(entry: Entry): Checked {
  const { plan, ...about } = entry;
  if (!plan) return { ...about, plan: undefined };
  const { ref, ...input } = plan;
  const parsed = createInput.safeParse(input);
  if (parsed.success) return { ...about, plan: { ref, input: parsed.data } };
  const { script, pointer } = entry;
  const errors = parsed.error.issues.map(({ path, message }): Finding => {
    const inner = path.reduce<string>((so, key) => step(so, String(key)), '');
    return { level: 'error', script, pointer, text: `${inner} ${message}` };
  });
  return { ...about, plan: undefined, findings: [...about.findings, ...errors] };
}
