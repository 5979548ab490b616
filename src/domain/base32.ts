/**
 * RFC 4648 base32 without padding: bytes as capital letters and digits, which a QR code packs tightly and which survive being
 * typed, spoken and copied. Only whole groups of five bytes are written, so a text has one spelling.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const values = new Map([...alphabet].map((letter, value) => [letter, value]));

/** Throws when the length is no multiple of five. */
export function toBase32(bytes: Uint8Array): string {
  if (bytes.length % 5 !== 0) throw new RangeError(`${bytes.length} bytes are not whole groups of five`);
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += alphabet[(bits >> held) & 31];
    }
    bits &= (1 << held) - 1;
  }
  return text;
}

/** Undefined when it is no base32 of whole groups: another letter, another length. */
export function fromBase32(text: string): Buffer | undefined {
  if (text.length % 8 !== 0) return undefined;
  const bytes = Buffer.alloc((text.length / 8) * 5);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = values.get(letter);
    if (value === undefined) return undefined;
    bits = (bits << 5) | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = bits >> held;
    bits &= (1 << held) - 1;
  }
  return bytes;
}
