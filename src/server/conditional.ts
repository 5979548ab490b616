/**
 * ETags of rows that organizers edit: `"<version>-<digest>"`. The version is the row's and decides; the digest makes the tag
 * that of these very bytes.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Expected } from '../features/events/expected.ts';
import type { Refused } from './problem.ts';

export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

export function rowEtag(version: number, text: string): string {
  return `"${version}-${etagOf(text).slice(1, 9)}"`;
}

const tags = /^(?:"(\d{1,15})(?:-[\w-]+)?"\s*(?:,\s*|$))+$/;
const tag = /"(\d+)/g;

/** What If-Match says. A weak tag never matches (RFC 9110), and one that is not ours cannot. */
export function readIfMatch(incoming: IncomingMessage): { status: 'expected'; expected: Expected } | Refused {
  const header = incoming.headers['if-match']?.trim();
  if (header === undefined || header === '') return { status: 'precondition_required' };
  if (header === '*') return { status: 'expected', expected: 'any' };
  if (!/"/.test(header)) {
    return { status: 'input_invalid', errors: [{ header: 'If-Match', detail: 'must be * or quoted ETags' }] };
  }
  if (!tags.test(header)) return { status: 'version_conflict', detail: 'If-Match names no version of this' };
  return { status: 'expected', expected: [...header.matchAll(tag)].map(([, version]) => Number(version)) };
}

/** Whether the caller has these very bytes. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const given = candidate.trim();
    return given === '*' || given === etag || given === `W/${etag}`;
  });
}
