/**
 * People who log in elsewhere: a JWT of a configured issuer stands for its subject. The subject becomes the user id by
 * derivation, so the same person is the same user on every server and nothing is stored.
 */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { Fault } from '../domain/faults.ts';
import { derivedUuid, type UserId } from '../domain/ids.ts';
import { boundedCache } from '../platform/bounded-cache.ts';

/** Asymmetric only: a symmetric key in a key set would let whoever reads it sign. */
const algorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];

const keySetTimeoutMs = 2_000;
const tokenBytesMax = 4_096;
const clockToleranceSeconds = 5;

export type Subjects = {
  /** The user a token stands for, or undefined. Throws `records_unavailable` while the issuer's keys cannot be had. */
  userOf(token: string): Promise<UserId | undefined>;
};

export type JwtOptions = { issuer: string; audience: string; keys: JWTVerifyGetKey; now: () => number };

export function createSubjects({ issuer, audience, keys, now }: JwtOptions): Subjects {
  /** Tokens that were good, until they are over. */
  const verified = boundedCache<string, { user: UserId; expiresAt: number }>(100_000);
  return {
    async userOf(token) {
      const known = verified.get(token);
      if (known) return known.expiresAt > now() ? known.user : undefined;
      if (token.length > tokenBytesMax || token.split('.').length !== 3) return undefined;
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms,
          requiredClaims: ['sub', 'exp'],
          clockTolerance: clockToleranceSeconds,
          currentDate: new Date(now()),
        });
        if (!payload.sub || payload.exp === undefined) return undefined;
        const user = userOfSubject(issuer, payload.sub);
        verified.set(token, { user, expiresAt: payload.exp * 1_000 });
        return user;
      } catch (error) {
        if (isUnreachable(error)) {
          throw new Fault('records_unavailable', "the issuer's keys cannot be read", { cause: error });
        }
        return undefined;
      }
    },
  };
}

/** Version 8: derived, without a time. */
export function userOfSubject(issuer: string, subject: string): UserId {
  return derivedUuid('0000000000008000', 'subject', issuer, subject) as UserId;
}

/** `set`: a JWK set; `url`: one that is fetched, kept, and fetched again when a token names an unknown key. */
export function keySet(from: { set?: JSONWebKeySet | undefined; url?: string | undefined }): JWTVerifyGetKey {
  if (from.set !== undefined) return createLocalJWKSet(from.set);
  if (from.url !== undefined)
    return createRemoteJWKSet(new URL(from.url), { timeoutDuration: keySetTimeoutMs });
  throw new Error('neither a key set nor its address is given');
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}
