/** `expand[]=latest_charge`, `expand[]=data.payment_intent.latest_charge`: references replaced by what they refer to. */
import { invalid } from '../core/errors.ts';
import { idOf, type World } from '../core/world.ts';
import type { Params } from './params.ts';

type Thing = Record<string, unknown>;
type Resolve = (world: World, thing: Thing) => unknown;

const depthMax = 4;
const pathsMax = 20;

const reference =
  (field: string, table: 'intents' | 'charges' | 'methods' | 'balance'): Resolve =>
  (world, thing) => {
    const id = idOf(thing[field] as string | { id: string } | null);
    return id === null ? null : (world[table].get(id) ?? id);
  };

const intent = reference('payment_intent', 'intents');
const balance = reference('balance_transaction', 'balance');
const method = reference('payment_method', 'methods');
const charge = reference('charge', 'charges');

/** By the `object` of a thing: the fields that can be expanded. */
const expandable: Record<string, Record<string, Resolve>> = {
  'checkout.session': { payment_intent: intent, line_items: linesOf },
  payment_intent: { latest_charge: reference('latest_charge', 'charges'), payment_method: method },
  charge: { payment_intent: intent, balance_transaction: balance, refunds: refundsOf },
  refund: { charge, payment_intent: intent, balance_transaction: balance },
  dispute: { charge, payment_intent: intent },
};

export function expand(world: World, thing: object, params: Params): object {
  const paths = params.texts('expand');
  if (paths.length === 0) return thing;
  if (paths.length > pathsMax) throw invalid(`You can expand up to ${pathsMax} properties.`, 'expand');
  let expanded = thing as Thing;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > depthMax) throw invalid(`You cannot expand more than ${depthMax} levels.`, 'expand');
    expanded = expandPath(world, expanded, steps, path);
  }
  return expanded;
}

function expandPath(world: World, thing: Thing, steps: string[], whole: string): Thing {
  const [step, ...rest] = steps;
  if (step === undefined) return thing;
  if (thing['object'] === 'list' && step === 'data') {
    const data = (thing['data'] as Thing[]).map((each) => expandPath(world, each, rest, whole));
    return { ...thing, data };
  }
  const resolve = expandable[String(thing['object'])]?.[step];
  if (resolve === undefined) {
    throw invalid(`This property cannot be expanded (${whole}).`, 'expand');
  }
  // What an earlier path has put there is expanded further and not lost.
  const present = thing[step];
  const found = typeof present === 'object' && present !== null ? present : resolve(world, thing);
  if (typeof found !== 'object' || found === null) return { ...thing, [step]: found };
  return { ...thing, [step]: expandPath(world, found as Thing, rest, whole) };
}

function linesOf(world: World, thing: Thing): unknown {
  const id = String(thing['id']);
  const data = world.lines.get(id)?.lines ?? [];
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` };
}

function refundsOf(world: World, thing: Thing): unknown {
  const id = String(thing['id']);
  const data = [...world.refunds.of('charge', id)].reverse();
  return { object: 'list', data, has_more: false, url: `/v1/charges/${id}/refunds` };
}
