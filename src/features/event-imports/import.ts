/**
 * Import: makes the events of one document, each once. What an event is called in the document finds it when the document comes
 * again; then nothing is changed. A document with an error makes nothing, unless its other events are asked for.
 */

import type { Finding } from '../../domain/event-markup/finding.ts';
import { derivedUuid, type EventId, type OpId, readId, showId } from '../../domain/ids.ts';
import { isRefusal } from '../../domain/refusals.ts';
import type { Database } from '../../persistence/database.ts';
import {
  eventByRef,
  importedById,
  isTaken,
  type KnownEvent,
} from '../../persistence/queries/event-imports.ts';
import type { Ctx } from '../context.ts';
import { type CreateInput, create } from '../events/create.ts';
import { publish } from '../events/publish.ts';
import { type Checked, shownInput } from './own-format.ts';
import type { DocumentChecked } from './read.ts';

export type ImportOptions = { publish: boolean; skipInvalid: boolean };

export type Outcome = {
  name: string;
  ref: string | null;
  /** `evt_...`, once there is one. */
  id: string | null;
  /** `to_create` is a dry run's `created`. */
  state: 'created' | 'exists' | 'to_create' | 'invalid' | 'left_out';
  /** On sale when this import was done. */
  published: boolean;
  script: number;
  pointer: string;
  /** What was or would be made. */
  event: ReturnType<typeof shownInput> | null;
};

export type Imported = {
  outcomes: Outcome[];
  findings: Finding[];
  errors: number;
  /** Events that were made and could not be published. */
  failed: number;
};

/** Errors first stop the whole document; `skipInvalid` lets the events without one through. */
export async function importDocument(
  ctx: Ctx,
  document: DocumentChecked,
  options: ImportOptions,
): Promise<Imported> {
  return each(document, options, async (entry, plan, say) => {
    const { known, made } = await findOrCreate(ctx, plan);
    if (!made) movedAway(known, plan.input, say);
    const open = known.open || (options.publish && !entry.postponed && (await opened(ctx, known.event, say)));
    return { known, state: made ? 'created' : 'exists', published: open };
  });
}

/** The same without writing anything. Without a database nothing is known yet. */
export async function dryRun(
  db: Database | undefined,
  document: DocumentChecked,
  options: ImportOptions,
): Promise<Imported> {
  return each(document, options, async (_, plan, say) => {
    const known = db && (await find(db, plan.ref));
    if (known) movedAway(known, plan.input, say);
    return { known, state: known ? 'exists' : 'to_create', published: known?.open ?? false };
  });
}

type Plan = NonNullable<Checked['plan']>;
type Say = (text: string, level?: Finding['level']) => void;
type Done = { known: KnownEvent | undefined; state: Outcome['state']; published: boolean };

async function each(
  document: DocumentChecked,
  { skipInvalid }: ImportOptions,
  work: (entry: Checked, plan: Plan, say: Say) => Promise<Done>,
): Promise<Imported> {
  const findings = [...document.findings, ...document.events.flatMap((event) => event.findings)];
  const stop = findings.some(({ level }) => level === 'error') && !skipInvalid;
  const outcomes: Outcome[] = [];
  let failed = 0;
  for (const entry of document.events) {
    const { name, script, pointer, plan } = entry;
    const about = {
      name,
      script,
      pointer,
      ref: plan?.ref ?? null,
      event: plan ? shownInput(plan.ref, plan.input) : null,
    };
    const wrong = entry.findings.some(({ level }) => level === 'error');
    if (!plan || wrong || stop) {
      outcomes.push({ ...about, id: null, state: wrong ? 'invalid' : 'left_out', published: false });
      continue;
    }
    const say: Say = (text, level = 'warning') => {
      findings.push({ level, script, pointer, text });
      if (level === 'error') failed++;
    };
    const { known, state, published } = await work(entry, plan, say);
    outcomes.push({ ...about, id: known ? showId('event', known.event) : null, state, published });
  }
  return { outcomes, findings, errors: findings.filter(({ level }) => level === 'error').length, failed };
}

const idRef = 'urn:holdfast:';

/** What an event is called that was made here: its own id. */
export function refOfId(event: EventId): string {
  return idRef + showId('event', event);
}

async function find(db: Database, ref: string): Promise<KnownEvent | undefined> {
  const id = ref.startsWith(idRef) ? readId('event', ref.slice(idRef.length)) : undefined;
  const own = id === undefined ? undefined : await importedById(db, id as EventId);
  return own ?? eventByRef(db, ref);
}

async function findOrCreate(ctx: Ctx, { ref, input }: Plan): Promise<{ known: KnownEvent; made: boolean }> {
  const before = await find(ctx.db, ref);
  if (before) return { known: before, made: false };
  const op = derivedUuid('0000000000008000', 'import', ref) as OpId;
  try {
    const { record, made } = await create(ctx, input, op, ctx.clock.now(), ref);
    const { event, name, startsAt } = record;
    return { known: { event, name, startsAt, open: false }, made };
  } catch (error) {
    // Another import of the same document was a moment faster.
    const faster = isTaken(error) ? await find(ctx.db, ref) : undefined;
    if (!faster) throw error;
    return { known: faster, made: false };
  }
}

/** An event that is there is never changed; that the document says something else is told. */
function movedAway(known: KnownEvent, input: CreateInput, say: Say): void {
  if (known.startsAt === input.startsAt && known.name === input.name) return;
  say(
    `is there as ${showId('event', known.event)} ("${known.name}", ${new Date(known.startsAt).toISOString()}) and differs: nothing is changed`,
  );
}

async function opened(ctx: Ctx, event: EventId, say: Say): Promise<boolean> {
  const outcome = await publish(ctx, event);
  if (!isRefusal(outcome)) return true;
  say(`could not be published: ${outcome.status}`, 'error');
  return false;
}
