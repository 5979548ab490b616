/**
 * Delivers events to the endpoints that want them, in the background.
 *
 * A delivery is `waiting` until an endpoint has answered 2xx (`delivered`), its attempts are used up (`gave_up`), or a fault
 * swallowed it (`dropped`). Attempts that fail are repeated with exponential backoff. At most `concurrencyMax` are
 * under way; the others stand in line in the order they became due.
 */
import { newId } from '../core/ids.ts';
import type { Endpoint, EventRecord, World } from '../core/world.ts';
import type { Hostility } from '../hostile/hostility.ts';
import { groupOf, labelOf } from './group.ts';
import { Poster } from './post.ts';
import { wants } from './routes.ts';

export type Attempt = { at: number; status: number | null; error: string | null };
export type Delivery = {
  id: string;
  event: string;
  type: string;
  endpoint: string;
  url: string;
  /** Of an event that was, or is, delivered to this endpoint already. */
  duplicate: boolean;
  state: 'waiting' | 'delivered' | 'gave_up' | 'dropped';
  attempts: Attempt[];
};

export type DeliveryRules = {
  /** Stripe repeats for three days; here the attempts are counted. */
  attemptsMax: number;
  /** The first repetition comes after `retryBaseMs`, each further one after twice as long, `retryMaxMs` at most. */
  retryBaseMs: number;
  retryMaxMs: number;
  timeoutMs: number;
  concurrencyMax: number;
};

/** Finished deliveries beyond these are forgotten, the oldest first. */
const keptMax = 200_000;

export class Deliverer {
  readonly #world: World;
  readonly #rules: DeliveryRules;
  readonly #hostility: Hostility;
  readonly #poster: Poster;
  readonly #kept = new Map<string, Delivery>();
  readonly #line: Delivery[] = [];
  #lineStart = 0;
  #active = 0;
  #waiting = 0;
  #pumping = false;
  /** Reordered deliveries, by the payment whose next one they wait for. */
  readonly #held = new Map<string, Delivery[]>();
  /** Who waits for the first attempt of an event's deliveries. */
  readonly #firsts = new Map<string, { left: number; done: () => void }>();
  #leftOver: readonly EventRecord[] = [];
  #stopped = false;

  constructor(world: World, rules: DeliveryRules, hostility: Hostility) {
    this.#world = world;
    this.#rules = rules;
    this.#hostility = hostility;
    this.#poster = new Poster(rules.timeoutMs);
  }

  deliveries(): Delivery[] {
    return [...this.#kept.values()];
  }

  /** Neither under way nor waiting for anything. */
  idle(): boolean {
    return this.#waiting === 0;
  }

  /** Makes the event's deliveries; called before the event is stored, so that it says how many there are. */
  take(event: EventRecord): void {
    for (const endpoint of this.#world.endpoints.all()) this.#address(event, endpoint);
  }

  /** What had not been delivered when the server stopped goes to the endpoints that are named from here on. */
  leaveOver(events: readonly EventRecord[]): void {
    for (const event of events) event.pending_webhooks = 0;
    this.#leftOver = events;
  }

  /** Delivers an event once more to whoever wants it; no fault meets this delivery. */
  resend(event: EventRecord): void {
    for (const endpoint of this.#world.endpoints.all()) {
      if (endpoint.status !== 'enabled' || !wants(endpoint.enabled_events)(event.type)) continue;
      this.#begin(event);
      this.#queue(this.#keep(event, endpoint, true));
    }
  }

  greet(endpoint: Endpoint): void {
    for (const event of this.#leftOver) this.#address(event, endpoint);
  }

  /** Ends when each delivery of these events that is due has been tried once, or after `maxMs`. */
  async triedOnce(events: readonly EventRecord[], maxMs: number): Promise<void> {
    const waits = events.map(
      (event) =>
        new Promise<void>((done) => {
          const left = this.#line.filter(
            ({ event: id }, at) => at >= this.#lineStart && id === event.id,
          ).length;
          if (left === 0) done();
          else this.#firsts.set(event.id, { left, done });
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((done) => {
      timer = setTimeout(done, maxMs);
    });
    await Promise.race([Promise.all(waits), limit]);
    clearTimeout(timer);
    for (const event of events) this.#firsts.delete(event.id);
  }

  stop(): void {
    this.#stopped = true;
    this.#line.length = 0;
    this.#poster.stop();
  }

  #address(event: EventRecord, endpoint: Endpoint): void {
    if (endpoint.status !== 'enabled' || !wants(endpoint.enabled_events)(event.type)) return;
    const fate = this.#hostility.forDelivery(labelOf(event));
    for (let copy = 0; copy < fate.copies; copy += 1) {
      const delivery = this.#keep(event, endpoint, copy > 0);
      if (fate.drop) {
        delivery.state = 'dropped';
        continue;
      }
      this.#begin(event);
      if (fate.reorder && copy === 0) this.#hold(event, delivery);
      else if (fate.afterMs > 0) this.#world.agenda.after(fate.afterMs, () => this.#queue(delivery));
      else this.#queue(delivery);
    }
  }

  #keep(event: EventRecord, endpoint: Endpoint, duplicate: boolean): Delivery {
    const delivery: Delivery = {
      id: newId.delivery(),
      event: event.id,
      type: event.type,
      endpoint: endpoint.id,
      url: endpoint.url,
      duplicate,
      state: 'waiting',
      attempts: [],
    };
    this.#kept.set(delivery.id, delivery);
    if (this.#kept.size > keptMax) {
      for (const [id, oldest] of this.#kept) {
        if (oldest.state !== 'waiting') this.#kept.delete(id);
        break;
      }
    }
    return delivery;
  }

  #hold(event: EventRecord, delivery: Delivery): void {
    const group = groupOf(event);
    const held = this.#held.get(group);
    if (held === undefined) this.#held.set(group, [delivery]);
    else held.push(delivery);
    this.#world.agenda.after(this.#hostility.reorderMs, () => {
      const left = this.#held.get(group)?.filter((each) => each !== delivery) ?? [];
      const waited = this.#held.get(group)?.includes(delivery) ?? false;
      if (left.length > 0) this.#held.set(group, left);
      else this.#held.delete(group);
      if (waited) this.#queue(delivery);
    });
  }

  #release(group: string): void {
    const held = this.#held.get(group) ?? [];
    this.#held.delete(group);
    for (const delivery of held) this.#queue(delivery);
  }

  #queue(delivery: Delivery): void {
    if (this.#stopped) return;
    this.#line.push(delivery);
    if (this.#pumping) return;
    this.#pumping = true;
    // Not in the same turn: the call that caused the event is answered first.
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#active < this.#rules.concurrencyMax && this.#lineStart < this.#line.length) {
      const delivery = this.#line[this.#lineStart]!;
      this.#lineStart += 1;
      this.#active += 1;
      void this.#attempt(delivery).finally(() => {
        this.#active -= 1;
        this.#pump();
      });
    }
    if (this.#lineStart > 1_000) this.#line.splice(0, this.#lineStart);
    else if (this.#lineStart < this.#line.length) return;
    else this.#line.length = 0;
    this.#lineStart = 0;
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const event = this.#world.events.get(delivery.event);
    const endpoint = this.#world.endpoints.get(delivery.endpoint);
    if (event === undefined || endpoint?.status !== 'enabled') {
      this.#end(delivery, event, 'gave_up');
      return;
    }
    const answer = await this.#poster.post(endpoint, event);
    if (this.#stopped) return;
    delivery.attempts.push({ at: this.#world.agenda.now(), ...answer });
    const ok = answer.status !== null && answer.status >= 200 && answer.status < 300;
    if (ok) this.#end(delivery, event, 'delivered');
    else if (delivery.attempts.length >= this.#rules.attemptsMax) this.#end(delivery, event, 'gave_up');
    else this.#world.agenda.after(this.#backoffMs(delivery), () => this.#queue(delivery));
    const first = this.#firsts.get(event.id);
    if (first !== undefined) {
      first.left -= 1;
      if (first.left <= 0) first.done();
    }
    this.#release(groupOf(event));
  }

  #begin(event: EventRecord): void {
    this.#waiting += 1;
    event.pending_webhooks += 1;
  }

  #end(delivery: Delivery, event: EventRecord | undefined, state: 'delivered' | 'gave_up'): void {
    delivery.state = state;
    this.#waiting -= 1;
    if (event === undefined) return;
    event.pending_webhooks -= 1;
    this.#world.events.put(event);
  }

  #backoffMs({ attempts }: Delivery): number {
    return Math.min(this.#rules.retryMaxMs, this.#rules.retryBaseMs * 2 ** (attempts.length - 1));
  }
}
