/**
 * Rows in the binary format of COPY, put together in one buffer that grows. For the bulk of the journal: a row costs
 * Postgres half of what the same row costs as elements of a dozen arrays, and nothing has to be quoted or parsed.
 *
 * Each value goes into the next column of the row begun last; as many as `columns` must follow each `row()`.
 */

/** Microseconds since 2000 is how Postgres counts time. */
const year2000Ms = Date.UTC(2000, 0, 1);
const headerBytes = 19;
const trailerBytes = 2;
/** The widest value whose length is known beforehand, with its length field. */
const fixedMax = 20;

/** Ids of which the bytes are kept: events and tiers of one batch are few. */
const commonMax = 1_000;

const digitOf = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) digitOf[digit.toString(16).charCodeAt(0)] = digit;

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

/** A place between two rows. */
export type Mark = { rows: number; at: number };

export class CopyRows {
  rows = 0;
  private readonly columns: number;
  private buffer: Buffer;
  private view: DataView;
  private at = headerBytes;
  private readonly common = new Map<string, number[]>();

  /** `bytes`: about as many as are expected. */
  constructor(columns: number, bytes: number) {
    this.columns = columns;
    this.buffer = Buffer.alloc(0);
    this.view = new DataView(this.buffer.buffer);
    this.grow(bytes + headerBytes + trailerBytes);
    signature.copy(this.buffer);
    // Flags and the length of the extension: none.
    this.buffer.fill(0, signature.length, headerBytes);
  }

  row(): void {
    // Room for every value of the row whose length is known beforehand; texts see to their own.
    this.room(2 + this.columns * fixedMax);
    this.view.setInt16(this.at, this.columns);
    this.at += 2;
    this.rows += 1;
  }

  null(): void {
    this.view.setInt32(this.at, -1);
    this.at += 4;
  }

  /** A lowercase UUID with its dashes; anything else comes out as another one, so whoever calls has looked. */
  uuid(text: string): void {
    const { view, at } = this;
    view.setInt32(at, 16);
    view.setInt32(at + 4, (digits(text, 0) << 16) | digits(text, 4));
    view.setInt32(at + 8, (digits(text, 9) << 16) | digits(text, 14));
    view.setInt32(at + 12, (digits(text, 19) << 16) | digits(text, 24));
    view.setInt32(at + 16, (digits(text, 28) << 16) | digits(text, 32));
    this.at = at + 20;
  }

  /** One of four numbers, which begin at `from`. */
  uuidOf(parts: Int32Array, from = 0): void {
    const { view, at } = this;
    view.setInt32(at, 16);
    view.setInt32(at + 4, parts[from] as number);
    view.setInt32(at + 8, parts[from + 1] as number);
    view.setInt32(at + 12, parts[from + 2] as number);
    view.setInt32(at + 16, parts[from + 3] as number);
    this.at = at + 20;
  }

  /** The same for an id that many rows have, as that of their event: reading its digits once is enough. */
  commonUuid(text: string): void {
    const known = this.common.get(text);
    if (known === undefined) {
      const start = this.at;
      this.uuid(text);
      if (this.common.size >= commonMax) this.common.clear();
      this.common.set(
        text,
        [4, 8, 12, 16].map((offset) => this.view.getInt32(start + offset)),
      );
      return;
    }
    const { view, at } = this;
    view.setInt32(at, 16);
    for (let part = 0; part < 4; part++) view.setInt32(at + 4 + part * 4, known[part] as number);
    this.at = at + 20;
  }

  uuidOrNull(text: string | null): void {
    if (text === null) this.null();
    else this.uuid(text);
  }

  boolean(value: boolean): void {
    this.view.setInt32(this.at, 1);
    this.view.setUint8(this.at + 4, value ? 1 : 0);
    this.at += 5;
  }

  int2(value: number): void {
    this.view.setInt32(this.at, 2);
    this.view.setInt16(this.at + 4, value);
    this.at += 6;
  }

  int4(value: number): void {
    this.view.setInt32(this.at, 4);
    this.view.setInt32(this.at + 4, value);
    this.at += 8;
  }

  /** A safe integer. */
  int8(value: number): void {
    this.view.setInt32(this.at, 8);
    this.view.setInt32(this.at + 4, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.at + 8, value >>> 0);
    this.at += 12;
  }

  int8OrNull(value: number | null): void {
    if (value === null) this.null();
    else this.int8(value);
  }

  /** timestamptz, from Unix ms. */
  time(unixMs: number): void {
    this.int8((unixMs - year2000Ms) * 1000);
  }

  timeOrNull(unixMs: number | null): void {
    if (unixMs === null) this.null();
    else this.time(unixMs);
  }

  /** Answers how many bytes it has. */
  text(text: string): number {
    // No character takes more than three bytes for each of its UTF-16 units; the rest of the row comes behind.
    this.room(4 + text.length * 3 + this.columns * fixedMax);
    const bytes = this.buffer.write(text, this.at + 4, 'utf8');
    this.view.setInt32(this.at, bytes);
    this.at += 4 + bytes;
    return bytes;
  }

  /** A text of which the bytes are there already. */
  bytes(utf8: Uint8Array): void {
    this.room(4 + utf8.length + this.columns * fixedMax);
    this.view.setInt32(this.at, utf8.length);
    this.buffer.set(utf8, this.at + 4);
    this.at += 4 + utf8.length;
  }

  textOrNull(text: string | null): void {
    if (text === null) this.null();
    else this.text(text);
  }

  /**
   * A text, answering what `hash` makes of its bytes as they lie here, with a zero byte before them: what the ledger hashes. The
   * bytes are valid within `hash` only.
   */
  hashed<Hash>(text: string, hash: (zeroAndText: Buffer) => Hash): Hash {
    const bytes = this.text(text);
    const start = this.at - bytes - 1;
    // The length's last byte stands in the way and is put back.
    const kept = this.buffer[start] as number;
    this.buffer[start] = 0;
    const result = hash(this.buffer.subarray(start, this.at));
    this.buffer[start] = kept;
    return result;
  }

  mark(): Mark {
    return { rows: this.rows, at: this.at };
  }

  /** As if what was added since had not been. */
  back(to: Mark): void {
    this.rows = to.rows;
    this.at = to.at;
  }

  /** Adds rows that `other` has between two marks. */
  take(other: CopyRows, from: Mark, to: Mark): void {
    this.room(to.at - from.at);
    this.buffer.set(other.buffer.subarray(from.at, to.at), this.at);
    this.at += to.at - from.at;
    this.rows += to.rows - from.rows;
  }

  /** The whole: nothing may be added afterwards. */
  end(): Buffer {
    this.room(trailerBytes);
    this.view.setInt16(this.at, -1);
    return this.buffer.subarray(0, this.at + trailerBytes);
  }

  private room(bytes: number): void {
    if (this.at + bytes > this.buffer.length) this.grow(Math.max(this.buffer.length * 2, this.at + bytes));
  }

  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(bytes);
    this.buffer.copy(larger);
    this.buffer = larger;
    this.view = new DataView(larger.buffer, larger.byteOffset, larger.byteLength);
  }
}

/** Four hex digits: sixteen bits. */
function digits(text: string, at: number): number {
  return (
    ((digitOf[text.charCodeAt(at)] as number) << 12) |
    ((digitOf[text.charCodeAt(at + 1)] as number) << 8) |
    ((digitOf[text.charCodeAt(at + 2)] as number) << 4) |
    (digitOf[text.charCodeAt(at + 3)] as number)
  );
}
