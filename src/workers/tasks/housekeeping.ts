/** What is done again and again so that nothing grows for ever or stands still. */
import type { Deps } from '../../features/context.ts';
import { prune as pruneAll } from '../../features/retention/prune.ts';
import { refresh } from '../../features/sales-velocity/refresh.ts';
import type { Task } from './list.ts';

export const prune =
  (ctx: Pick<Deps, 'db' | 'log'>): Task<'prune'> =>
  async () => {
    ctx.log.info({ removed: await pruneAll(ctx) }, 'what was kept long enough was removed');
  };

export const refreshSalesVelocity =
  (ctx: Pick<Deps, 'db'>): Task<'refresh_sales_velocity'> =>
  () =>
    refresh(ctx);
