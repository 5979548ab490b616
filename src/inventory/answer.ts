/** Decodes what every script's answer has in common: a refusal with its details, or the fact's status and version. */
import { Fault } from '../domain/faults.ts';
import { type Conflict, isRefusal, type Refusal, type RefusalCode } from '../domain/refusals.ts';
import type { Reply } from './run.ts';

function conflictOf(text: string): Conflict {
  const [tier, requested, available, reason] = text.split(' ') as [
    string,
    string,
    string,
    Conflict['reason'],
  ];
  return { tier, requested: Number(requested), available: Number(available), reason };
}

/** The refusal in a reply, or undefined when the command was done. */
export function refusalOf(reply: Reply): Refusal | undefined {
  const outcome = { status: String(reply[0]) };
  if (!isRefusal(outcome)) return undefined;
  const detail = reply[1];
  const status: RefusalCode = outcome.status;
  if (detail === undefined || detail === null) return { status };
  if (Array.isArray(detail)) return { status, conflicts: detail.map((one) => conflictOf(String(one))) };
  if (status === 'capacity_below_committed') return { status, minimum: Number(detail) };
  return { status, from: Number(detail) };
}

/** `{status, replayed, version}` of a reply whose status is one of `kinds`; anything else is a defect of ours. */
export function doneOf<Kind extends string>(
  reply: Reply,
  ...kinds: Kind[]
): { status: Kind; replayed: boolean; version: number } {
  const status = kinds.find((kind) => kind === reply[0]);
  if (status === undefined) {
    throw new Fault(
      'outcome_unknown',
      `The script answered ${JSON.stringify(reply[0])} where ${kinds.join(' or ')} was due`,
    );
  }
  return { status, replayed: reply[1] === 1, version: Number(reply[2]) };
}
