/**
 * Lua scripts as typed functions. A script's text is its shebang, the partition and epoch it belongs to, the fragments its
 * `@include` line names, and its own file. The SHA depends on the text alone, so each partition's each epoch has SHAs of
 * its own, and only the rebuild loads them: NOSCRIPT is the fence, and nothing here ever sends a source on NOSCRIPT.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Script<Arg extends string = string, Each extends string = string> = {
  name: string;
  /** allow-oom: may run when Redis is full, because it frees memory or finishes what was promised. */
  flags: '' | 'allow-oom' | 'no-writes';
  /** Names of the arguments after the event, in the order of the ARGV header. */
  args: readonly Arg[];
  /** Names of the arguments that repeat, if any. */
  each: readonly Each[];
  /** Whether a `marker` key is declared: none, one, or one per repetition. */
  markers: 'none' | 'one' | 'each';
};

export function defineScript<const Arg extends string, const Each extends string = never>(
  definition: Omit<Script<Arg, Each>, 'each' | 'markers'> &
    Partial<Pick<Script<Arg, Each>, 'each' | 'markers'>>,
): Script<Arg, Each> {
  return { each: [], markers: 'none', ...definition };
}

const folder = new URL('./lua/', import.meta.url);

export function sourceOf(name: string): string {
  return readFileSync(new URL(`${name}.lua`, folder), 'utf8');
}

/** Where NOW comes from: Redis's own clock, or for tests the last argument. */
export type TimeSource = 'redis' | 'argument';

const clocks: Record<TimeSource, string> = {
  redis: "local clock = redis.call('TIME')\nlocal NOW = clock[1] * 1000 + math.floor(clock[2] / 1000)\n",
  argument: 'local NOW = tonumber(table.remove(ARGV))\n',
};

/** The script without what belongs to one incarnation: read and assembled once. */
function bodyOf(name: string): string {
  const own = sourceOf(name);
  const includes = /^-- @include (.+)$/m.exec(own)?.[1]?.split(' ') ?? [];
  return [...includes.map((fragment) => sourceOf(`lib/${fragment}`)), own].join('\n');
}

const bodies = new Map<string, string>();

export function scriptText(script: Script, partition: number, epoch: number, time: TimeSource): string {
  let body = bodies.get(script.name);
  if (body === undefined) {
    body = bodyOf(script.name);
    bodies.set(script.name, body);
  }
  const shebang = script.flags === '' ? '#!lua' : `#!lua flags=${script.flags}`;
  return `${shebang}\nlocal PARTITION, EPOCH = ${partition}, '${epoch}'\n${clocks[time]}${body}`;
}

export function scriptSha(text: string): string {
  return hash('sha1', text, 'hex');
}
