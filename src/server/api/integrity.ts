/** What those who run it ask about the work that is done later, and about the books. */
import {
  findingsQuery,
  jobsQuery,
  reconcileInput,
  reportQuery,
  runsQuery,
} from '../../features/reconcile/input.ts';
import { inputs } from './inputs.ts';
import * as is from './integrity-bodies.ts';
import type { Operation } from './operation.ts';

const look = (path: string, about: Pick<Operation, 'id' | 'summary' | 'answers' | 'query'>): Operation => ({
  method: 'GET',
  path: `/v1/admin/${path}`,
  tag: 'operations',
  auth: ['audit:read'],
  refusals: ['input_invalid'],
  ...about,
});

export const listJobs = look('jobs', {
  id: 'listJobs',
  summary: 'Work that is done later: what waits, what runs, what was given up',
  query: jobsQuery,
  answers: [{ status: 200, description: 'Oldest first.', schema: is.jobList }],
});
export const showIntegrity = look('integrity', {
  id: 'showIntegrity',
  summary: 'How the books stand; `fresh=1` compares the counters of every open event now',
  query: reportQuery,
  answers: [
    { status: 200, description: 'As the last full reconciliation left them.', schema: is.integrityReport },
  ],
});
export const listReconciliations = look('reconciliations', {
  id: 'listReconciliations',
  summary: 'List the reconciliations there were',
  query: runsQuery,
  answers: [{ status: 200, description: 'Newest first.', schema: is.reconciliationList }],
});
export const showReconciliation: Operation = {
  ...look('reconciliations/:reconciliation', {
    id: 'showReconciliation',
    summary: 'Show a reconciliation and what it found',
    query: findingsQuery,
    answers: [{ status: 200, description: 'As far as it has come.', schema: is.reconciliationReport }],
  }),
  refusals: ['input_invalid', 'reconciliation_unknown'],
};
export const requestReconciliation: Operation = {
  method: 'POST',
  path: '/v1/admin/reconciliations',
  id: 'requestReconciliation',
  tag: 'operations',
  summary: 'Reconcile one event, or all of them',
  auth: ['operations:write'],
  idempotent: 'remembered',
  body: inputs.reconcile(reconcileInput),
  bodyOptional: true,
  answers: [
    {
      status: 202,
      description: 'A worker does it. `Location` shows how far it is.',
      schema: is.reconciliation,
      headers: ['location'],
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: ['event_unknown', 'reconciliation_running'],
};

export const integrityOperations: Operation[] = [
  listJobs,
  showIntegrity,
  listReconciliations,
  showReconciliation,
  requestReconciliation,
];
