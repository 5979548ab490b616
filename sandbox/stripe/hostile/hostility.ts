/** What goes wrong on purpose: which calls and which deliveries, drawn from a seed by given shares, and counted. */
import { Draws } from './draws.ts';

/** All of these but `early` end the call without its proper answer. */
export const callFaults = [
  /** 503 from in front of Stripe: nothing executed, nothing stored. */
  'unavailable',
  /** 500 before anything was done, and stored under the key: the same key never succeeds. */
  'failBefore',
  /** 500 though all was done, and stored under the key. */
  'failAfter',
  /** 409, as if the key were in use. Only for calls with a key. */
  'conflict',
  /** 429. */
  'tooMany',
  /** No answer; nothing was done. */
  'hangBefore',
  /** No answer; all was done. */
  'hangAfter',
  /** The connection is closed; nothing was done. */
  'closeBefore',
  /** The connection is closed; all was done. */
  'closeAfter',
] as const;
export type CallFault = (typeof callFaults)[number];

export const deliveryFaults = ['duplicate', 'reorder', 'delay', 'drop'] as const;
export type DeliveryFault = (typeof deliveryFaults)[number];

/** Shares from 0 to 1. Those of calls exclude each other; so do `drop` and the other ones of webhooks. */
export type HostileOptions = {
  seed: number;
  calls?: Partial<Record<CallFault, number>>;
  /** Webhooks; `early` is the share of calls that answer only after their webhooks have been delivered. */
  webhooks?: Partial<Record<DeliveryFault | 'early', number>>;
  /** How long a call hangs before its connection is closed. Default 20 s. */
  hangMs?: number;
  /** A delayed webhook comes up to this much later. Default 5 s. */
  delayMs?: number;
  /** A reordered webhook waits for the next one of its payment, and at most this long. Default 2 s. */
  reorderMs?: number;
};

export type FaultCounts = Record<CallFault | DeliveryFault | 'early', number>;

const readOnly: CallFault[] = ['unavailable', 'tooMany', 'hangBefore', 'closeBefore'];

export class Hostility {
  readonly #options: HostileOptions;
  readonly #draws: Draws;
  #calm: boolean;
  readonly counts = Object.fromEntries(
    [...callFaults, ...deliveryFaults, 'early' as const].map((name) => [name, 0]),
  ) as FaultCounts;

  constructor(options: HostileOptions | undefined) {
    this.#options = options ?? { seed: 0 };
    this.#draws = new Draws(this.#options.seed);
    this.#calm = options === undefined;
  }

  get hangMs(): number {
    return this.#options.hangMs ?? 20_000;
  }

  get reorderMs(): number {
    return this.#options.reorderMs ?? 2_000;
  }

  /** No further faults. Those that are under way end as they would. */
  calm(): void {
    this.#calm = true;
  }

  /** `label` names the call, by its key where it has one. */
  forCall(label: string, kind: { reads: boolean; keyed: boolean }): CallFault | null {
    if (this.#calm) return null;
    let left = this.#draws.next(`call ${label}`);
    for (const fault of callFaults) {
      const share = this.#options.calls?.[fault] ?? 0;
      if (left >= share) {
        left -= share;
        continue;
      }
      if (kind.reads ? !readOnly.includes(fault) : fault === 'conflict' && !kind.keyed) return null;
      this.counts[fault] += 1;
      return fault;
    }
    return null;
  }

  early(label: string): boolean {
    return this.#strikes('early', label);
  }

  /** `copies` is 2 for a duplicate; `afterMs` 0 when it is not delayed. */
  forDelivery(label: string): { drop: boolean; copies: number; reorder: boolean; afterMs: number } {
    const drop = this.#strikes('drop', label);
    if (drop) return { drop, copies: 1, reorder: false, afterMs: 0 };
    const copies = this.#strikes('duplicate', label) ? 2 : 1;
    const reorder = this.#strikes('reorder', label);
    const delayed = this.#strikes('delay', label);
    const afterMs = delayed
      ? Math.ceil((this.#options.delayMs ?? 5_000) * this.#draws.next(`wait ${label}`))
      : 0;
    return { drop, copies, reorder, afterMs };
  }

  #strikes(name: DeliveryFault | 'early', label: string): boolean {
    if (this.#calm || this.#draws.next(`${name} ${label}`) >= (this.#options.webhooks?.[name] ?? 0))
      return false;
    this.counts[name] += 1;
    return true;
  }
}
