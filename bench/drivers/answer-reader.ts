/** Finds where an HTTP/1.1 answer with a Content-Length ends, and its status: all that a load generator has to know. */
export class AnswerReader {
  private kept: Buffer | undefined;

  /** Bytes as they come; the status once the answer is whole. Throws for an answer it cannot measure. */
  read(bytes: Buffer): number | undefined {
    const all = this.kept === undefined ? bytes : Buffer.concat([this.kept, bytes]);
    const bodyAt = all.indexOf('\r\n\r\n') + 4;
    const length = bodyAt < 4 ? undefined : contentLength(all.toString('latin1', 0, bodyAt));
    if (length === undefined || all.length < bodyAt + length) {
      this.kept = all;
      return undefined;
    }
    if (all.length > bodyAt + length) throw new Error('more came than one answer');
    this.kept = undefined;
    return Number(all.toString('latin1', 9, 12));
  }
}

function contentLength(head: string): number {
  const found = /\r\ncontent-length: *(\d+)\r\n/i.exec(head);
  if (found === null) throw new Error(`an answer without Content-Length: ${head}`);
  return Number(found[1]);
}
