/**
 * Brings the listeners of moved channels up to date, a slice of sockets per turn of the event loop, so that the HTTP requests
 * of this process wait for a slice and not for ten thousand sockets. A channel that moves while it is being sent is sent
 * again behind the others; who has the later value by then is passed over.
 */
import { bringUpToDate, type Channel, type Subscription } from './channel.ts';

export type Broadcast = {
  /** The channel has moved, or its values have become old or right again. */
  moved(channel: Channel): void;
};

export function createBroadcast(options: {
  sliceSockets: number;
  /** A channel's value was written to its last listener: ms since it was read. */
  done(lagMs: number): void;
}): Broadcast {
  const queue = new Set<Channel>();
  let channel: Channel | undefined;
  let cursor: Iterator<Subscription> | undefined;
  let scheduled = false;

  const slice = () => {
    for (let left = options.sliceSockets; left > 0; ) {
      if (!cursor) {
        [channel] = queue;
        if (!channel) {
          scheduled = false;
          return;
        }
        queue.delete(channel);
        cursor = channel.listeners.values();
      }
      const next = cursor.next();
      if (next.done) {
        if (channel?.readAt !== undefined) options.done(performance.now() - channel.readAt);
        if (channel) channel.readAt = undefined;
        cursor = undefined;
        // A queue of channels without listeners must end, too.
        left -= 1;
      } else {
        bringUpToDate(next.value);
        left -= 1;
      }
    }
    setImmediate(slice);
  };
  return {
    moved(one) {
      if (one.listeners.size === 0) return;
      queue.add(one);
      if (scheduled) return;
      scheduled = true;
      setImmediate(slice);
    },
  };
}
