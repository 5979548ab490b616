/** An event as people name it on the command line. */
import { type EventId, isUuid, readId } from '../../domain/ids.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';

/** Throws Trouble when it is no event's id. */
export function eventId(text: string): EventId {
  const id = isUuid(text) ? text : readId('event', text);
  if (id === undefined) {
    throw new Trouble(
      `"${text}" is not the id of an event`,
      'Give it as the API shows it: evt_ and a UUID.',
      exitCodes.usage,
    );
  }
  return id as EventId;
}
