/** All of the interface. A route that is mounted and not in this list fails a test, and so does the other way round. */
import { buyingOperations } from './buying.ts';
import { type Json, openApiDocument } from './document.ts';
import { integrityOperations } from './integrity.ts';
import type { Operation } from './operation.ts';
import { operatorOperations } from './operations.ts';
import { orderDecisionOperations } from './order-decisions.ts';
import { orderOperations } from './orders.ts';
import { organizerOperations } from './organizers.ts';
import { pageOperations } from './pages.ts';
import { publicOperations } from './public.ts';
import { sellingOperations } from './selling.ts';
import { webhookOperations } from './webhooks.ts';

export const operations: Operation[] = [
  ...publicOperations,
  ...orderOperations,
  ...organizerOperations,
  ...sellingOperations,
  ...orderDecisionOperations,
  ...operatorOperations,
  ...integrityOperations,
  ...pageOperations,
  ...buyingOperations,
  ...webhookOperations,
];

export function openApi(version: string): Json {
  return openApiDocument(operations, version);
}
