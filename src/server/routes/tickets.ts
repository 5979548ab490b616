/** Tickets: a person's own, with their codes, and anybody's for an organizer. */
import { readId, showId, type TicketId } from '../../domain/ids.ts';
import { codeOf, qrSvg } from '../../features/tickets/code.ts';
import { listTickets, listTicketsInput } from '../../features/tickets/list.ts';
import { lookUpTicket } from '../../features/tickets/look-up.ts';
import { type ShownTicket, showTicket } from '../../features/tickets/show.ts';
import * as api from '../api/tickets.ts';
import { personOf } from '../authorize.ts';
import { type Call, type Edge, json, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { parseInput, queryOf } from '../input.ts';
import type { Refused } from '../problem.ts';
import { lookedUpJson, shownTicketJson, ticketJson } from '../ticket-views.ts';
import { answer, organizerRoutes } from './admin-frame.ts';
import { asParameter } from './events.ts';

export function ticketRoutes(edge: Edge): Route[] {
  const shown = async (call: Call): Promise<ShownTicket | Refused> => {
    const person = await personOf(edge, call);
    if (person.status !== 'person') return person;
    const ticket = ticketOf(call);
    return ticket ? showTicket(call.ctx, person.user, ticket) : { status: 'ticket_unknown' };
  };

  const list = async (call: Call): Promise<Response> => {
    const person = await personOf(edge, call);
    if (person.status !== 'person') return refuse(call, person);
    const input = parseInput(listTicketsInput, queryOf(call));
    if (input.status !== 'valid') {
      return refuse(call, { ...input, errors: (input.errors ?? []).map(asParameter) });
    }
    const { tickets, next } = await listTickets(call.ctx, person.user, input.value);
    const after = next ? showId('ticket', next) : null;
    const link = after && `</v1/tickets?limit=${input.value.limit}&after=${after}>; rel="next"`;
    const text = JSON.stringify({ tickets: tickets.map(ticketJson), next: after });
    return json(call, 200, text, link ? { link } : undefined);
  };

  const show = async (call: Call): Promise<Response> => {
    const outcome = await shown(call);
    if (outcome.status !== 'found') return refuse(call, outcome);
    const code = codeOf(call.ctx, outcome.ticket);
    const given = code.status === 'code' ? code : undefined;
    return json(call, 200, JSON.stringify(shownTicketJson(outcome.ticket, given, outcome.asOf)));
  };

  const qr = async (call: Call): Promise<Response> => {
    const outcome = await shown(call);
    if (outcome.status !== 'found') return refuse(call, outcome);
    const code = codeOf(call.ctx, outcome.ticket);
    if (code.status !== 'code') return refuse(call, code);
    return new Response(qrSvg(code.text), {
      headers: {
        ...ownHeaders(call),
        'content-type': 'image/svg+xml',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  };

  const { view } = organizerRoutes(edge);
  return [
    route(api.listTickets, list),
    route(api.showTicket, show),
    route(api.showTicketQr, qr),
    view(api.lookUpTicket, async (call) => {
      const ticket = ticketOf(call);
      if (ticket === undefined) return { status: 'ticket_unknown' };
      const outcome = await lookUpTicket(call.ctx, ticket);
      return outcome.status === 'found' ? answer(200, lookedUpJson(outcome)) : outcome;
    }),
  ];
}

function ticketOf(call: Call): TicketId | undefined {
  return readId('ticket', call.c.req.param('ticket') ?? '') as TicketId | undefined;
}
