/**
 * The forms of the pages, for browsers without script: each does what the interface does and leads to a page. A form counts only
 * if the browser says that it comes from our own pages, and its cookie is not sent from others (SameSite).
 */
import { hash } from 'node:crypto';
import { isFault } from '../../domain/faults.ts';
import { type EventId, type HoldId, type OrderId, readId, showId, type UserId } from '../../domain/ids.ts';
import { release } from '../../features/holds/release.ts';
import { reserve, reserveInput } from '../../features/holds/reserve.ts';
import { show } from '../../features/holds/show.ts';
import { cancelOrder } from '../../features/orders/cancel.ts';
import { checkout, checkoutInput } from '../../features/orders/checkout.ts';
import * as api from '../api/buying.ts';
import { sameOrigin, sessionOf } from '../auth.ts';
import { personOf } from '../authorize.ts';
import { readForm } from '../body.ts';
import { type Call, type Edge, overLimit, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { parseInput } from '../input.ts';
import { refusalOfFault } from '../on-fault.ts';
import { issued } from './sessions.ts';

/** Within so long the same form is the same request: a second click is not a second basket. */
const clickMs = 10_000;

/** A page's order has one request, whatever is typed: the hold is its key. */
const pageRequest = { key: 'page', hash: '' };

export function buyingRoutes(edge: Edge): Route[] {
  /** For whoever the cookie says; `begin` makes somebody of nobody. `back`: where a fault is told. */
  const byForm =
    (
      begin: boolean,
      back: (call: Call, code: string) => string,
      run: (call: Call, user: UserId, form: URLSearchParams) => Promise<string>,
    ) =>
    async (call: Call): Promise<Response> => {
      const { headers } = call.incoming;
      if (!sameOrigin(headers)) return refuse(call, { status: 'session_required' });
      let cookie: string | undefined;
      let user = sessionOf(headers, 'POST', edge.sessions)?.user;
      if (user === undefined && begin) {
        if (edge.limits && call.standing) {
          await edge.limits.sessions(call.incoming, call.standing);
          const over = overLimit(call);
          if (over) return refuse(call, over);
        }
        user = call.ctx.ids.uuid() as UserId;
        ({ cookie } = issued(edge, call, user));
      } else {
        const person = await personOf(edge, call);
        if (person.status !== 'person') return refuse(call, person);
        user = person.user;
      }
      const read = await readForm(call.incoming);
      if (read.status !== 'read') return refuse(call, read);
      const location = await run(call, user, read.form).catch((error: unknown) => {
        if (!isFault(error)) throw error;
        call.ctx.log.warn({ err: error, traceId: call.ctx.requestId }, 'a form could not be carried out');
        return back(call, refusalOfFault(error).status);
      });
      return new Response(null, {
        status: 303,
        headers: {
          location,
          'cache-control': 'no-store',
          ...ownHeaders(call),
          ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
        },
      });
    };

  return [
    route(
      api.holdByForm,
      byForm(true, backToEvent, async (call, user, form) => {
        const event = readId('event', call.c.req.param('event') ?? '') as EventId | undefined;
        if (event === undefined) return '/';
        const back = (code: string) => backToEvent(call, code);
        const items = [...form]
          .filter(([name, value]) => name.startsWith('tier_') && Number(value) > 0)
          .map(([tierId, value]) => ({ tierId, quantity: Number(value) }));
        const input = parseInput(reserveInput, { items });
        if (input.status !== 'valid') return back(input.status);
        const window = Math.floor(call.ctx.clock.now() / clickMs);
        const key = hash('sha256', JSON.stringify([items, window]), 'hex');
        const outcome = await reserve(call.ctx, user, event, input.value, key);
        return outcome.status === 'held' ? `/pay/${showId('hold', outcome.hold.hold)}` : back(outcome.status);
      }),
    ),
    route(
      api.payByForm,
      byForm(false, backToPay, async (call, user, form) => {
        const hold = holdOf(call);
        if (hold === undefined) return '/orders';
        const promo = form.get('promo')?.trim() ?? '';
        const back = (code?: string) => payPath(hold, promo, code);
        if (form.get('do') !== 'pay') return back();
        const found = await show(call.ctx, user, hold);
        if (found.status !== 'found') return back(found.status);
        const input = parseInput(checkoutInput, {
          buyer: { email: form.get('email')?.trim() ?? '' },
          expectedTotal: { amount: Number(form.get('total')), currency: found.event.currency },
          ...(promo === '' ? {} : { promoCode: promo }),
          // A form of ours would need script.
          mode: 'hosted',
        });
        if (input.status !== 'valid') return back(input.status);
        const outcome = await checkout(call.ctx, user, hold, input.value, pageRequest);
        if (outcome.status !== 'checked_out') return back(outcome.status);
        return `/orders/${showId('order', outcome.order.order)}?go=pay`;
      }),
    ),
    route(
      api.releaseByForm,
      byForm(false, backToPay, async (call, user) => {
        const hold = holdOf(call);
        if (hold === undefined) return '/';
        const event = await call.ctx.catalog.eventOf(hold);
        const outcome = await release(call.ctx, user, hold);
        if (outcome.status !== 'released') return payPath(hold, '', outcome.status);
        return event ? `/e/${showId('event', event.event)}` : '/';
      }),
    ),
    route(
      api.cancelByForm,
      byForm(false, backToOrder, async (call, user) => {
        const order = readId('order', call.c.req.param('order') ?? '') as OrderId | undefined;
        if (order === undefined) return '/orders';
        const outcome = await cancelOrder(call.ctx, user, order);
        if (outcome.status !== 'found') return backToOrder(call, outcome.status);
        return `/orders/${showId('order', order)}`;
      }),
    ),
  ];
}

/** Of the path as it came: what is no id leads to a page that says so. */
const part = (call: Call, name: string) => encodeURIComponent(call.c.req.param(name) ?? '');
const backToEvent = (call: Call, code: string) => `/e/${part(call, 'event')}?said=${code}`;
const backToPay = (call: Call, code: string) => `/pay/${part(call, 'hold')}?said=${code}`;
const backToOrder = (call: Call, code: string) => `/orders/${part(call, 'order')}?said=${code}`;

function holdOf(call: Call): HoldId | undefined {
  return readId('hold', call.c.req.param('hold') ?? '') as HoldId | undefined;
}

function payPath(hold: HoldId, promo: string, code?: string): string {
  const query = new URLSearchParams();
  if (promo !== '') query.set('promo', promo);
  if (code !== undefined) query.set('said', code);
  const text = query.toString();
  return `/pay/${showId('hold', hold)}${text === '' ? '' : `?${text}`}`;
}
