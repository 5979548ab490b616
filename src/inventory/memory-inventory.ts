/**
 * The executable specification of the inventory: what every command answers and which facts it writes, in Maps and with a
 * clock that the caller turns. `inventory.contract.ts` runs on it and on Redis; the random walks compare the two reply by
 * reply. Where a document and this code differ, one of them has an error.
 */
import type { Fact } from '../domain/facts.ts';
import { Fault } from '../domain/faults.ts';
import type { EventId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Inventory, Operation } from './inventory.ts';
import { confirm } from './memory/confirm.ts';
import { reclaimDue } from './memory/ends.ts';
import { extend } from './memory/extend.ts';
import { freeze } from './memory/freeze.ts';
import { giveBack } from './memory/give-back.ts';
import { grant } from './memory/grant.ts';
import { type OperationRecord, replay } from './memory/memory-of-ends.ts';
import { open } from './memory/open.ts';
import { pin } from './memory/pin.ts';
import { reclaim } from './memory/reclaim.ts';
import { release } from './memory/release.ts';
import { reprice } from './memory/reprice.ts';
import { reserve } from './memory/reserve.ts';
import { resize } from './memory/resize.ts';
import { retire } from './memory/retire.ts';
import { setSale } from './memory/set-sale.ts';
import { type EventState, newEvent } from './memory/state.ts';
import { audit, find, snapshot, voided } from './memory/views.ts';
import { withhold } from './memory/withhold.ts';
import { ticketsOf } from './records.ts';

export type MemoryInventory = Inventory & {
  /** The event's facts from version 1, in order. */
  facts(event: EventId): Fact[];
};

type Decide<Cmd, Answer> = (state: EventState, cmd: Cmd, now: number) => Answer;
type Target = { event: EventId };

/** `now` gives Unix ms. */
export function memoryInventory({ now }: { now: () => number }): MemoryInventory {
  const events = new Map<EventId, EventState>();

  /** An event that is not here was never opened, or lost: a fault, as in Redis. */
  const eventOf = ({ event }: Target): EventState => {
    const state = events.get(event);
    if (state === undefined) throw new Fault('fenced', `no event ${event} is open`);
    return state;
  };

  const looks =
    <Cmd extends Target, Answer>(decide: Decide<Cmd, Answer>) =>
    async (cmd: Cmd): Promise<Answer | Refusal<'event_retired'>> => {
      const state = eventOf(cmd);
      return state.retired ? { status: 'event_retired' } : decide(state, cmd, now());
    };

  /** What is due ends first, so that nothing below ever sees a due hold. */
  const acts = <Cmd extends Target, Answer>(decide: Decide<Cmd, Answer>) =>
    looks((state, cmd: Cmd, at) => {
      reclaimDue(state, at);
      return decide(state, cmd, at);
    });

  /** Before anything else the operation's first answer, if it has one: even a retired event gives that. */
  const operates =
    <Cmd extends Operation, Answer, Kind extends OperationRecord['status']>(
      kinds: Kind[],
      decide: Decide<Cmd, Answer>,
    ) =>
    async (cmd: Cmd) =>
      replay(eventOf(cmd), cmd.op, now(), ...kinds) ?? acts(decide)(cmd);

  return {
    async open(cmd) {
      const state = events.get(cmd.event) ?? newEvent(cmd.event, { ...cmd.sale });
      const answer = open(state, cmd, now());
      if (answer.status === 'opened') events.set(cmd.event, state);
      return answer;
    },
    reserve: acts(reserve),
    grant: acts(grant),
    extend: acts(extend),
    pin: acts(pin),
    release: acts(release),
    confirm: acts(confirm),
    async giveBack(cmd) {
      if (ticketsOf(cmd) === undefined) return { status: 'input_invalid' };
      return operates(['returned'], giveBack)(cmd);
    },
    resize: operates(['resized'], resize),
    reprice: operates(['repriced'], reprice),
    withhold: operates(['withheld'], withhold),
    setSale: operates(['sale_set'], setSale),
    freeze: operates(['frozen', 'thawed'], freeze),
    retire: operates(['retired'], retire),
    reclaim: looks(reclaim),
    voided: looks(voided),
    find: acts(find),
    snapshot: acts(snapshot),
    audit: looks(audit),
    facts: (event) => [...(events.get(event)?.facts ?? [])],
  };
}
