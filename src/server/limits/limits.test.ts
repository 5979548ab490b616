import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressGroup, clientAddress, isLoopback } from './address.ts';
import { createWindow } from './window.ts';

const request = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test.each<[string, number, string, string | undefined, string]>([
  ['no proxy of ours: the header is anybody’s word', 0, '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  ['one proxy: what it saw', 1, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['one proxy: not what the client wrote in front', 1, '10.0.0.1', '9.9.9.9, 1.2.3.4', '1.2.3.4'],
  ['two proxies', 2, '10.0.0.1', '9.9.9.9, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['fewer entries than proxies: the farthest there is', 3, '10.0.0.1', '1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['no header', 1, '10.0.0.1', undefined, '10.0.0.1'],
  ['something that is no address', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
  ['IPv6', 1, '10.0.0.1', '2001:db8::1', '2001:db8::1'],
])('%s', (_, proxies, peer, forwarded, address) => {
  expect(clientAddress(request(peer, forwarded), proxies)).toBe(address);
});

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s is counted as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test('this machine is told by its address', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['128.0.0.1', '::2', '::ffff:12.7.0.1', '1.127.0.1'].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('a window begins with the first request of its key, and its quota is whole again at its end', () => {
  let now = 1_000;
  const window = createWindow({ quota: 2, windowMs: 100, entriesMax: 100, now: () => now });
  expect(window.take('a')).toEqual({ allowed: true, remaining: 1, resetMs: 100 });
  now += 60;
  expect(window.take('a')).toEqual({ allowed: true, remaining: 0, resetMs: 40 });
  expect(window.take('a')).toEqual({ allowed: false, remaining: 0, resetMs: 40 });
  expect(window.take('b')).toEqual({ allowed: true, remaining: 1, resetMs: 100 });
  now += 39;
  expect(window.take('a').allowed).toBe(false);
  now += 1;
  expect(window.take('a')).toEqual({ allowed: true, remaining: 1, resetMs: 100 });
});

test('a flood of keys does not make a window grow', () => {
  const window = createWindow({ quota: 1, windowMs: 1_000, entriesMax: 10, now: () => 0 });
  for (let key = 0; key < 1_000; key++) window.take(String(key));
  expect(window.take('999').allowed).toBe(false);
  expect(window.take('0').allowed).toBe(true);
});
