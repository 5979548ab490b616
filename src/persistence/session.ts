/**
 * The one connection of a transaction: how statements go out on it, and in which order they are answered. (database.ts owns BEGIN
 * and COMMIT; this sends them.)
 */
import type { Writable } from 'node:stream';
import { Kysely as KyselyInstance, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tx } from './database.ts';
import type { Schema } from './schema.ts';

export type Session = {
  tx: Tx;
  /** What became of BEGIN, which goes out with the first statement; undefined when none was asked for. */
  begun(): Promise<unknown> | undefined;
  /** COMMIT or ROLLBACK. No statement goes out behind it: it would be of no transaction, and of whoever logged in. */
  end(command: 'COMMIT' | 'ROLLBACK'): Promise<pg.QueryResult>;
  close(): void;
};

export type SessionOptions = {
  /** BEGIN and what belongs to it, without parameters. */
  begin: string;
  readOnly: boolean;
  /** Statements with parameters are planned once a connection. */
  prepared: boolean;
  /** How long an answer is waited for: of a statement, and once more of each that was sent behind it. */
  clientMs: number;
};

/** What of pg's client its types do not know: whether statements wait for each other's answers, and the socket's stream. */
type PipelinedClient = pg.PoolClient & { pipeline: boolean; connection: { stream: Writable } };

/** kysely over that connection: it cannot get another, nor begin a transaction of its own. The client must be in pipeline mode. */
export function sessionOn(given: pg.PoolClient, options: SessionOptions): Session {
  const { begin, readOnly, prepared, clientMs } = options;
  const client = given as PipelinedClient;
  let open = true;
  let begun: Promise<unknown> | undefined;
  /** The statement that was sent last: when it is answered, all are. */
  let last: Promise<unknown> = Promise.resolve();

  const send = (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const answer = client.query({ ...config, query_timeout: clientMs } as pg.QueryConfig);
    last = answer.catch(() => undefined);
    return answer;
  };
  const sendBegin = (): Promise<unknown> => {
    begun = send({ text: begin });
    // Whoever commits asks what became of it; until then nobody does.
    begun.catch(() => undefined);
    return begun;
  };
  /** In one piece with BEGIN. What it answers counts only when BEGIN succeeded, and a COMMIT says so. */
  const readFirst = (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const { stream } = client.connection;
    stream.cork();
    try {
      void sendBegin();
      return send(config);
    } finally {
      stream.uncork();
    }
  };
  const assertOpen = () => {
    if (!open) throw new Error('a query was sent after its transaction had ended: an await is missing');
  };
  const query = async (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    assertOpen();
    const name = prepared && values.length > 0 ? statementName(text) : undefined;
    const config = { text, values: [...values], ...(name === undefined ? {} : { name }) };
    if (readOnly) return begun === undefined ? readFirst(config) : send(config);
    // A statement that writes goes out only when it is certain that it is of the transaction, and of its role.
    await (begun ?? sendBegin());
    assertOpen();
    return send(config);
  };
  const refuseNested = (text: string, values: readonly unknown[]) => {
    if (/^(begin|start transaction|commit|rollback$)/i.test(text))
      throw new Error('inTransaction owns BEGIN and COMMIT');
    return query(text, values);
  };
  const connection = { query: refuseNested, release: () => {} } as unknown as pg.PoolClient;
  const pool = { connect: async () => connection, end: async () => {} };
  const queries = new KyselyInstance<Schema>({ dialect: new PostgresDialect({ pool }) });
  const tx = Object.assign(queries, {
    copyIn: async (statement: string, data: Buffer) => {
      assertOpen();
      await (begun ?? sendBegin());
      await last;
      assertOpen();
      // Its rows follow an answer, so nothing may be sent behind it before that.
      client.pipeline = false;
      try {
        return await copyIn(client, statement, data, clientMs);
      } finally {
        client.pipeline = true;
      }
    },
  });
  return {
    tx,
    begun: () => begun,
    end: (command) => {
      open = false;
      return send({ text: command });
    },
    close: () => {
      open = false;
    },
  };
}

/** Texts that were given names. A text that changes from call to call would fill the connections with what is used once. */
const statementNames = new Map<string, string>();
const statementsMax = 200;

function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= statementsMax) return known;
  const name = `s${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

/** In the words of pg's own timeout, so that it counts as what it is: a connection that cannot be used any more. */
const copyTimedOut = 'Query read timeout (COPY)';

function copyIn(client: pg.PoolClient, statement: string, data: Buffer, clientMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const copy = copyFrom(statement);
    const timer = setTimeout(() => reject(new Error(copyTimedOut)), clientMs);
    const settled = (settle: () => void) => () => {
      clearTimeout(timer);
      settle();
    };
    copy.on('error', (error) => settled(() => reject(error))());
    copy.on(
      'finish',
      settled(() => resolve(copy.rowCount)),
    );
    client.query(copy);
    copy.end(data);
  });
}
