/** The code of a ticket that opens the door, as text and as a QR. A ticket that does not has none, and none is ever minted for it. */
import { renderSVG } from 'uqr';
import type { Refusal } from '../../domain/refusals.ts';
import { changedTicket } from '../../domain/ticket.ts';
import { rotationMs, ticketCode } from '../../domain/ticket-code.ts';
import type { Ctx } from '../context.ts';
import type { TicketRecord } from './kept.ts';

export type Code = {
  status: 'code';
  text: string;
  /** Unix ms from which another one is needed; undefined for a code that stays. */
  changesAt: number | undefined;
};

export function codeOf(ctx: Ctx, record: TicketRecord): Code | Refusal {
  const change = changedTicket(record.status, 'redeem');
  if (change.status !== 'changed') return change;
  const { event, ticket, generation, rotates } = record;
  const now = ctx.clock.now();
  const text = ticketCode(ctx.tickets.keys, { event, ticket, generation }, rotates ? now : undefined);
  return {
    status: 'code',
    text,
    changesAt: rotates ? (Math.floor(now / rotationMs) + 1) * rotationMs : undefined,
  };
}

/** Capital letters and digits, so the QR is alphanumeric; 15 % of it may be unreadable; four modules of quiet around it. */
export function qrSvg(text: string): string {
  return renderSVG(text, { ecc: 'M', border: 4 });
}
