/** A verb of the specification: what the port's method does to the state of one event, at one moment, at once. */
import type { EventState } from './state.ts';

export type Verb<Method extends (cmd: never) => Promise<unknown>> = (
  state: EventState,
  cmd: Parameters<Method>[0],
  now: number,
) => Awaited<ReturnType<Method>>;
