/** All checks, in the order they run: what people lose by first. */
import type { Check } from '../finding.ts';
import { issued, negative, oversold } from './counters.ts';
import { drift } from './drift.ts';
import { duplicateTickets } from './duplicate-tickets.ts';
import { ghosts } from './ghosts.ts';
import { incidents } from './incidents.ts';
import { ledger } from './ledger.ts';
import { owedRefunds } from './owed-refunds.ts';
import { paidWithoutTicketsCheck } from './paid-without-tickets.ts';
import { refunds } from './refunds.ts';
import { revenue } from './revenue.ts';
import { staleOrdersCheck } from './stale-orders.ts';
import { ticketsWithoutPaymentCheck } from './tickets-without-payment.ts';
import { webhooks } from './webhooks.ts';

export const checks: readonly Check[] = [
  paidWithoutTicketsCheck,
  ticketsWithoutPaymentCheck,
  duplicateTickets,
  oversold,
  negative,
  ghosts,
  issued,
  staleOrdersCheck,
  refunds,
  owedRefunds,
  webhooks,
  revenue,
  incidents,
  drift,
];

/** Once a month: every fact there ever was. */
export const auditChecks: readonly Check[] = [ledger];
