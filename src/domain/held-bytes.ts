/**
 * A `held` fact as numbers and bytes: the shape in which the facts of a reserve go from the journal to the tables, because an object
 * for each costs as much as writing it. A UUID is `uuidParts` numbers of 32 bits.
 */
import type { EventId } from './ids.ts';

export const uuidParts = 4;
/** Of an item: its tier's UUID, quantity, price. */
export const itemParts = uuidParts + 2;

export type HeldBytes = {
  readonly event: EventId;
  readonly eventId: Int32Array;
  readonly version: number;
  /** Unix ms. */
  readonly at: number;
  readonly hold: Int32Array;
  readonly buyer: Int32Array;
  /** Says nothing unless `hasUser`. */
  readonly user: Int32Array;
  readonly hasUser: boolean;
  /** `itemCount` times `itemParts`. */
  readonly items: Int32Array;
  readonly itemCount: number;
  /** Unix ms. */
  readonly deadline: number;
  readonly ttlMs: number;
  /** Up to `textEnd`: a zero byte and the canonical text, which is what the ledger hashes. */
  readonly text: Buffer;
  readonly textEnd: number;
};
