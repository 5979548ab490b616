/**
 * Who listens to what: one topic per event that somebody listens to, with its channels.
 *
 *   a topic:        looking up -> reading -> watched -> (nobody listens for `lingerMs`) -> closed
 *   a subscription: waiting (the topic has no values yet) -> listening -> ended
 *
 * A topic that cannot be looked up, or read within `firstReadMs`, refuses those who wait and is closed: the next one who
 * subscribes tries again. One that has had values keeps them, and says that they may be old while they cannot be read.
 */
import { isFault } from '../domain/faults.ts';
import { type EventId, showId } from '../domain/ids.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Catalog, CatalogEvent } from '../features/catalog.ts';
import type { Feed, Snapshot } from '../inventory/feed.ts';
import type { RealtimeMetrics } from '../platform/realtime-metrics.ts';
import { createBroadcast } from './broadcast.ts';
import { type Channel, listen, newChannel, type Subscription, take } from './channel.ts';
import type { RealtimeLimits } from './limits.ts';
import { type ChannelKind, type ChannelName, channelKinds, type ErrorCode } from './protocol.ts';
import { createTierNames, type TierNames } from './tier-names.ts';
import { bodiesOf } from './values.ts';

type Topic = {
  event: EventId;
  channels: Record<ChannelKind, Channel>;
  names: TierNames | undefined;
  /** Elapsed ms since when nobody listens. */
  emptyAt: number | undefined;
  openedAt: number;
  unwatch: (() => void) | undefined;
};

export type Hub = {
  /** The channel of that name; its event is looked up and read if nobody listens to it yet. */
  channelOf(name: ChannelName): Channel;
  /** Answers through the subscriber, at once where the channel has values. */
  subscribe(subscription: Subscription): void;
  unsubscribe(subscription: Subscription): void;
  /** Closes what nobody listens to and what could not be read; to be called about once a second. */
  sweep(): void;
  stop(): void;
};

export type HubOptions = {
  feed: Pick<Feed, 'watch'>;
  catalog: Pick<Catalog, 'event' | 'forget'>;
  limits: RealtimeLimits;
  metrics: RealtimeMetrics;
  /** Unix ms. */
  now(): number;
  onError(error: unknown): void;
};

/** Those who wait; nobody does afterwards. */
function waitingOf({ channels }: Topic): Subscription[] {
  return channelKinds.flatMap((kind) => {
    const waiting = [...channels[kind].waiting];
    channels[kind].waiting.clear();
    return waiting;
  });
}

function isEmpty({ channels }: Topic): boolean {
  return channelKinds.every((kind) => channels[kind].listeners.size + channels[kind].waiting.size === 0);
}

export function createHub(options: HubOptions): Hub {
  const { feed, catalog, limits, metrics } = options;
  const topics = new Map<EventId, Topic>();
  const broadcast = createBroadcast({
    sliceSockets: limits.sliceSockets,
    done: (lagMs) => metrics.fanoutLag.observe(lagMs / 1_000),
  });

  const close = (topic: Topic) => {
    topic.unwatch?.();
    topic.names?.stop();
    if (topics.get(topic.event) === topic) topics.delete(topic.event);
  };
  const refuse = (topic: Topic, code: ErrorCode) => {
    close(topic);
    for (const subscription of waitingOf(topic)) subscription.subscriber.refused(subscription, code);
  };

  const welcome = (subscription: Subscription) => {
    const { state } = subscription.channel;
    if (!state) return;
    const { recovered } = listen(subscription, state);
    if (subscription.since) metrics.recoveries.inc({ recovered: String(recovered) });
  };

  const took = (topic: Topic, snapshot: Snapshot, entry: CatalogEvent) => {
    const bodies = bodiesOf(snapshot, entry);
    const at = { epoch: snapshot.epoch, offset: snapshot.version };
    for (const kind of channelKinds) {
      const channel = topic.channels[kind];
      const moved = take(channel, at, bodies[kind], snapshot.now, performance.now());
      const wasStale = channel.staleSince !== undefined;
      channel.staleSince = undefined;
      channel.staleFrame = undefined;
      if (moved || wasStale) broadcast.moved(channel);
    }
    for (const subscription of waitingOf(topic)) welcome(subscription);
  };

  const stale = (topic: Topic) => {
    if (!topic.channels.avail.state) return refuse(topic, 'inventory_unavailable');
    for (const kind of channelKinds) {
      const channel = topic.channels[kind];
      channel.staleSince = options.now();
      broadcast.moved(channel);
    }
  };

  const gone = (topic: Topic, code: RefusalCode) => {
    refuse(topic, code === 'event_retired' ? code : 'event_unknown');
    for (const kind of channelKinds) {
      const { listeners } = topic.channels[kind];
      for (const subscription of listeners) subscription.subscriber.ended(subscription, code);
      listeners.clear();
    }
  };

  const begin = async (topic: Topic): Promise<void> => {
    let entry: CatalogEvent | undefined;
    try {
      entry = await catalog.event(topic.event);
    } catch (error) {
      if (!isFault(error)) options.onError(error);
      return refuse(topic, 'records_unavailable');
    }
    if (topics.get(topic.event) !== topic) return;
    if (entry?.authority !== 'redis') return refuse(topic, 'event_unknown');
    const names = createTierNames(
      entry,
      { catalog, everyMs: limits.tickMs, onError: options.onError },
      (...known) => took(topic, ...known),
    );
    topic.names = names;
    topic.unwatch = feed.watch(topic.event, {
      snapshot: (snapshot) => names.show(snapshot),
      stale: () => stale(topic),
      gone: (code) => gone(topic, code),
    });
    if (!topic.unwatch) refuse(topic, 'events_watched_max');
  };

  const topicOf = (event: EventId): Topic => {
    const known = topics.get(event);
    if (known) return known;
    const name = (kind: ChannelKind) => newChannel(`${kind}:${showId('event', event)}`);
    const topic: Topic = {
      event,
      channels: { avail: name('avail'), event: name('event') },
      names: undefined,
      emptyAt: undefined,
      openedAt: performance.now(),
      unwatch: undefined,
    };
    topics.set(event, topic);
    void begin(topic);
    return topic;
  };

  return {
    channelOf: ({ kind, event }) => topicOf(event).channels[kind],
    subscribe(subscription) {
      if (subscription.channel.state) welcome(subscription);
      else subscription.channel.waiting.add(subscription);
    },
    unsubscribe(subscription) {
      subscription.channel.listeners.delete(subscription);
      subscription.channel.waiting.delete(subscription);
    },
    sweep() {
      const now = performance.now();
      for (const topic of topics.values()) {
        if (!topic.channels.avail.state && now - topic.openedAt >= limits.firstReadMs) {
          refuse(topic, 'inventory_unavailable');
        } else if (!isEmpty(topic)) topic.emptyAt = undefined;
        else if (topic.emptyAt === undefined) topic.emptyAt = now;
        else if (now - topic.emptyAt >= limits.lingerMs) close(topic);
      }
    },
    stop() {
      for (const topic of topics.values()) close(topic);
    },
  };
}
