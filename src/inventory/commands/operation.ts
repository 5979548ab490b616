import type { Operation } from '../inventory.ts';

/** The arguments that every command with an operation id begins with; what is left out is sent empty. */
export function operationArgs({ op, actor, reason }: Operation): {
  op: string;
  actor: string;
  reason: string;
} {
  return { op, actor: actor ?? '', reason: reason ?? '' };
}
