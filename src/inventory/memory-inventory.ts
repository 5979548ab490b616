/**
 * The executable specification of the inventory: what every command answers and which facts it writes, in Maps and with a
 * clock that the caller turns. `inventory.contract.ts` runs on it and on Redis; the random walks compare the two reply by
 * reply. Where a document and this code differ, one of them has an error.
 */
import type { Fact } from '../domain/facts.ts';
import { Fault } from '../domain/faults.ts';
import type { EventId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Inventory } from './inventory.ts';
import { confirm } from './memory/confirm.ts';
import { reclaimDue } from './memory/ends.ts';
import { extend } from './memory/extend.ts';
import { freeze } from './memory/freeze.ts';
import { giveBack } from './memory/give-back.ts';
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
import { audit, find, snapshot } from './memory/views.ts';
import { withhold } from './memory/withhold.ts';

export type MemoryInventory = Inventory & {
  /** The event's facts from version 1, in order. */
  facts(event: EventId): Fact[];
};

type Decide<Cmd, Answer> = (state: EventState, cmd: Cmd, now: number) => Answer;

/** `now` gives Unix ms. */
export function memoryInventory({ now }: { now: () => number }): MemoryInventory {
  const events = new Map<EventId, EventState>();

  /** A retired event has one answer; one that is not here was never opened, or lost: a fault, as in Redis. */
  const runs =
    <Cmd extends { event: EventId }, Answer>(decide: Decide<Cmd, Answer>) =>
    async (cmd: Cmd): Promise<Answer | Refusal<'event_retired'>> => {
      const state = events.get(cmd.event);
      if (state === undefined) throw new Fault('fenced', `no event ${cmd.event} is open`);
      return state.retired ? { status: 'event_retired' } : decide(state, cmd, now());
    };

  /** What is due ends first, so that nothing below ever sees a due hold. */
  const afterReclaim =
    <Cmd, Answer>(decide: Decide<Cmd, Answer>): Decide<Cmd, Answer> =>
    (state, cmd, at) => {
      reclaimDue(state, at);
      return decide(state, cmd, at);
    };

  return {
    async open(cmd) {
      const state = events.get(cmd.event) ?? newEvent(cmd.event, { ...cmd.sale });
      if (state.retired) return { status: 'event_retired' };
      const answer = open(state, cmd, now());
      if (answer.status === 'opened') events.set(cmd.event, state);
      return answer;
    },
    reserve: runs(afterReclaim(reserve)),
    extend: runs(afterReclaim(extend)),
    pin: runs(afterReclaim(pin)),
    release: runs(afterReclaim(release)),
    confirm: runs(afterReclaim(confirm)),
    giveBack: runs(afterReclaim(giveBack)),
    resize: runs(afterReclaim(resize)),
    reprice: runs(afterReclaim(reprice)),
    withhold: runs(afterReclaim(withhold)),
    setSale: runs(afterReclaim(setSale)),
    freeze: runs(afterReclaim(freeze)),
    retire: runs(afterReclaim(retire)),
    reclaim: runs(reclaim),
    find: runs(afterReclaim(find)),
    snapshot: runs(afterReclaim(snapshot)),
    audit: runs(audit),
    facts: (event) => [...(events.get(event)?.facts ?? [])],
  };
}
