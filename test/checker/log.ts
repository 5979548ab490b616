/**
 * What a harness writes for the checker: client operations and faults, as README.md defines them. Lines go out at once and
 * in order, so a log is whole up to the moment its process was killed.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type LoggedOp = {
  kind: 'reserve' | 'extend' | 'release' | 'find' | 'pin' | 'confirm' | 'give-back' | 'admin';
  event: string;
  hold?: string;
  /** The Idempotency-Key. */
  key?: string;
  /** Who asks: any name that is the same for the same person. */
  buyer?: string;
  order?: string;
  items?: { tier: string; quantity: number }[];
};
export type Answer = { status: number; hold?: string; body?: unknown };

/** Lines kept back until there are this many bytes of them; `close` and `fault` write them out. */
const bufferedMax = 1 << 16;

class JsonLines {
  private readonly file: number;
  private text = '';

  constructor(path: string) {
    this.file = openSync(path, 'a');
    this.write({ t: 'log', at: monotonic(), unixMs: Date.now() }, true);
  }

  write(line: object, now = false): void {
    this.text += `${JSON.stringify(line)}\n`;
    if (now || this.text.length >= bufferedMax) this.flush();
  }

  flush(): void {
    writeSync(this.file, this.text);
    this.text = '';
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}

/** CLOCK_MONOTONIC: the same for all processes of a machine. */
function monotonic(): string {
  return String(process.hrtime.bigint());
}

/** One per process of a run: writes `ops.<name>.jsonl`. */
export class OpsLog {
  private readonly lines: JsonLines;
  private readonly name: string;
  private next = 0;

  constructor(dir: string, name: string) {
    mkdirSync(dir, { recursive: true });
    this.name = name;
    this.lines = new JsonLines(join(dir, `ops.${name}.jsonl`));
  }

  invoke(op: LoggedOp): number {
    this.next += 1;
    this.lines.write({ t: 'invoke', id: this.next, process: this.name, at: monotonic(), op });
    return this.next;
  }

  /** 2xx: it happened (or had happened). */
  ok(id: number, answer: Answer): void {
    this.end('ok', id, answer);
  }

  /** A refusal: it had no effect. */
  fail(id: number, answer: Answer): void {
    this.end('fail', id, answer);
  }

  /** Nobody knows: no answer, a 5xx, a cut connection. */
  info(id: number): void {
    this.end('info', id, { status: 0 });
  }

  /** What an HTTP status means for the log. 503 with `fenced` semantics is still unknown here: the safe reading. */
  answer(id: number, answer: Answer): void {
    if (answer.status >= 200 && answer.status < 300) this.ok(id, answer);
    else if (answer.status >= 400 && answer.status < 500) this.fail(id, answer);
    else this.end('info', id, answer);
  }

  private end(t: string, id: number, answer: Answer): void {
    this.lines.write({ t, id, process: this.name, at: monotonic(), ...answer });
  }

  close(): void {
    this.lines.close();
  }
}

export class FaultLog {
  private readonly lines: JsonLines;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.lines = new JsonLines(join(dir, 'faults.jsonl'));
  }

  /**
   * @param kind `kill`, `stop`, `aof-cut`, `aof-delete`, `flushall`, `power-loss`, `sweeper-stopped`, or any other word
   * @param beganAt what `FaultLog.now()` gave when the fault began; the line is best written when it was healed
   */
  fault(kind: string, target: string, beganAt = monotonic(), detail: { seconds?: number } = {}): void {
    this.lines.write({ t: 'fault', at: beganAt, until: monotonic(), kind, target, detail }, true);
  }

  /** A condition that lasts to the end of the run, such as `sweeper-stopped`. */
  lasting(kind: string, target: string): void {
    this.lines.write({ t: 'fault', at: monotonic(), kind, target, detail: {} }, true);
  }

  static now(): string {
    return monotonic();
  }

  close(): void {
    this.lines.close();
  }
}
