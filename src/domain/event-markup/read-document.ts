/** All events of a document that is JSON-LD already: what is to be made of each, and everything there is to say about it. */
import { indexOf } from './document.ts';
import { findEvents } from './find-events.ts';
import { type Finding, findings } from './finding.ts';
import { type EventRead, readEvent } from './read-event.ts';
import { languagesOf, type ReadOptions } from './reader.ts';
import type { Spot } from './spot.ts';
import type { Tools } from './text.ts';

export type Root = {
  value: unknown /** From 1 for the scripts of a page, 0 for a document that is JSON itself. */;
  script: number;
};

export type Entry = EventRead & {
  script: number;
  pointer: string;
  findings: Finding[];
};

export type DocumentRead = {
  events: Entry[];
  /** About the document and no event of it. */
  findings: Finding[];
};

export function readDocument(
  roots: Root[],
  given: { options: ReadOptions; tools: Tools; now: number },
): DocumentRead {
  const { options, tools, now } = given;
  const about = findings();
  const spots: Spot[] = roots.map((root) => ({ ...root, pointer: '' }));
  const index = indexOf(spots, about);
  if (!index) return { events: [], findings: about.list };
  const found = findEvents(spots, index, about);
  if (found.length === 0 && about.list.length === 0) {
    about.error({ script: 0, pointer: '' }, 'no event of schema.org');
  }
  const refs = new Map<string, string>();
  const events = found.map((each): Entry => {
    const report = findings();
    const languages = languagesOf(options, each.event);
    const read = readEvent({ options, tools, index, report, languages, now }, each);
    const { script, pointer } = each.event;
    const ref = read.plan?.ref;
    const before = ref === undefined ? undefined : refs.get(ref);
    if (ref !== undefined && before !== undefined) {
      report.warn(each.event, `the same event as ${before}: imported once`);
      return { ...read, plan: undefined, script, pointer, findings: report.list };
    }
    if (ref !== undefined) refs.set(ref, `${script > 0 ? `script ${script} ` : ''}${pointer || '/'}`);
    return { ...read, script, pointer, findings: report.list };
  });
  return { events, findings: about.list };
}
