import { expect, test } from 'vitest';
import { changedTicket, isValid, ticketChanges, ticketStatuses } from './ticket.ts';

test('the life of a ticket, every change of every state', () => {
  const table = Object.fromEntries(
    ticketStatuses.map((status) => [
      status,
      ticketChanges.map((change) => {
        const made = changedTicket(status, change);
        return `${change} ${made.status === 'changed' ? made.to : made.status}`;
      }),
    ]),
  );
  const valid = ['redeem redeemed', 'refund refunding'];
  const asItIs = (status: string) => [
    ...valid,
    `refund_failed ${status}`,
    'void void',
    'suspend suspended',
    `reinstate ${status}`,
  ];
  const all = (refusal: string, more: Record<string, string>) =>
    ticketChanges.map((change) => `${change} ${more[change] ?? refusal}`);
  expect(table).toEqual({
    issued: asItIs('issued'),
    transferred: asItIs('transferred'),
    redeemed: all('ticket_redeemed', { void: 'void' }),
    refunding: all('ticket_refunding', { void: 'void', refund_failed: 'issued' }),
    suspended: all('ticket_suspended', { void: 'void', refund: 'refunding', reinstate: 'issued' }),
    void: all('ticket_void', {}),
  });
});

test('only a ticket that can be redeemed opens a door', () => {
  expect(ticketStatuses.filter(isValid)).toEqual(['issued', 'transferred']);
});
