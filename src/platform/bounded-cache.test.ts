import { describe, expect, test } from 'vitest';
import { boundedCache } from './bounded-cache.ts';

describe('bounded cache', () => {
  test('never holds more than its bound', () => {
    const cache = boundedCache<number, number>(100);
    for (let key = 0; key < 10_000; key++) cache.set(key, key);
    expect(cache.size).toBeLessThanOrEqual(100);
    expect(cache.get(9_999)).toBe(9_999);
    expect(cache.get(1)).toBeUndefined();
  });

  test('keeps what is asked for again and again', () => {
    const cache = boundedCache<number, string>(10);
    cache.set(-1, 'kept');
    for (let key = 0; key < 1_000; key++) {
      cache.set(key, 'passing');
      expect(cache.get(-1)).toBe('kept');
    }
  });

  test('forgets what is deleted, in both generations', () => {
    const cache = boundedCache<number, number>(4);
    for (let key = 0; key < 3; key++) cache.set(key, key);
    for (let key = 0; key < 3; key++) cache.delete(key);
    expect(cache.size).toBe(0);
  });
});
