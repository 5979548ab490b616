import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fromBase32, toBase32 } from './base32.ts';
import type { EventId, TicketId } from './ids.ts';
import {
  derivedTicketKeys,
  isCurrent,
  readTicketCode,
  rotationMs,
  ticketCode,
  ticketKeys,
} from './ticket-code.ts';

const pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const keys = derivedTicketKeys(Buffer.from('a secret of this test'));
const code = {
  event: '01939a00-0000-7000-8000-0000000000e1' as EventId,
  ticket: '01939a00-0000-7000-8000-0000000000a1' as TicketId,
  generation: 3,
};
const text = ticketCode(keys, code);
const now = 1_900_000_000_000;
const bytesOf = (written: string) => fromBase32(written) ?? Buffer.alloc(0);

describe('a code', () => {
  test('says which ticket of which event it is, and is the same each time it is made', () => {
    expect(readTicketCode(keys, text)).toMatchObject({ status: 'read', rotates: false, ...code });
    expect(ticketCode(keys, code)).toBe(text);
    expect(text).toMatch(/^[A-Z2-7]{168}$/);
  });

  test('shows neither the id of the ticket nor a part of it', () => {
    const hex = bytesOf(text).toString('hex');
    expect(hex).toContain(code.event.replaceAll('-', ''));
    expect(hex).not.toContain(code.ticket.replaceAll('-', '').slice(16));
  });

  test('is read as people type it', () => {
    const typed = (text.match(/.{1,8}/g) ?? []).join(' - ').toLowerCase();
    expect(readTicketCode(keys, typed)).toMatchObject({ status: 'read', ...code });
  });

  test.each([
    ['that stays', text],
    ['that rotates', ticketCode(keys, code, now)],
  ])('%s is forged with any one bit flipped, or is not the current one', (_, whole) => {
    const bytes = bytesOf(whole);
    let flipped = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const read = readTicketCode(keys, toBase32(other));
      // The tail is not signed: it is a signature of the moment, and judged as such.
      const passes = read.status === 'read' && (!read.rotates || isCurrent(keys, read, now));
      expect(passes, `bit ${bit}`).toBe(false);
      flipped += 1;
    }
    expect(flipped).toBe(whole.length * 5);
  });

  test('is forged when it is cut, longer, or written in other letters', () => {
    for (let length = 0; length < text.length; length++) {
      expect(readTicketCode(keys, text.slice(0, length)).status, `${length}`).toBe('forged');
    }
    for (const other of [
      `${text}A`,
      `${text}AAAAAAAA`,
      text.replace(/^./, '1'),
      `0${text.slice(1)}`,
      'é'.repeat(168),
    ]) {
      expect(readTicketCode(keys, other)).toEqual({ status: 'forged' });
    }
  });

  test('of another server is forged, also when it names our key', () => {
    const theirs = derivedTicketKeys(Buffer.from('another secret'));
    expect(readTicketCode(keys, ticketCode(theirs, code))).toEqual({ status: 'forged' });
    const [ours] = keys;
    const claimed = ticketCode([{ ...theirs[0], kid: ours.kid }], code);
    expect(readTicketCode(keys, claimed)).toEqual({ status: 'forged' });
  });

  test('outlives the change of keys for as long as the old one is kept', () => {
    const [old, fresh] = [pem(), pem()];
    const before = ticketCode(ticketKeys(old), code);
    expect(readTicketCode(ticketKeys(`${fresh}${old}`), before)).toMatchObject({ status: 'read', ...code });
    expect(readTicketCode(ticketKeys(fresh), before)).toEqual({ status: 'forged' });
    expect(ticketCode(ticketKeys(`${fresh}${old}`), code)).toBe(ticketCode(ticketKeys(fresh), code));
  });
});

describe('a code that rotates', () => {
  test.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('made %i windows from now is current: %s', (windows, current) => {
    const read = readTicketCode(keys, ticketCode(keys, code, now + windows * rotationMs));
    expect(read).toMatchObject({ status: 'read', rotates: true, ...code });
    expect(read.status === 'read' && isCurrent(keys, read, now)).toBe(current);
  });

  test('has a tail of its own ticket and generation', () => {
    const tail = (of: typeof code) => bytesOf(ticketCode(keys, of, now)).subarray(105);
    for (const other of [
      { ...code, generation: 4 },
      { ...code, ticket: '01939a00-0000-7000-8000-0000000000a2' as TicketId },
    ]) {
      const mixed = toBase32(
        Buffer.concat([bytesOf(ticketCode(keys, code, now)).subarray(0, 105), tail(other)]),
      );
      const read = readTicketCode(keys, mixed);
      expect(read.status === 'read' && isCurrent(keys, read, now)).toBe(false);
    }
  });

  test('is not made into one that stays by leaving its tail out, nor the other way round', () => {
    const cut = toBase32(bytesOf(ticketCode(keys, code, now)).subarray(0, 105));
    expect(readTicketCode(keys, cut)).toEqual({ status: 'forged' });
    const tail = bytesOf(ticketCode(keys, code, now)).subarray(105);
    expect(readTicketCode(keys, toBase32(Buffer.concat([bytesOf(text), tail])))).toEqual({
      status: 'forged',
    });
  });
});

describe('a key', () => {
  test.each([
    ['none', ''],
    [
      'of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ format: 'pem', type: 'pkcs8' })
        .toString(),
    ],
  ])('%s is refused', (_, pems) => {
    expect(() => ticketKeys(pems)).toThrow(TypeError);
  });
});
