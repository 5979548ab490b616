/**
 * The code of a ticket: what its QR shows and a scanner reads. 105 bytes, as base32 168 letters and digits:
 *
 *   1   version: 1 a code that stays, 2 one that rotates
 *   4   key id: the first bytes of the SHA-256 of the raw public key
 *   16  event id
 *   4   generation, big-endian: grows when the ticket changes hands, and every older code is refused
 *   16  handle: the ticket's id, enciphered (AES-256 on exactly one block, a key derived from the signing key)
 *   64  Ed25519 over the context and the 41 bytes before it
 *
 * A code that rotates is followed by ten bytes: HMAC-SHA256 of the 30-second window, under a key of its own per ticket and
 * generation. The version is signed, so cutting the tail off does not make a code that stays out of one that rotates.
 *
 * Nothing of it is stored: it is made anew from the id each time, the same bytes every time (Ed25519 is deterministic).
 * Verifying needs the public key only; telling which ticket it is needs the secret one, or a manifest (ticket-manifest.ts).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { fromBase32, toBase32 } from './base32.ts';
import type { EventId, TicketId } from './ids.ts';

const context = Buffer.from('holdfast ticket\n');
const bodyBytes = 41;
const signedBytes = 105;
const tailBytes = 10;
export const rotationMs = 30_000;
export const generationMax = 0xffff_ffff;

/** One Ed25519 key and what is derived from it. */
export type TicketKey = {
  /** Hex of four bytes. */
  kid: string;
  secret: KeyObject;
  public: KeyObject;
  /** The 32 bytes of the public key. */
  raw: Buffer;
  handles: Buffer;
  rotation: Buffer;
};

/** The first signs, all verify: a new key is put in front, and the old one taken out when its last event is over. */
export type TicketKeys = readonly [TicketKey, ...TicketKey[]];

export type TicketCode = { event: EventId; ticket: TicketId; generation: number };
export type ReadCode =
  | ({ status: 'read'; rotates: boolean; kid: string; tail: Buffer | undefined } & TicketCode)
  | { status: 'forged' };

const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `pems`: private keys in PEM, one after the other. Throws when one is no Ed25519 key or none is there. */
export function ticketKeys(pems: string): TicketKeys {
  const blocks = pems.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g) ?? [];
  return asKeys(blocks.map((pem) => keyOf(createPrivateKey(pem))));
}

/** A key made of another secret: for an installation that was given none. The same secret, the same key. */
export function derivedTicketKeys(secret: Buffer): TicketKeys {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'holdfast ticket signing key', 32));
  const der = Buffer.concat([pkcs8, seed]);
  return asKeys([keyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))]);
}

function asKeys([first, ...others]: TicketKey[]): TicketKeys {
  if (first === undefined) throw new TypeError('no ticket signing key is given');
  return [first, ...others];
}

function keyOf(secret: KeyObject): TicketKey {
  if (secret.asymmetricKeyType !== 'ed25519') throw new TypeError('a ticket signing key is no Ed25519 key');
  const pub = createPublicKey(secret);
  const raw = pub.export({ type: 'spki', format: 'der' }).subarray(-32);
  const seed = secret.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const derived = (what: string) => Buffer.from(hkdfSync('sha256', seed, '', `holdfast ${what}`, 32));
  return {
    kid: hash('sha256', raw, 'hex').slice(0, 8),
    secret,
    public: pub,
    raw,
    handles: derived('ticket handles'),
    rotation: derived('ticket rotation'),
  };
}

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function idOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The enciphered id: without the key nobody tells which ticket it is, nor finds another ticket's. */
export function handleOf(key: TicketKey, ticket: TicketId): Buffer {
  // Exactly one block, and no two plaintexts are the same: here ECB is a permutation of the ids and shows nothing else.
  const cipher = createCipheriv('aes-256-ecb', key.handles, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytesOf(ticket)), cipher.final()]);
}

function ticketOf(key: TicketKey, handle: Buffer): TicketId {
  const decipher = createDecipheriv('aes-256-ecb', key.handles, null).setAutoPadding(false);
  return idOf(Buffer.concat([decipher.update(handle), decipher.final()])) as TicketId;
}

/** `rotatesAt`: the moment (Unix ms) whose window the code is for; without it the code stays. */
export function ticketCode(keys: TicketKeys, code: TicketCode, rotatesAt?: number): string {
  const [key] = keys;
  const body = Buffer.alloc(bodyBytes);
  body[0] = rotatesAt === undefined ? 1 : 2;
  body.write(key.kid, 1, 'hex');
  bytesOf(code.event).copy(body, 5);
  body.writeUInt32BE(code.generation, 21);
  handleOf(key, code.ticket).copy(body, 25);
  const signature = sign(null, Buffer.concat([context, body]), key.secret);
  const tail = rotatesAt === undefined ? [] : [tailOf(key, code, windowOf(rotatesAt))];
  return toBase32(Buffer.concat([body, signature, ...tail]));
}

/** What is written on a ticket; blanks, dashes and small letters are how people type it. Everything else is forged. */
export function readTicketCode(keys: TicketKeys, text: string): ReadCode {
  const bytes = fromBase32(text.replace(/[\s-]/g, '').toUpperCase());
  const rotates = bytes?.length === signedBytes + tailBytes;
  if (bytes === undefined || (bytes.length !== signedBytes && !rotates)) return { status: 'forged' };
  const version = bytes[0];
  if (version !== (rotates ? 2 : 1)) return { status: 'forged' };
  const kid = bytes.toString('hex', 1, 5);
  const key = keys.find((one) => one.kid === kid);
  const body = bytes.subarray(0, bodyBytes);
  const signature = bytes.subarray(bodyBytes, signedBytes);
  if (!key || !verify(null, Buffer.concat([context, body]), key.public, signature))
    return { status: 'forged' };
  return {
    status: 'read',
    rotates,
    kid,
    event: idOf(body.subarray(5, 21)) as EventId,
    ticket: ticketOf(key, body.subarray(25, 41)),
    generation: body.readUInt32BE(21),
    tail: rotates ? bytes.subarray(signedBytes) : undefined,
  };
}

/** Whether the tail is the one of this moment's window, or of the one before or after it: clocks differ. */
export function isCurrent(keys: TicketKeys, code: ReadCode & { status: 'read' }, now: number): boolean {
  const { tail, kid } = code;
  const key = keys.find((one) => one.kid === kid);
  if (tail === undefined || key === undefined) return false;
  const at = windowOf(now);
  return [at - 1, at, at + 1].some((window) => timingSafeEqual(tail, tailOf(key, code, window)));
}

const windowOf = (unixMs: number) => Math.floor(unixMs / rotationMs);

function tailOf(key: TicketKey, { event, ticket, generation }: TicketCode, window: number): Buffer {
  const info = `holdfast rotation ${event} ${ticket} ${generation}`;
  const own = Buffer.from(hkdfSync('sha256', key.rotation, '', info, 32));
  return createHmac('sha256', own).update(String(window)).digest().subarray(0, tailBytes);
}
