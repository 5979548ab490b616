/** For operators: jobs, the books, and their reconciliations. */
import type { z } from 'zod';
import { readId, showId } from '../../domain/ids.ts';
import { report } from '../../features/integrity/report.ts';
import { list } from '../../features/jobs/list.ts';
import {
  findingsQuery,
  jobsQuery,
  reconcileInput,
  reportQuery,
  runsQuery,
} from '../../features/reconcile/input.ts';
import { request } from '../../features/reconcile/request.ts';
import { type FindingRow, listRuns, type Reconciliation, show } from '../../features/reconcile/show.ts';
import type { Answer } from '../../features/requests/once.ts';
import * as api from '../api/integrity.ts';
import type { Call, Edge, Route } from '../edge.ts';
import { parseInput, queryOf } from '../input.ts';
import type { Refused } from '../problem.ts';
import { answer, organizerRoutes } from './admin-frame.ts';
import { asParameter } from './events.ts';

export function integrityRoutes(edge: Edge): Route[] {
  const { change, view } = organizerRoutes(edge);
  return [
    view(api.listJobs, (call) =>
      asked(call, jobsQuery, async (filter) => {
        const jobs = await list(call.ctx, filter);
        return answer(200, { jobs });
      }),
    ),
    view(api.showIntegrity, (call) =>
      asked(call, reportQuery, async ({ fresh }) => {
        const { at, counters, ...rest } = await report(call.ctx, fresh === '1');
        const bad = counters !== null && counters.ghostUnits + counters.driftUnits + counters.notCompared > 0;
        const status = bad || rest.open.length > 0 || rest.deadJobs > 0 ? 'findings' : 'ok';
        return answer(200, { at: new Date(at), status, ...rest, counters });
      }),
    ),
    view(api.listReconciliations, (call) =>
      asked(call, runsQuery, async ({ limit }) =>
        answer(200, { reconciliations: (await listRuns(call.ctx, limit)).map(runJson) }),
      ),
    ),
    view(api.showReconciliation, (call) =>
      asked(call, findingsQuery, async ({ after }) => {
        const id = readId('reconciliation', call.c.req.param('reconciliation') ?? '');
        if (id === undefined) return { status: 'reconciliation_unknown' };
        const outcome = await show(call.ctx, id, after);
        if (outcome.status !== 'found') return outcome;
        const { reconciliation, findings } = outcome;
        return answer(200, { ...runJson(reconciliation), found: findings.map(findingJson) });
      }),
    ),
    change(api.requestReconciliation, reconcileInput, async ({ ctx, value: { eventId, mode } }) => {
      const outcome = await request(ctx, { event: eventId, mode });
      if (outcome.status !== 'requested') return outcome;
      const body = runJson(outcome.reconciliation);
      return answer(202, body, { location: `/v1/admin/reconciliations/${body.id}` });
    }),
  ];
}

async function asked<Schema extends z.ZodType>(
  call: Call,
  schema: Schema,
  then: (value: z.output<Schema>) => Promise<Answer | Refused>,
): Promise<Answer | Refused> {
  const input = parseInput(schema, queryOf(call));
  if (input.status === 'valid') return then(input.value);
  return { ...input, errors: (input.errors ?? []).map(asParameter) };
}

function runJson({ id, event, ...run }: Reconciliation) {
  return { id: showId('reconciliation', id), eventId: event && showId('event', event), ...run };
}

function findingJson({ event, tier, order, ticket, ...finding }: FindingRow) {
  return {
    ...finding,
    eventId: event && showId('event', event),
    tierId: tier && showId('tier', tier),
    orderId: order && showId('order', order),
    ticketId: ticket && showId('ticket', ticket),
  };
}
