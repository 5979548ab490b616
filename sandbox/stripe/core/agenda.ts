/**
 * The sandbox's own time, and what is due in it. Time runs as the given clock does, plus what a test has advanced it by.
 * Nothing that is due is overlooked: the agenda is run before every request, after every advance, and by one timer.
 */

type Entry = { at: number; order: number; run: () => void };

/** Timers of Node overflow beyond 2^31 ms; a clock that runs otherwise than Node's is looked at again every minute. */
const waitMs = { min: 1, max: 60_000 };

export class Agenda {
  #offsetMs = 0;
  #order = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;
  #stopped = false;
  #running = false;
  readonly #entries: Entry[] = [];
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Unix ms. */
  now(): number {
    return this.#clock() + this.#offsetMs;
  }

  /** Unix seconds, as all of Stripe's objects count. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Runs `run` once when the clock reaches `at` (Unix ms); whoever runs looks again whether it is still wanted. */
  at(at: number, run: () => void): void {
    if (this.#stopped) return;
    this.#push({ at, order: this.#order++, run });
    this.#arm();
  }

  after(ms: number, run: () => void): void {
    this.at(this.now() + ms, run);
  }

  /** Moves the clock forward and runs what became due, each thing at its own time. */
  advance(ms: number): void {
    const target = this.now() + ms;
    for (let next = this.#entries[0]; next !== undefined && next.at <= target; next = this.#entries[0]) {
      if (next.at > this.now()) this.#offsetMs += next.at - this.now();
      this.runDue();
    }
    if (target > this.now()) this.#offsetMs += target - this.now();
    this.runDue();
  }

  runDue(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (
        let next = this.#entries[0];
        next !== undefined && next.at <= this.now();
        next = this.#entries[0]
      ) {
        this.#pop();
        next.run();
      }
    } finally {
      this.#running = false;
    }
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#entries.length = 0;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const next = this.#entries[0];
    if (this.#stopped || next === undefined || next.at >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    const wait = next.at - this.now();
    this.#wakesAt = next.at;
    this.#timer = setTimeout(
      () => {
        this.#wakesAt = Number.POSITIVE_INFINITY;
        this.runDue();
      },
      Math.min(waitMs.max, Math.max(waitMs.min, wait)),
    );
    this.#timer.unref();
  }

  // A binary heap, by time and then by order of arrival.

  #push(entry: Entry): void {
    const heap = this.#entries;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): void {
    const heap = this.#entries;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
