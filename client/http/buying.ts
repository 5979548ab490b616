/** From a hold to tickets: checkout, orders, and what a person shows at the door. */
import type { Shared } from '../options.ts';
import { type CallOptions, call } from './request.ts';
import type { Result, Schemas } from './result.ts';
import {
  at,
  json,
  newKey,
  paged,
  type WithKey,
  type WriteOptions,
  type Written,
  written,
} from './writing.ts';

export type BuyingCalls = {
  orders: {
    /**
     * Turns a hold into an order. `checkoutUrl` of the order is where it is paid; one that costs nothing is paid at once. A hold
     * has one order and one payment, whatever key it is asked for with.
     */
    checkout(
      holdId: string,
      input: Schemas['Checkout'],
      options?: WriteOptions,
    ): Promise<Result<'checkout', Written<Schemas['CheckedOut']>> & WithKey>;
    list(
      page?: { limit?: number; after?: string },
      options?: CallOptions,
    ): Promise<Result<'listOrders', Schemas['OrderPage']>>;
    show(orderId: string, options?: CallOptions): Promise<Result<'showOrder', Schemas['Order']>>;
    /** Has the payment looked at now. `status` of the result is 202 while the order is not decided. */
    complete(orderId: string, options?: CallOptions): Promise<Result<'completeOrder', Schemas['Order']>>;
    /** Closes the payment and gives the tickets back; who was paid meanwhile is paid. 202 as above. */
    cancel(orderId: string, options?: CallOptions): Promise<Result<'cancelOrder', Schemas['Order']>>;
  };
  tickets: {
    list(
      page?: { limit?: number; after?: string },
      options?: CallOptions,
    ): Promise<Result<'listTickets', Schemas['TicketPage']>>;
    /** With its `code`, which is null of a ticket that opens no door. */
    show(ticketId: string, options?: CallOptions): Promise<Result<'showTicket', Schemas['Ticket']>>;
    /** The code as an SVG. */
    qr(ticketId: string, options?: CallOptions): Promise<Result<'showTicketQr', string>>;
  };
};

export function createBuyingCalls(shared: Shared): BuyingCalls {
  return {
    orders: {
      async checkout(holdId, input, { idempotencyKey = newKey(), ...options } = {}) {
        const path = at`/v1/holds/${holdId}/checkout`;
        const headers = { 'idempotency-key': idempotencyKey };
        const ask = { method: 'POST', path, headers, body: input } as const;
        const result = await call<'checkout', Written<Schemas['CheckedOut']>>(
          shared,
          ask,
          options,
          written(),
        );
        return { ...result, idempotencyKey };
      },
      list: (page = {}, options = {}) =>
        call(shared, { method: 'GET', path: paged('/v1/orders', page) }, options, json()),
      show: (orderId, options = {}) =>
        call(shared, { method: 'GET', path: at`/v1/orders/${orderId}` }, options, json()),
      complete: (orderId, options = {}) =>
        call(shared, { method: 'POST', path: at`/v1/orders/${orderId}/complete` }, options, json()),
      cancel: (orderId, options = {}) =>
        call(shared, { method: 'POST', path: at`/v1/orders/${orderId}/cancel` }, options, json()),
    },
    tickets: {
      list: (page = {}, options = {}) =>
        call(shared, { method: 'GET', path: paged('/v1/tickets', page) }, options, json()),
      show: (ticketId, options = {}) =>
        call(shared, { method: 'GET', path: at`/v1/tickets/${ticketId}` }, options, json()),
      qr: (ticketId, options = {}) =>
        call(
          shared,
          { method: 'GET', path: at`/v1/tickets/${ticketId}/qr.svg` },
          options,
          ({ text }) => text,
        ),
    },
  };
}
