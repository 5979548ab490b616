/** Live availability as one thing that starts and stops: the feed, the hub and the door, wired. */
import type { UserId } from '../domain/ids.ts';
import type { Catalog } from '../features/catalog.ts';
import { createFeed, type FeedOptions } from '../inventory/feed.ts';
import type { RealtimeMetrics } from '../platform/realtime-metrics.ts';
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
import { createHub } from './hub.ts';
import { defaultRealtimeLimits, type RealtimeLimits } from './limits.ts';
import { closeCodes, serverKinds } from './protocol.ts';
import { createUsers } from './users.ts';

export type RealtimeOptions = Omit<FeedOptions, 'tickMs'> & {
  catalog: Pick<Catalog, 'event' | 'forget'>;
  metrics: RealtimeMetrics;
  limits?: Partial<RealtimeLimits>;
  origins: readonly string[];
  /** Whose session token it is, or undefined. */
  verify(token: string): UserId | undefined;
  refuse: GatewayOptions['refuse'];
  /** Unix ms. */
  now(): number;
};

/** What the metrics have labels for: our own codes, and those that clients and the protocol itself bring. */
export const realtimeLabels = {
  kinds: [...serverKinds, 'ping'],
  codes: [1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009, ...Object.values(closeCodes), 'other'].map(String),
};

export function startRealtime(options: RealtimeOptions): Gateway {
  const limits = { ...defaultRealtimeLimits, ...options.limits };
  const { catalog, metrics, origins, refuse, now, onError } = options;
  const feed = createFeed({ ...options, tickMs: limits.tickMs });
  const hub = createHub({ feed, catalog, limits, metrics, now, onError });
  const gateway = createGateway({
    hub,
    users: createUsers(options.verify, limits.connectionsPerUserMax),
    limits,
    metrics,
    now,
    origins: new Set(origins),
    refuse,
  });
  return {
    upgrade: gateway.upgrade,
    async stop() {
      await gateway.stop();
      await feed.stop();
    },
  };
}
