/** Explaining an order. */
import { readId, showId } from '../../domain/ids.ts';
import { shownAt } from '../../features/explain/moment.ts';
import { timelineOf } from '../../features/explain/timeline.ts';
import * as api from '../api/timeline.ts';
import type { Edge, Route } from '../edge.ts';
import { answer, organizerRoutes } from './admin-frame.ts';

export function timelineRoutes(edge: Edge): Route[] {
  const { view } = organizerRoutes(edge);
  return [
    view(api.showTimeline, async ({ c, ctx }) => {
      const order = readId('order', c.req.param('order') ?? '');
      const found = order === undefined ? undefined : await timelineOf(ctx, { order });
      if (order === undefined || found?.status !== 'told') return { status: 'order_unknown' };
      return answer(200, {
        orderId: showId('order', order),
        holdId: found.hold && showId('hold', found.hold),
        eventId: showId('event', found.event),
        complete: found.complete,
        moments: found.moments.map((moment) => ({
          at: shownAt(moment),
          source: moment.source,
          said: moment.said,
        })),
      });
    }),
  ];
}
