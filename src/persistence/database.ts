/**
 * The way to Postgres. Every query of ours runs inside `inTransaction`, which takes on exactly one role for that
 * transaction; the login user, who may be a superuser, never runs one as itself. There is no other way to a connection.
 */
import type { Kysely } from 'kysely';
import pg from 'pg';
import { Fault, isFault } from '../domain/faults.ts';
import { isUuid } from '../domain/ids.ts';
import { createGate, type Gate } from '../platform/gate.ts';
import { asFault, isBroken } from './faults.ts';
import type { Schema } from './schema.ts';
import { type Session, sessionOn } from './session.ts';

export type Role = 'app' | 'worker' | 'readonly' | 'owner' | 'backup';

/** pg's own defaults are infinite. All in ms. */
export type Timeouts = {
  /** One statement, on the server. The client waits `graceMs` longer, then gives the connection up. */
  statementMs: number;
  /** Waiting for a lock. */
  lockMs: number;
  /** The pause between two statements of a transaction. */
  idleInTransactionMs: number;
};

export const defaultTimeouts: Timeouts = { statementMs: 3_000, lockMs: 1_000, idleInTransactionMs: 5_000 };
export const connectMs = 1_000;
/** A server that is stopped (not dead) does not time anything out by itself: the client must. */
const graceMs = 1_000;

export type Scope = {
  role: Role;
  /** Whose rows the app role may see and write. Without it, it sees no row of any person. */
  userId?: string | undefined;
  readOnly?: boolean;
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  timeouts?: Partial<Timeouts>;
  /**
   * Postgres parses and plans each statement once a connection: for what runs again and again in the same words. Whoever stands
   * between (a pooler) must keep prepared statements.
   */
  prepared?: boolean;
};

/**
 * A transaction of ours, as queries are given it. Statements that are asked for without waiting in between (`together`) go out
 * at once, one after the other in the order in which they were asked for, and each waits for its own answer: under load a way there
 * and back costs more than most statements. After one that fails, those behind it fail too.
 */
export type Tx = Kysely<Schema> & {
  /** Runs a `COPY ... FROM STDIN` with these bytes. Answers how many rows went in. */
  copyIn(statement: string, data: Buffer): Promise<number>;
};

export type Database = {
  /** For metrics (`totalCount`, `idleCount`, `waitingCount`) and for `inTransaction`; nobody queries through it. */
  pool: pg.Pool;
  timeouts: Timeouts;
  /** Where transactions of one kind stand in line before they ask for a connection; without it, they ask at once. */
  line?: Gate;
  /** Waits for running transactions. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  poolMax?: number;
  timeouts?: Partial<Timeouts>;
  /** For a connection, or for a free one of the pool: this bounds the queue in front of it. ms. */
  connectMs?: number;
  /** Shows up in pg_stat_activity. */
  name?: string;
  /** An idle connection was lost; the next transaction makes a new one. */
  onIdleError?: (error: Error) => void;
};

/** Connects on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax ?? 10,
    connectionTimeoutMillis: options.connectMs ?? connectMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: options.name ?? 'holdfast',
    types: { getTypeParser },
    ...{ pipeline: true },
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // Between two queries of a transaction nobody listens to a connection; without this, losing it ends the process. The next
  // query says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    pool,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    close: () => pool.end(),
  };
}

/**
 * Runs `work` in one transaction as one role. Commits when it resolves, rolls back when it throws (and throws that on).
 *
 * Faults: `records_unavailable` when Postgres cannot be reached, is too slow or too busy: nothing was written.
 * `outcome_unknown` when the connection broke during COMMIT: it may have been carried out, so whoever calls finds out
 * by the id of what was written, and never assumes a rollback. Errors about the statement (a constraint) come as they are.
 */
export function inTransaction<Result>(
  db: Database,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  if (db.line === undefined) return transact(db, scope, work);
  return db.line(
    () => transact(db, scope, work),
    () => new Fault('records_unavailable', 'too many transactions stand in line'),
  );
}

/** As much of a pool as work that comes in crowds may have: what is left is for whoever else needs a connection. */
const crowdShare = 0.6;
/** What stands in line waits longer than the pool lets anybody wait. */
const lineSizes = { waitingMax: 1_000, waitMs: 5_000 };

/** The same pool for work that comes in crowds: it has a part of it, and stands in a line of its own. */
export function inLine(db: Database): Database {
  const runningMax = Math.max(1, Math.floor(db.pool.options.max * crowdShare));
  return { ...db, line: createGate({ runningMax, ...lineSizes }) };
}

async function transact<Result>(
  db: Database,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const timeouts = { ...db.timeouts, ...scope.timeouts };
  const begin = beginStatement(scope, timeouts);
  const client = await connect(db.pool);
  const session = sessionOn(client, {
    begin,
    readOnly: scope.readOnly === true,
    prepared: scope.prepared === true,
    clientMs: timeouts.statementMs + graceMs,
  });
  try {
    const result = await work(session.tx);
    if (session.begun() !== undefined) await commit(session);
    session.release(false);
    return result;
  } catch (error) {
    const cause = session.causeOf(error);
    await abandon(session, cause);
    throw asFault(cause);
  }
}

/** BEGIN, the role, the limits and the person in one round trip. (SET is not planned; a SELECT of set_config is, each time.) */
function beginStatement(scope: Scope, timeouts: Timeouts): string {
  if (scope.userId !== undefined && !isUuid(scope.userId)) throw new TypeError('userId is not a UUID');
  const modes = [
    ...(scope.isolation ? [`ISOLATION LEVEL ${scope.isolation}`] : []),
    ...(scope.readOnly ? ['READ ONLY'] : []),
  ];
  const settings = [
    ['ROLE', `holdfast_${scope.role}`],
    ['statement_timeout', timeouts.statementMs],
    ['lock_timeout', timeouts.lockMs],
    ['idle_in_transaction_session_timeout', timeouts.idleInTransactionMs],
    ['app.uid', `'${scope.userId ?? ''}'`],
    // Left to itself, Postgres goes on planning what it thinks it could plan better by the values.
    ...(scope.prepared ? [['plan_cache_mode', 'force_generic_plan'] as const] : []),
  ].map(([name, value]) => `SET LOCAL ${name} = ${value}`);
  return [`BEGIN ${modes.join(' ')}`, ...settings].join('; ');
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw asFault(error);
  }
}

async function commit(session: Session): Promise<void> {
  let command: string;
  await session.begun();
  try {
    command = (await session.end('COMMIT')).command;
  } catch (error) {
    if (!isBroken(error)) throw error;
    throw new Fault('outcome_unknown', 'the connection broke during COMMIT', { cause: error });
  }
  // A transaction that failed and whose error was swallowed answers COMMIT with ROLLBACK, and no error.
  if (command === 'COMMIT') return;
  throw new Error('the transaction had failed and was rolled back at COMMIT', { cause: session.failure() });
}

async function abandon(session: Session, cause: unknown): Promise<void> {
  if (isBroken(cause) || isFault(cause, 'outcome_unknown')) return session.release(true);
  if (session.begun() === undefined) return session.release(false);
  try {
    await session.end('ROLLBACK');
    session.release(false);
  } catch {
    session.release(true);
  }
}

/** int8 (counts, versions, minor units) as number: all of ours stay below 2^53. */
const int8 = 20;
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === int8) return Number;
  return pg.types.getTypeParser(oid, format as 'text');
}
