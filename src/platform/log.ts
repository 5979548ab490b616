/**
 * The log: JSON lines on stderr (stdout is for data), or one readable line each on a terminal. Secrets do not reach it:
 * known names are censored, and so is the password inside any database address, wherever it stands.
 */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogOptions = {
  /** Which process speaks: server, worker, dev. */
  name: string;
  level: LogLevel;
  pretty: boolean;
  write: (line: string) => void;
};

const secretNames = [
  'password',
  'authorization',
  'cookie',
  'secret',
  'token',
  'apiKey',
  'adminKey',
  'privateKey',
];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** user:password@ of an address, as it appears in messages of drivers. */
const credentials = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/g;

/** The text with the password of every address in it replaced. */
export function withoutPasswords(text: string): string {
  return text.includes('://') ? text.replace(credentials, '$1:***@') : text;
}

export function createLog(options: LogOptions): Log {
  const stream: DestinationStream = {
    write(line) {
      const safe = withoutPasswords(line);
      options.write(options.pretty ? readable(safe) : safe);
    },
  };
  return pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '***' },
      serializers: { err: pino.stdSerializers.err },
    },
    stream,
  );
}

const shades: Record<string, string> = { warn: '\u001b[33m', error: '\u001b[31m', fatal: '\u001b[31m' };

/** `12:00:01 server info  listening port=8080`, and the stack of an error below it. */
function readable(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, name, pid: _pid, msg, err, ...rest } = entry;
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = `${String(time).slice(11, 19)} ${String(name).padEnd(6)} ${String(level).padEnd(5)} ${String(msg ?? '')}`;
  const shade = shades[String(level)];
  const text = [head, ...fields].join(' ');
  const stack =
    err && typeof err === 'object' && 'stack' in err
      ? `\n  ${String(err.stack).replaceAll('\n', '\n  ')}`
      : '';
  return `${shade ? `${shade}${text}\u001b[0m` : text}${stack}\n`;
}
