/** What an organizer may ask for, with an API key. */
import { addTierInput } from '../../features/events/add-tier.ts';
import { createInput } from '../../features/events/create.ts';
import { editEventInput } from '../../features/events/edit.ts';
import { editTierInput } from '../../features/events/edit-tier.ts';
import { listInput } from '../../features/events/list.ts';
import { repriceInput } from '../../features/events/reprice.ts';
import { resizeInput } from '../../features/events/resize.ts';
import { reasonInput, setSaleInput } from '../../features/events/set-sale.ts';
import { withholdInput } from '../../features/events/withhold.ts';
import type { Scope } from '../../features/keys/scopes.ts';
import * as is from './bodies.ts';
import { inputs } from './inputs.ts';
import type { Answer, Operation } from './operation.ts';

const base = '/v1/admin/events';

/** What Redis may refuse of a command to an event that is open. */
const ofOpenEvents = ['event_retired', 'event_frozen', 'sale_not_open'] as const;

const view = (path: string, id: string, summary: string, scope: Scope, answer: Answer): Operation => ({
  method: 'GET',
  path: `${base}${path}`,
  id,
  tag: 'organizers',
  summary,
  auth: [scope],
  answers: [answer],
  refusals: [],
});

type Change = Pick<Operation, 'id' | 'summary' | 'body' | 'refusals'> & {
  scopes: Scope[];
  answer: Answer;
};

const change = (path: string, { scopes, answer, ...rest }: Change) =>
  ({
    method: 'POST',
    path: `${base}${path}`,
    tag: 'organizers',
    auth: scopes,
    idempotent: 'remembered',
    bodyOptional: true,
    answers: [{ ...answer, maybe: [...(answer.maybe ?? []), 'idempotency-replayed'] }],
    ...rest,
  }) as const satisfies Operation;

const edit = (path: string, about: Change) =>
  ({ ...change(path, about), method: 'PATCH', conditional: 'if-match' }) as const satisfies Operation;

export const listRecords: Operation = {
  ...view('', 'listEventRecords', 'List all events, drafts too, newest last', 'events:read', {
    status: 200,
    description: 'A page. `Link` with rel="next" leads to the following one, where there is one.',
    schema: is.recordPage,
    maybe: ['link'],
  }),
  query: listInput,
};
export const showRecord = view(
  '/:event',
  'showEventRecord',
  'Show an event as the records have it',
  'events:read',
  {
    status: 200,
    description: 'The event. Its ETag goes into If-Match of an edit.',
    schema: is.eventRecord,
    headers: ['etag'],
  },
);
export const listTiers = view('/:event/tiers', 'listTiers', 'List the tiers of an event', 'events:read', {
  status: 200,
  description: 'In the organizer’s order.',
  schema: is.tierList,
});
export const showTier = view('/:event/tiers/:tier', 'showTier', 'Show a tier', 'events:read', {
  status: 200,
  description: 'The tier. Its ETag goes into If-Match of an edit.',
  schema: is.tier,
  headers: ['etag'],
});
export const auditEvent = view(
  '/:event/audit',
  'auditEvent',
  'Compare the inventory with the records, at one version',
  'audit:read',
  {
    status: 200,
    description: 'Both, line by line. Ghosts and drift are 0 in health.',
    schema: is.auditReport,
  },
);
auditEvent.refusals.push('event_retired', 'sale_not_open', ...(['inventory_unavailable'] as const));

export const createEvent = change('', {
  id: 'createEvent',
  summary: 'Create an event as a draft',
  scopes: ['events:write'],
  body: inputs.createEvent(createInput),
  answer: { status: 201, description: 'The draft.', schema: is.eventRecord },
  refusals: [],
});
export const editEvent = edit('/:event', {
  id: 'editEvent',
  summary: 'Edit name, venue, date and time zone',
  scopes: ['events:write'],
  body: inputs.editEvent(editEventInput),
  answer: {
    status: 200,
    description: 'The event as it is after it.',
    schema: is.eventRecord,
    maybe: ['etag'],
  },
  refusals: [],
});
export const addTier = change('/:event/tiers', {
  id: 'addTier',
  summary: 'Add a tier, to a draft or to an open event',
  scopes: ['events:write'],
  body: inputs.addTier(addTierInput),
  answer: { status: 201, description: 'The tier.', schema: is.tier },
  refusals: [...ofOpenEvents, 'tier_unknown', 'tiers_full'],
});
export const changeTier = edit('/:event/tiers/:tier', {
  id: 'changeTier',
  summary: 'Change one of: texts, capacity, price',
  scopes: ['events:write', 'inventory:write'],
  body: inputs.changeTier(resizeInput.or(repriceInput).or(editTierInput)),
  answer: {
    status: 200,
    description: 'What was changed: the tier with its texts, or the fact about capacity or price.',
    schema: is.tierChanged,
    maybe: ['etag'],
  },
  refusals: [...ofOpenEvents, 'capacity_below_committed'],
});
export const setSale = edit('/:event/sale', {
  id: 'setSale',
  summary: 'Set state and settings of the sale',
  scopes: ['inventory:write'],
  body: inputs.setSale(setSaleInput),
  answer: {
    status: 200,
    description: 'The sale as it is after it.',
    schema: is.saleChanged,
    maybe: ['etag'],
  },
  refusals: [...ofOpenEvents],
});

const withReason = inputs.reason(reasonInput);
const changedAnswer = { status: 200, description: 'Done, and in the records.', schema: is.changed };
const saleAnswer = { status: 200, description: 'The sale as it is after it.', schema: is.saleChanged };

export const publishEvent = change('/:event/publish', {
  id: 'publishEvent',
  summary: 'Open the sale: from here on Redis counts',
  scopes: ['inventory:write'],
  body: withReason,
  answer: changedAnswer,
  refusals: ['event_retired', 'event_frozen', 'event_has_incident', 'event_has_holds'],
});
export const pauseEvent = change('/:event/pause', {
  id: 'pauseEvent',
  summary: 'No new holds and no extensions; live holds run on',
  scopes: ['inventory:write'],
  body: withReason,
  answer: saleAnswer,
  refusals: [...ofOpenEvents],
});
export const resumeEvent = change('/:event/resume', {
  id: 'resumeEvent',
  summary: 'On sale again',
  scopes: ['inventory:write'],
  body: withReason,
  answer: saleAnswer,
  refusals: [...ofOpenEvents],
});
export const retireEvent = change('/:event/retire', {
  id: 'retireEvent',
  summary: 'Close an event for good, once nothing is held',
  scopes: ['inventory:write'],
  body: withReason,
  answer: changedAnswer,
  refusals: [...ofOpenEvents, 'event_has_holds'],
});
export const withholdUnits = change('/:event/withholds', {
  id: 'withhold',
  summary: 'Take units off sale for the house, or put them back',
  scopes: ['inventory:write'],
  body: inputs.withhold(withholdInput),
  answer: { status: 201, description: 'Done, and in the records.', schema: is.withheld },
  refusals: [...ofOpenEvents, 'tier_unknown', 'withhold_exceeds_available', 'unwithhold_exceeds_withheld'],
});

export const organizerOperations: Operation[] = [
  listRecords,
  createEvent,
  showRecord,
  editEvent,
  listTiers,
  addTier,
  showTier,
  changeTier,
  setSale,
  publishEvent,
  pauseEvent,
  resumeEvent,
  retireEvent,
  withholdUnits,
  auditEvent,
];
