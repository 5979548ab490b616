/** Builds what stands in front of every route out of the configuration: who may call, from where and how often. */
import type { Redis } from 'ioredis';
import type { Config } from '../platform/config.ts';
import type { FindKey } from './authorize.ts';
import type { Edge } from './edge.ts';
import { createSubjects, keySet } from './jwt.ts';
import { createLimits } from './limits/limits.ts';

type Guards = Pick<Edge, 'findKey' | 'limits' | 'corsOrigins' | 'securityContact' | 'subjects'>;

export function guards(
  config: Config['http'],
  parts: { findKey: FindKey; redis: Redis; now: () => number },
): Guards {
  const { jwt, corsOrigins, securityContact, quotas, proxies, limitLoopback } = config;
  const { findKey, redis, now } = parts;
  return {
    findKey,
    limits: createLimits({ quotas, proxies, loopback: limitLoopback, redis, now }),
    corsOrigins: new Set(corsOrigins),
    ...(securityContact === undefined ? {} : { securityContact }),
    ...(jwt ? { subjects: createSubjects({ ...jwt, keys: keySet(jwt), now }) } : {}),
  };
}
