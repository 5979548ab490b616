/** `expand[]=latest_charge`, `expand[]=data.payment_intent.latest_charge`: references replaced by what they refer to. */
import { invalid } from '../core/errors.ts';
import { idOf, type World } from '../core/world.ts';
import type { Params } from './params.ts';

type Thing = Record<string, unknown>;
type Resolve = (world: World, thing: Thing) => unknown;

const depthMax = 4;
const pathsMax = 20;

/** What a field becomes: the `object` of what it refers to, `null` when that has no fields to expand. */
type Field = { to: string | null; resolve: Resolve };

const reference = (
  field: string,
  to: string,
  table: 'intents' | 'charges' | 'methods' | 'balance',
): Field => ({
  to,
  resolve: (world, thing) => {
    const id = idOf(thing[field] as string | { id: string } | null);
    return id === null ? null : (world[table].get(id) ?? id);
  },
});

const intent = reference('payment_intent', 'payment_intent', 'intents');
const balance = reference('balance_transaction', 'balance_transaction', 'balance');
const method = reference('payment_method', 'payment_method', 'methods');
const charge = reference('charge', 'charge', 'charges');
const latest = reference('latest_charge', 'charge', 'charges');

/** By the `object` of a thing: the fields that can be expanded. */
const expandable: Record<string, Record<string, Field>> = {
  'checkout.session': { payment_intent: intent, line_items: { to: null, resolve: linesOf } },
  payment_intent: { latest_charge: latest, payment_method: method },
  charge: { payment_intent: intent, balance_transaction: balance, refunds: { to: null, resolve: refundsOf } },
  refund: { charge, payment_intent: intent, balance_transaction: balance },
  dispute: { charge, payment_intent: intent },
};

/** Paths that are possible for what a route answers; checked before it runs, so that a wrong one changes nothing. */
export function readExpansions(params: Params, answers: string, listed: boolean): string[][] {
  const paths = params.texts('expand');
  if (paths.length > pathsMax) throw invalid(`You can expand up to ${pathsMax} properties.`, 'expand');
  return paths.map((path) => {
    const steps = path.split('.');
    if (steps.length > depthMax) throw invalid(`You cannot expand more than ${depthMax} levels.`, 'expand');
    const inner = listed && steps[0] === 'data' ? steps.slice(1) : steps;
    let at: string | null = listed && inner === steps ? null : answers;
    for (const step of inner) {
      const field: Field | undefined = expandable[at ?? '']?.[step];
      if (field === undefined) throw invalid(`This property cannot be expanded (${path}).`, 'expand');
      at = field.to;
    }
    return steps;
  });
}

export function expand(world: World, thing: object, paths: readonly string[][]): object {
  let expanded = thing as Thing;
  for (const path of paths) expanded = expandPath(world, expanded, path);
  return expanded;
}

function expandPath(world: World, thing: Thing, steps: readonly string[]): Thing {
  const [step, ...rest] = steps;
  if (step === undefined) return thing;
  if (thing['object'] === 'list' && step === 'data') {
    return { ...thing, data: (thing['data'] as Thing[]).map((each) => expandPath(world, each, rest)) };
  }
  // What an earlier path has put there is expanded further and not lost.
  const present = thing[step];
  const field = expandable[String(thing['object'])]?.[step];
  const found = typeof present === 'object' && present !== null ? present : field?.resolve(world, thing);
  if (typeof found !== 'object' || found === null) return { ...thing, [step]: found ?? null };
  return { ...thing, [step]: expandPath(world, found as Thing, rest) };
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
