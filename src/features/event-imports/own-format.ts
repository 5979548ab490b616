/** Our own JSON: exactly what an organizer can say of an event, and nothing more. The version changes when its meaning does. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { eventsMax } from '../../domain/event-markup/find-events.ts';
import { findings, step } from '../../domain/event-markup/finding.ts';
import { refMax } from '../../domain/event-markup/identity.ts';
import type { DocumentRead, Entry } from '../../domain/event-markup/read-document.ts';
import { isNode } from '../../domain/event-markup/spot.ts';
import { localText } from '../../domain/zone.ts';
import { type CreateInput, createInput } from '../events/create.ts';
import { anyText } from '../input.ts';

export const format = 'holdfast.events';
export const version = 1;

/** An entry of either format, checked by the same rules as an organizer's request. */
export type Checked = Omit<Entry, 'plan'> & { plan: { ref: string; input: CreateInput } | undefined };

const refInput = anyText
  .min(1)
  .max(refMax)
  .refine((text) => !/[\s\p{Cc}]/u.test(text), 'must not contain spaces');

export function isOwn(value: unknown): boolean {
  return isNode(value) && typeof value['format'] === 'string' && value['format'].startsWith('holdfast');
}

/** The whole document; what is wrong with it has pointers into it. */
export function readOwn(value: unknown): Omit<DocumentRead, 'events'> & { events: Checked[] } {
  const about = findings();
  const at = (pointer: string) => ({ script: 0, pointer });
  const document = isNode(value) ? value : {};
  if (document['format'] !== format) about.error(at('/format'), `must be "${format}"`);
  if (document['version'] !== version) {
    about.error(at('/version'), `must be ${version}: this Holdfast knows no other version`);
  }
  for (const key of Object.keys(document)) {
    if (!['$schema', 'format', 'version', 'events'].includes(key))
      about.error(at(step('', key)), 'is not known');
  }
  const given: unknown = document['events'];
  if (!Array.isArray(given)) about.error(at('/events'), 'must be a list of events');
  else if (given.length > eventsMax)
    about.error(at('/events'), `may have ${eventsMax} events, and has ${given.length}`);
  if (about.list.length > 0 || !Array.isArray(given)) return { events: [], findings: about.list };
  return {
    events: unique(given.map((event: unknown, index) => readOne(event, `/events/${index}`))),
    findings: [],
  };
}

function readOne(value: unknown, pointer: string): Checked {
  const report = findings();
  const { ref: given, ...rest } = isNode(value) ? value : {};
  const ref = refInput.optional().safeParse(given);
  const parsed = createInput.safeParse(isNode(value) ? rest : value);
  const issues = [
    ...(ref.error?.issues ?? []).map((issue) => ({ ...issue, path: ['ref'] })),
    ...(parsed.error?.issues ?? []),
  ];
  for (const { path, message } of issues) {
    const inner = path.reduce<string>((so, key) => step(so, String(key)), pointer);
    report.error({ script: 0, pointer: inner }, message);
  }
  const name = isNode(value) && typeof value['name'] === 'string' ? value['name'] : '(no name)';
  const input = parsed.data;
  const plan = ref.success && input ? { ref: ref.data ?? refOf(input), input } : undefined;
  return { plan, name, postponed: false, script: 0, pointer, findings: report.list };
}

/** An event without a ref is known by what nobody would change about it. */
function refOf({ name, venue, startsAt }: CreateInput): string {
  const text = `${name}\n${venue}\n${new Date(startsAt).toISOString()}`;
  return `urn:holdfast:sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function unique(events: Checked[]): Checked[] {
  const seen = new Map<string, string>();
  return events.map((event) => {
    const ref = event.plan?.ref;
    if (ref === undefined) return event;
    const before = seen.get(ref);
    seen.set(ref, before ?? event.pointer);
    if (before === undefined) return event;
    const text = `the same ref as ${before}`;
    const twice = { level: 'error' as const, script: 0, pointer: step(event.pointer, 'ref'), text };
    return { ...event, plan: undefined, findings: [...event.findings, twice] };
  });
}

/** What an organizer asked for, in the words of the format. */
export function shownInput(ref: string, input: CreateInput) {
  const { startsAt, timeZone, sale, name, venue, currency, pools, tiers } = input;
  const { opensAt, closesAt, ...rules } = sale;
  return {
    ref,
    name,
    venue,
    startsAt: localText(startsAt, timeZone),
    timeZone,
    currency,
    sale: {
      ...(opensAt ? { opensAt: localText(opensAt, timeZone) } : undefined),
      ...(closesAt ? { closesAt: localText(closesAt, timeZone) } : undefined),
      ...rules,
    },
    pools,
    tiers,
  };
}

/** The JSON Schema of our format, as docs/import.schema.json has it. */
export function ownSchema() {
  const { $schema, ...event } = z.toJSONSchema(createInput, { io: 'input', target: 'draft-2020-12' });
  return {
    $schema,
    title: 'Events for Holdfast',
    description: 'Times are RFC 3339 with an offset, prices whole minor units of the currency.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      format: { const: format },
      version: { const: version },
      events: {
        type: 'array',
        maxItems: eventsMax,
        items: {
          ...event,
          properties: {
            ref: {
              type: 'string',
              minLength: 1,
              maxLength: refMax,
              description:
                'What the event is called where it comes from, such as an IRI. The same ref is the same event.',
            },
            ...event.properties,
          },
        },
      },
    },
    required: ['format', 'version', 'events'],
    additionalProperties: false,
  };
}
