/** `COPY ... FROM STDIN` with bytes that are all there, as pg wants a query of somebody else's to be. */
import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What of pg's connection its types do not know. */
type Wire = pg.Connection & { stream: Writable; endCopyFrom(): void };

/** 'd', and four bytes for a length that counts itself. */
const copyData = 0x64;
const lengthBytes = 4;

/**
 * One that fails while its bytes are on their way lets them go out: the server passes over them. (A stream that waits for the
 * socket would go on with a connection that it has lost.)
 */
export class CopyIn {
  /** How many went in. */
  readonly rows: Promise<number>;
  private readonly statement: string;
  private readonly data: Buffer;
  private copied = 0;
  private resolve: (rows: number) => void = () => {};
  private reject: (error: Error) => void = () => {};

  constructor(statement: string, data: Buffer) {
    this.statement = statement;
    this.data = data;
    this.rows = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: pg.Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: pg.Connection): void {
    const { stream } = connection as Wire;
    const header = Buffer.alloc(1 + lengthBytes);
    header.writeUInt8(copyData);
    header.writeUInt32BE(this.data.length + lengthBytes, 1);
    stream.write(header);
    stream.write(this.data);
    (connection as Wire).endCopyFrom();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.copied = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.resolve(this.copied);
  }

  handleError(error: Error): void {
    this.reject(error);
  }
}
