/** Requests remembered by principal, route and key, so that a second one with the same key is the same one. */
import { sql } from 'kysely';
import { type Database, inTransaction } from '../database.ts';

export type RequestKey = { principal: string; route: string; key: string };

export type Claim =
  /** This caller runs it. `firstAt`: Unix ms of the first time this key was seen. */
  | { status: 'claimed'; firstAt: number }
  | { status: 'running' }
  | { status: 'other_body' }
  | { status: 'remembered'; httpStatus: number; reply: string };

/** A request that takes longer than this has died with its server; another may take it over. */
const lockSeconds = 30;

export function claimRequest(db: Database, request: RequestKey, bodyHash: string): Promise<Claim> {
  return inTransaction(db, { role: 'app' }, async (tx) => {
    const locked = sql<Date>`now() + make_interval(secs => ${lockSeconds})`;
    const claimed = await sql<{ created_at: Date }>`
      INSERT INTO ticketing.idempotency_keys AS known (principal, route, key, body_hash, locked_until)
      VALUES (${request.principal}, ${request.route}, ${request.key}, ${bodyHash}, ${locked})
      ON CONFLICT (principal, route, key) DO UPDATE SET
        locked_until = excluded.locked_until,
        body_hash = excluded.body_hash,
        status = NULL,
        reply = NULL,
        created_at = CASE WHEN known.expires_at < now() THEN now() ELSE known.created_at END,
        expires_at = CASE WHEN known.expires_at < now() THEN excluded.expires_at ELSE known.expires_at END
      WHERE known.expires_at < now()
        OR (known.status IS NULL AND known.locked_until < now() AND known.body_hash = excluded.body_hash)
      RETURNING created_at`.execute(tx);
    const mine = claimed.rows[0];
    if (mine) return { status: 'claimed', firstAt: mine.created_at.getTime() };
    const known = await tx
      .selectFrom('ticketing.idempotency_keys')
      .select(['body_hash', 'status', 'reply'])
      .where('principal', '=', request.principal)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .executeTakeFirst();
    if (known && known.body_hash !== bodyHash) return { status: 'other_body' };
    // Gone between the two statements: the first one was refused just now, and its key is free again.
    if (!known || known.status === null) return { status: 'running' };
    return { status: 'remembered', httpStatus: known.status, reply: known.reply ?? '' };
  });
}

/** Keeps the answer for whoever sends the same request again. */
export async function rememberReply(
  db: Database,
  request: RequestKey,
  httpStatus: number,
  reply: string,
): Promise<void> {
  await inTransaction(db, { role: 'app' }, (tx) =>
    tx
      .updateTable('ticketing.idempotency_keys')
      .set({ status: httpStatus, reply, locked_until: null })
      .where('principal', '=', request.principal)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .execute(),
  );
}

/** A refusal changed nothing and is decided again: the key is free, for another body too. */
export async function forgetRequest(db: Database, request: RequestKey): Promise<void> {
  await inTransaction(db, { role: 'app' }, (tx) =>
    tx
      .deleteFrom('ticketing.idempotency_keys')
      .where('principal', '=', request.principal)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .execute(),
  );
}

/** After a fault nobody knows what was done: the same body may be sent again at once, another one may not. */
export async function unlockRequest(db: Database, request: RequestKey): Promise<void> {
  await inTransaction(db, { role: 'app' }, (tx) =>
    tx
      .updateTable('ticketing.idempotency_keys')
      .set({ locked_until: sql<Date>`now() - interval '1 second'` })
      .where('principal', '=', request.principal)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .execute(),
  );
}
