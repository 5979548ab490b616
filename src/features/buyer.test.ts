import { expect, test } from 'vitest';
import { type EventId, isUuid, type UserId } from '../domain/ids.ts';
import { createBuyers } from './buyer.ts';

const event = '01900000-0000-7000-8000-000000000001' as EventId;
const other = '01900000-0000-7000-8000-000000000002' as EventId;
const user = '01900000-0000-7000-8000-000000000003' as UserId;

test('a person is one pseudonym in an event, another one in the next, and nobody without the key', () => {
  const one = createBuyers(Buffer.alloc(32, 1));
  const same = createBuyers(Buffer.alloc(32, 1));
  const stranger = createBuyers(Buffer.alloc(32, 2));
  expect(isUuid(one.of(event, user))).toBe(true);
  expect(one.of(event, user)).toBe(one.of(event, user));
  expect(same.of(event, user)).toBe(one.of(event, user));
  expect(one.of(other, user)).not.toBe(one.of(event, user));
  expect(stranger.of(event, user)).not.toBe(one.of(event, user));
});
