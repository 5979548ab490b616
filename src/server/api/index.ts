/** All of the interface. A route that is mounted and not in this list fails a test, and so does the other way round. */
import { type Json, openApiDocument } from './document.ts';
import type { Operation } from './operation.ts';
import { operatorOperations } from './operations.ts';
import { organizerOperations } from './organizers.ts';
import { pageOperations } from './pages.ts';
import { publicOperations } from './public.ts';
import { refundOperations } from './refunds.ts';
import { signInOperations } from './sign-in.ts';
import { showTimeline } from './timeline.ts';

export const operations: Operation[] = [
  ...publicOperations,
  ...signInOperations,
  showTimeline,
  ...organizerOperations,
  ...refundOperations,
  ...operatorOperations,
  ...pageOperations,
];

export function openApi(version: string): Json {
  return openApiDocument(operations, version);
}
