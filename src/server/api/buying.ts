/** Buying without script: what the forms of the pages send, and where they lead. */
import type { RefusalCode } from '../../domain/refusals.ts';
import type { Operation } from './operation.ts';

const refusals: RefusalCode[] = [
  'media_type_unsupported',
  'body_too_large',
  'session_required',
  'records_unavailable',
  'records_behind',
  'inventory_unavailable',
  'outcome_unknown',
  'payments_unavailable',
];

/** A form is answered by a page, whatever came of it; one that another site's page sends is refused. */
const form = (path: string, id: string, summary: string, description: string): Operation => ({
  method: 'POST',
  path,
  id,
  tag: 'pages',
  summary,
  auth: 'nobody',
  answers: [{ status: 303, description, headers: ['location'], maybe: ['set-cookie'] }],
  refusals,
});

export const holdByForm = form(
  '/e/:event/hold',
  'holdByForm',
  'Take tickets: the form of the event page',
  'To the page that pays them, or back with the reason. Whoever is nobody yet is somebody from here on.',
);
export const payByForm = form(
  '/pay/:hold',
  'payByForm',
  'Pay: the form of the pay page',
  'To the order, and on to the provider; or back with the reason.',
);
export const releaseByForm = form(
  '/pay/:hold/release',
  'releaseByForm',
  'Give the tickets back: the other form of the pay page',
  'To the event.',
);
export const cancelByForm = form(
  '/orders/:order/cancel',
  'cancelByForm',
  'Cancel: the form of the order page',
  'To the order as it is then.',
);

export const buyingOperations: Operation[] = [holdByForm, payByForm, releaseByForm, cancelByForm];
