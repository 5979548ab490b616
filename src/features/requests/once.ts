/**
 * A request with an Idempotency-Key has one effect and one answer. Its key is claimed in Postgres before anything happens; its
 * command's operation id is derived from the key, so that a server that died halfway is finished by the next attempt.
 */
import { derivedUuid, type OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import {
  claimRequest,
  forgetRequest,
  type RequestKey,
  rememberReply,
  unlockRequest,
} from '../../persistence/queries/idempotency.ts';
import type { Ctx } from '../context.ts';

export type Answer = {
  status: 'answered';
  httpStatus: number;
  text: string;
  /** Of the first answer only: a repetition gets the text. */
  headers?: Record<string, string>;
};
export type Run = (op: OpId, firstAt: number) => Promise<Answer | Refusal>;

/** `bodyHash`: of the bytes of the body; the same key with another one is refused. */
export async function once(
  ctx: Ctx,
  request: RequestKey & { bodyHash: string },
  run: Run,
): Promise<(Answer & { replayed: boolean }) | Refusal> {
  const claim = await claimRequest(ctx.db, request, request.bodyHash);
  switch (claim.status) {
    case 'running':
      return { status: 'idempotency_key_running' };
    case 'other_body':
      return { status: 'idempotency_key_reused' };
    case 'remembered':
      return { status: 'answered', httpStatus: claim.httpStatus, text: claim.reply, replayed: true };
    case 'claimed':
      break;
  }
  let outcome: Answer | Refusal;
  try {
    outcome = await run(operationOf(request), claim.firstAt);
  } catch (fault) {
    // Best effort: left locked, the key frees itself after its lock's time.
    await unlockRequest(ctx.db, request).catch(() => undefined);
    throw fault;
  }
  if (outcome.status !== 'answered') {
    await forgetRequest(ctx.db, request);
    return outcome;
  }
  await rememberReply(ctx.db, request, outcome.httpStatus, outcome.text);
  return { ...outcome, replayed: false };
}

/** The operation a key stands for: the same principal, route and key always name the same one. */
export function operationOf({ principal, route, key }: RequestKey): OpId {
  // Version 8, and none of the time bits of a UUIDv7: an operation has no date.
  return derivedUuid('0000000000008000', 'operation', principal, route, key) as OpId;
}
