/** What `npm run demo` is told. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export type Settings = {
  /** A running Holdfast; without it the demo starts one of its own. */
  url: string | undefined;
  adminKey: string | undefined;
  fans: number;
  tickets: number;
  seconds: number;
  /** Fans that watch over a socket of their own; the others ask when they want to know. */
  sockets: number;
  seed: number;
  /** The crowd comes only when somebody has pressed Enter, or there is nobody who could. */
  wait: boolean;
  /** Somebody looks at a terminal: the progress is one line that changes, in color unless NO_COLOR is set. */
  terminal: boolean;
  color: boolean;
};

export class Usage extends Error {}

export const help = `npm run demo -- [options]: a crowd on one event, over HTTP and sockets; exit code 1 if a promise is broken

  --url URL              a running Holdfast (without it one is started in a temporary folder)
  --admin-key-file FILE  its administrator's key (else ADMIN_KEY, else .data/keys/admin)
  --fans N               5000
  --tickets N            1000
  --seconds N            15
  --sockets N            1000: how many of the fans watch over a socket of their own
  --seed N               what the fans want; printed, so that a run can be had again
  --wait                 says where to watch, and lets the fans in when Enter is pressed`;

/** Throws Usage when it does not make sense. */
export function readSettings(args: string[], env: NodeJS.ProcessEnv, terminal: boolean): Settings {
  const { values } = parsed(args);
  if (values.help) throw new Usage(help);
  const fans = whole('fans', values.fans, 5_000, 1, 100_000);
  return {
    url: values.url?.replace(/\/+$/, ''),
    adminKey: values.url === undefined ? undefined : adminKeyOf(values['admin-key-file'], env),
    fans,
    tickets: whole('tickets', values.tickets, 1_000, 10, 1_000_000),
    seconds: whole('seconds', values.seconds, 15, 1, 3_600),
    sockets: whole('sockets', values.sockets, Math.min(fans, 1_000), 0, fans),
    seed: whole('seed', values.seed, randomInt(2 ** 31), 0, 2 ** 32 - 1),
    wait: values.wait === true,
    terminal,
    color: terminal && !env['NO_COLOR'],
  };
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        url: text,
        'admin-key-file': text,
        fans: text,
        tickets: text,
        seconds: text,
        sockets: text,
        seed: text,
        wait: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function whole(name: string, text: string | undefined, otherwise: number, from: number, to: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new Usage(`--${name} is a whole number from ${from} to ${to}`);
}

function adminKeyOf(file: string | undefined, env: NodeJS.ProcessEnv): string {
  const path = file ?? env['ADMIN_KEY_FILE'] ?? '.data/keys/admin';
  if (file === undefined && env['ADMIN_KEY']) return env['ADMIN_KEY'];
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new Usage(
      `the demo makes an event, so it needs the administrator's key; ${path} cannot be read\n\n${help}`,
    );
  }
}
