/**
 * The one connection of a transaction: how statements go out on it, and in which order they are answered. (database.ts owns BEGIN
 * and COMMIT; this sends them.)
 */
import type { Writable } from 'node:stream';
import { Kysely as KyselyInstance, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { CopyIn } from './copy-in.ts';
import type { Tx } from './database.ts';
import { isConsequence, isStale } from './faults.ts';
import type { Schema } from './schema.ts';

export type Session = {
  tx: Tx;
  /** What became of BEGIN, which goes out with the first statement; undefined when none was asked for. */
  begun(): Promise<unknown> | undefined;
  /** COMMIT or ROLLBACK. No statement goes out behind it: it would be of no transaction, and of whoever logged in. */
  end(command: 'COMMIT' | 'ROLLBACK'): Promise<pg.QueryResult>;
  /** Of an error that only says that a statement before it failed: that one's. Any other as it is. */
  causeOf(error: unknown): unknown;
  /** The first statement's that failed, unless what it did was rolled back to a savepoint. */
  failure(): unknown;
  /** Gives the connection back to the pool, and sends nothing more on it. One that is broken, or has a plan that cannot be used again, leaves it at once. */
  release(broken: boolean): void;
};

export type SessionOptions = {
  /** BEGIN and what belongs to it, without parameters. */
  begin: string;
  readOnly: boolean;
  /** Statements with parameters are planned once a connection. */
  prepared: boolean;
  /** How long the next answer is waited for, while any is due. */
  clientMs: number;
};

/** What of pg's client its types do not know: whether statements wait for each other's answers, and the socket's stream. */
type PipelinedClient = pg.PoolClient & { pipeline: boolean; connection: { stream: Writable } };

/** In the words of pg's own timeout, so that it counts as what it is: a connection that cannot be used any more. */
const timedOut = 'Query read timeout';

/** kysely over that connection: it cannot get another, nor begin a transaction of its own. The client must be in pipeline mode. */
export function sessionOn(given: pg.PoolClient, options: SessionOptions): Session {
  const { begin, readOnly, prepared, clientMs } = options;
  const client = given as PipelinedClient;
  let open = true;
  let begun: Promise<unknown> | undefined;
  let beginFailed = false;
  /** The answers that are due, in the order of what was sent. Each ends, however it ends. */
  const due = new Set<Promise<unknown>>();
  const nothingDue = () => Promise.all(due);
  let copying = false;
  let failure: unknown;
  let stale = false;
  let patience: NodeJS.Timeout | undefined;

  // pg's own timeouts begin when a statement is sent, so that one would pay for those in front of it.
  const waitOn = () => {
    clearTimeout(patience);
    if (due.size > 0)
      patience = setTimeout(() => client.connection.stream.destroy(new Error(timedOut)), clientMs);
  };
  const failed = (error: unknown) => {
    if (isStale(error) && !(isConsequence(error) && failure !== undefined)) {
      stale = true;
      forgetNames();
    }
    // They are answered in the order in which they were sent.
    failure ??= error;
  };
  const awaited = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const end = answer.catch(failed).then(() => {
      due.delete(end);
      waitOn();
    });
    due.add(end);
    if (due.size === 1) waitOn();
    return answer;
  };
  /** What is sent in one turn leaves in one piece: a write of its own costs as much as what is written. */
  let corked = false;
  const cork = () => {
    if (corked) return;
    corked = true;
    const { stream } = client.connection;
    stream.cork();
    process.nextTick(() => {
      corked = false;
      stream.uncork();
    });
  };
  const send = (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    cork();
    return awaited(client.query(config));
  };
  const sendBegin = (): Promise<unknown> => {
    begun = send({ text: begin });
    // Whoever commits asks what became of it; until then nobody does.
    begun.catch(() => {
      beginFailed = true;
    });
    return begun;
  };
  const assertOpen = () => {
    if (!open) throw new Error('a query was sent after its transaction had ended: an await is missing');
  };
  const query = async (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    assertOpen();
    // A statement that writes goes out only when it is certain that it is of the transaction, and of its role.
    if (!readOnly || beginFailed) await (begun ?? sendBegin());
    while (copying && due.size > 0) await nothingDue();
    assertOpen();
    if (/^rollback to /i.test(text)) failure = undefined;
    const name = prepared && values.length > 0 ? statementName(text) : undefined;
    const config = { text, values: [...values], ...(name === undefined ? {} : { name }) };
    if (begun === undefined) void sendBegin();
    const answer = send(config);
    // Behind a BEGIN that failed, whoever logged in was answered: nobody is to see that.
    await begun;
    return answer;
  };
  const refuseNested = (text: string, values: readonly unknown[]) => {
    if (/^(begin|start transaction|commit|rollback$)/i.test(text))
      throw new Error('inTransaction owns BEGIN and COMMIT');
    return query(text, values);
  };
  /** Its rows follow an answer, so it goes out when nothing else is under way, and nothing before it has ended. */
  const copyIn = async (statement: string, data: Buffer): Promise<number> => {
    assertOpen();
    await (begun ?? sendBegin());
    while (due.size > 0) await nothingDue();
    assertOpen();
    const copy = new CopyIn(statement, data);
    copying = true;
    client.pipeline = false;
    const answer = awaited(
      copy.rows.finally(() => {
        copying = false;
        client.pipeline = true;
      }),
    );
    try {
      client.query(copy);
    } catch (error) {
      copy.handleError(error instanceof Error ? error : new Error(String(error)));
    }
    return answer;
  };
  const connection = { query: refuseNested, release: () => {} } as unknown as pg.PoolClient;
  const pool = { connect: async () => connection, end: async () => {} };
  const queries = new KyselyInstance<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    tx: Object.assign(queries, { copyIn }),
    begun: () => begun,
    end: async (command) => {
      open = false;
      while (copying && due.size > 0) await nothingDue();
      return send({ text: command });
    },
    causeOf: (error) => (isConsequence(error) ? (failure ?? error) : error),
    failure: () => failure,
    release: (broken) => {
      open = false;
      clearTimeout(patience);
      if (!broken && !stale) return client.release();
      // pg would wait for answers that are still due before it hangs up, and they may never come.
      client.connection.stream.destroy();
      client.release(true);
    },
  };
}

/** Texts that were given names. A text that changes from call to call would fill the connections with what is used once. */
const statementNames = new Map<string, string>();
const statementsMax = 200;
let generation = 0;

function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= statementsMax) return known;
  const name = `s${generation}_${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

/** What is stale on one connection is on all of them: under new names each is prepared anew, and none of them fails once more. */
function forgetNames(): void {
  statementNames.clear();
  generation += 1;
}
