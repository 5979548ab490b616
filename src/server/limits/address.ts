/** Whose request it is, as far as the network tells. */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';

/**
 * The address of the client. `proxies`: how many in front are ours. Each adds the address it was called from to the end of
 * X-Forwarded-For, so only that many entries from the end are anybody's word but the client's own.
 */
export function clientAddress(incoming: IncomingMessage, proxies: number): string {
  const peer = incoming.socket.remoteAddress ?? '';
  if (proxies === 0) return peer;
  const header = incoming.headers['x-forwarded-for'];
  const entries = (typeof header === 'string' ? header : '').split(',').map((entry) => entry.trim());
  const told = entries.at(-proxies) ?? entries[0] ?? '';
  return isIP(told) ? told : peer;
}

/** What is counted together: an IPv4 address, or the /64 that one customer of a network has in IPv6. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  if (isIPv4(plain) || !plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%')[0]!.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address);
}

/**
 * Whether somebody at this very machine asks, and asked for it by a name of this machine. A proxy on it says for whom it asks; a
 * page of another site that had its name point here (DNS rebinding) asks by that name.
 */
export function isAtThisMachine({ socket, headers }: IncomingMessage): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
}
