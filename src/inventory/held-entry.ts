/**
 * A journal's entry as a reserve writes it, nine in ten of all: read byte by byte in the spelling of reserve.lua, and turned into the
 * canonical text of its facts on the way, without an object for any of them. An entry that differs by a byte is not taken for one; it
 * is decoded as every other is, and what is wrong with it is said there.
 */
import type { Counters, Item } from '../domain/facts.ts';
import { type HeldBytes, itemParts, uuidParts } from '../domain/held-bytes.ts';
import type { EventId, LineId } from '../domain/ids.ts';
import type { RawEntry } from './journal.ts';

/** Of one fact, and lines of one entry. What has more is decoded the long way. */
const itemsMax = 16;
const linesMax = 32;
/** A number of as many digits is a safe integer. */
const digitsMax = 15;
const int4Max = 2 ** 31 - 1;
/** The longest text of a fact within those bounds is half as long. */
const textBytes = 16_384;
const uuidLength = 36;

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

/** What reserve.lua writes around the values, and what the canonical text has in its place. */
const spelling = {
  kind: [bytesOf('{"k":"held","v":'), undefined],
  hold: [bytesOf(',"h":"'), undefined],
  buyer: [bytesOf('","b":"'), bytesOf('","buyer":"')],
  items: [bytesOf('","i":['), bytesOf('","items":[')],
  tier: [bytesOf('["'), bytesOf('{"tier":"')],
  quantity: [bytesOf('",'), bytesOf('","quantity":')],
  price: [bytesOf(','), bytesOf(',"price":')],
  endOfRow: [bytesOf(']'), bytesOf('}')],
  deadline: [bytesOf('],"d":'), bytesOf('],"deadline":')],
  ttlMs: [bytesOf(',"l":'), bytesOf(',"ttlMs":')],
  after: [bytesOf(',"a":['), bytesOf(',"after":[')],
  line: [bytesOf('["'), bytesOf('{"line":"')],
  capacity: [bytesOf('",'), bytesOf('","capacity":')],
  held: [bytesOf(','), bytesOf(',"held":')],
  sold: [bytesOf(','), bytesOf(',"sold":')],
  withheld: [bytesOf(','), bytesOf(',"withheld":')],
  end: [bytesOf(']}'), bytesOf(']}')],
} as const;
type Spelled = readonly [short: Buffer, canonical: Buffer | undefined];

const comma = 0x2c;
const dash = 0x2d;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const opening = 0x5b;
const closing = 0x5d;

/** The value of a lowercase hex digit; below 0 for any other byte. */
const digitOf = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) digitOf[digit.toString(16).charCodeAt(0)] = digit;

/** Four hex digits; below 0 when one is none. */
function four(from: Uint8Array, at: number): number {
  return (
    ((digitOf[from[at] as number] as number) << 12) |
    ((digitOf[from[at + 1] as number] as number) << 8) |
    ((digitOf[from[at + 2] as number] as number) << 4) |
    (digitOf[from[at + 3] as number] as number)
  );
}

/** Reads a lowercase UUID into four numbers; false when there is none. */
function readUuid(from: Uint8Array, at: number, into: Int32Array, slot: number): boolean {
  if (at + uuidLength > from.length) return false;
  const [a, b, c, d] = [four(from, at), four(from, at + 4), four(from, at + 9), four(from, at + 14)];
  const [e, f, g, h] = [four(from, at + 19), four(from, at + 24), four(from, at + 28), four(from, at + 32)];
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  if (from[at + 8] !== dash || from[at + 13] !== dash || from[at + 18] !== dash || from[at + 23] !== dash)
    return false;
  into[slot] = (a << 16) | b;
  into[slot + 1] = (c << 16) | d;
  into[slot + 2] = (e << 16) | f;
  into[slot + 3] = (g << 16) | h;
  return true;
}

const isName = (field: Buffer | undefined, letter: string) =>
  field?.length === 1 && field[0] === letter.charCodeAt(0);

const same = (a: Int32Array, at: number, b: Int32Array, from: number) =>
  a[at] === b[from] && a[at + 1] === b[from + 1] && a[at + 2] === b[from + 2] && a[at + 3] === b[from + 3];

/** One for all entries: each is begun, and then its facts are read one by one. What it says of a fact is valid until the next. */
export class HeldEntry implements HeldBytes {
  event = '' as EventId;
  at = 0;
  readonly eventId = new Int32Array(uuidParts);

  version = 0;
  deadline = 0;
  ttlMs = 0;
  readonly hold = new Int32Array(uuidParts);
  readonly buyer = new Int32Array(uuidParts);
  readonly user = new Int32Array(uuidParts);
  hasUser = false;
  readonly items = new Int32Array(itemsMax * itemParts);
  itemCount = 0;
  readonly text = Buffer.alloc(textBytes);
  textEnd = 1;

  /** Every fact of the entry was read. */
  whole = false;
  private source: Uint8Array = this.text;
  private users: Uint8Array | undefined;
  private read = 0;
  private usersRead = 0;
  private id = bytesOf('');
  private time = bytesOf('');

  /** The lines of the entry so far: units held of each, and the last fact's counters. */
  private readonly lineIds = new Int32Array(linesMax * uuidParts);
  private readonly lines: (Counters & { units: number; carried: boolean })[] = [];

  /** Whether it may be such an entry. Its facts, by `next`, decide. */
  begin([, fields]: RawEntry): boolean {
    const [e, id, t, time, f, facts, u, users] = fields;
    this.whole = false;
    if (!isName(e, 'e') || !isName(t, 't') || !isName(f, 'f') || (users && !isName(u, 'u'))) return false;
    if (!id || !time || !facts || (fields.length !== 6 && fields.length !== 8)) return false;
    if (id.length !== uuidLength || !readUuid(id, 0, this.eventId, 0)) return false;
    this.source = time;
    this.read = 0;
    this.textEnd = 1;
    this.at = this.number();
    if (this.at <= 0 || this.read !== time.length || facts[0] !== opening) return false;
    this.event = id.toString('latin1') as EventId;
    this.id = bytesOf(`{"event":"${this.event}","version":`);
    this.time = bytesOf(`,"at":${this.at},"kind":"held","hold":"`);
    this.source = facts;
    this.read = 1;
    this.users = users;
    this.usersRead = 0;
    this.lines.length = 0;
    return true;
  }

  /** Reads the next fact; false at the end (`whole`), or where it is not as a reserve writes it. */
  next(): boolean {
    const { hold, buyer } = this;
    this.textEnd = 1;
    if (!this.passed(spelling.kind)) return false;
    this.write(this.id);
    this.version = this.number();
    if (this.version <= 0) return false;
    this.write(this.time);
    if (!this.passed(spelling.hold) || !this.uuid(hold, 0)) return false;
    if (!this.passed(spelling.buyer) || !this.uuid(buyer, 0)) return false;
    if (!this.passed(spelling.items) || !this.readItems()) return false;
    if (!this.passed(spelling.deadline)) return false;
    this.deadline = this.number();
    if (this.deadline < 0 || !this.passed(spelling.ttlMs)) return false;
    this.ttlMs = this.number();
    if (this.ttlMs < 0 || this.ttlMs > int4Max) return false;
    if (!this.passed(spelling.after) || !this.readAfter() || !this.passed(spelling.end)) return false;
    const separator = this.source[this.read];
    const last = separator === closing && this.read === this.source.length - 1;
    this.read += 1;
    if (!last && separator !== comma) return false;
    return this.readUser(last);
  }

  /** What a whole entry's facts come to: units by tier (priced 0), and the counters of each line after the last that has them. */
  sum(): { items: Item[]; after: Counters[] } {
    const items: Item[] = [];
    const after: Counters[] = [];
    for (const { units, carried, ...counters } of this.lines) {
      if (units > 0) items.push({ tier: counters.line, quantity: units, price: 0 });
      if (carried) after.push(counters);
    }
    return { items, after };
  }

  private readItems(): boolean {
    const { items } = this;
    for (this.itemCount = 0; this.itemCount < itemsMax; ) {
      const slot = this.itemCount * itemParts;
      const start = this.read + spelling.tier[0].length;
      if (!this.passed(spelling.tier) || !this.uuid(items, slot) || !this.passed(spelling.quantity))
        return false;
      const quantity = this.number();
      if (quantity < 1 || quantity > int4Max || !this.passed(spelling.price)) return false;
      const price = this.number();
      if (price < 0 || price > int4Max || !this.passed(spelling.endOfRow)) return false;
      items[slot + uuidParts] = quantity;
      items[slot + uuidParts + 1] = price;
      const line = this.lineOf(items, slot, start);
      if (line === undefined) return false;
      line.units += quantity;
      this.itemCount += 1;
      if (!this.another()) return true;
    }
    return false;
  }

  private readonly lineId = new Int32Array(uuidParts);

  private readAfter(): boolean {
    for (let count = 0; count < linesMax; count++) {
      const start = this.read + spelling.line[0].length;
      if (!this.passed(spelling.line) || !this.uuid(this.lineId, 0)) return false;
      const line = this.lineOf(this.lineId, 0, start);
      if (line === undefined || !this.passed(spelling.capacity)) return false;
      line.capacity = this.number();
      if (line.capacity < 0 || !this.passed(spelling.held)) return false;
      line.held = this.number();
      if (line.held < 0 || !this.passed(spelling.sold)) return false;
      line.sold = this.number();
      if (line.sold < 0 || !this.passed(spelling.withheld)) return false;
      line.withheld = this.number();
      if (line.withheld < 0 || !this.passed(spelling.endOfRow)) return false;
      line.carried = true;
      if (!this.another()) return true;
    }
    return false;
  }

  /** `start`: where its id is written, for the first time that it is met. Undefined: there are too many. */
  private lineOf(ids: Int32Array, slot: number, start: number) {
    const { lines, lineIds } = this;
    for (let n = 0; n < lines.length; n++) if (same(lineIds, n * uuidParts, ids, slot)) return lines[n];
    if (lines.length === linesMax) return undefined;
    for (let part = 0; part < uuidParts; part++)
      lineIds[lines.length * uuidParts + part] = ids[slot + part] as number;
    const id = (this.source as Buffer).toString('latin1', start, start + uuidLength) as LineId;
    const line = { line: id, capacity: 0, held: 0, sold: 0, withheld: 0, units: 0, carried: false };
    lines.push(line);
    return line;
  }

  /** The user of the fact that was read, which are all there are when it is the last. */
  private readUser(last: boolean): boolean {
    const { users } = this;
    this.hasUser = false;
    if (users !== undefined) {
      if (users[this.usersRead] === dash) this.usersRead += 1;
      else {
        if (!readUuid(users, this.usersRead, this.user, 0)) return false;
        this.hasUser = true;
        this.usersRead += uuidLength;
      }
      if (last ? this.usersRead !== users.length : users[this.usersRead] !== space) return false;
      this.usersRead += 1;
    }
    this.whole = last;
    return true;
  }

  private passed([short, canonical]: Spelled): boolean {
    const { source, read } = this;
    for (let at = 0; at < short.length; at++) if (source[read + at] !== short[at]) return false;
    this.read = read + short.length;
    if (canonical !== undefined) this.write(canonical);
    return true;
  }

  /** Passes over the comma in front of another row. */
  private another(): boolean {
    if (this.source[this.read] !== comma) return false;
    this.read += 1;
    this.text[this.textEnd++] = comma;
    return true;
  }

  private uuid(into: Int32Array, slot: number): boolean {
    const { source, read } = this;
    if (!readUuid(source, read, into, slot)) return false;
    this.copy(source, read, read + uuidLength);
    this.read = read + uuidLength;
    return true;
  }

  /** A whole number without a sign, as JSON has it; below 0 when there is none. Its digits are its canonical text too. */
  private number(): number {
    const { source, read } = this;
    const first = source[read];
    let at = read;
    let value = 0;
    for (let byte = first; byte !== undefined && byte >= zero && byte <= nine; byte = source[++at]) {
      value = value * 10 + (byte - zero);
    }
    if (at === read || at - read > digitsMax || (first === zero && at - read > 1)) return -1;
    this.copy(source, read, at);
    this.read = at;
    return value;
  }

  private write(bytes: Uint8Array): void {
    this.copy(bytes, 0, bytes.length);
  }

  private copy(from: Uint8Array, start: number, end: number): void {
    const { text } = this;
    let { textEnd } = this;
    for (let at = start; at < end; at++) text[textEnd++] = from[at] as number;
    this.textEnd = textEnd;
  }
}
