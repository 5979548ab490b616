/** The offers of an event, one for each kind of ticket, out of every shape they come in. */
import { currencyOf } from './currencies.ts';
import type { Findings } from './finding.ts';
import { hintOutside, hintTwins } from './hints.ts';
import { type Leaf, ofLeaf } from './leaf.ts';
import { priceOf } from './prices.ts';
import { wholeAt } from './quantity.ts';
import { type Reader, readText } from './reader.ts';
import { firstOf, isNodeSpot, items, member, type NodeSpot, prop, type Spot, typesOf } from './spot.ts';
import { type Window, windowOf } from './times.ts';

export type Tier = {
  at: Spot;
  name: string;
  description: string;
  /** Minor units. */
  price: number;
  /** Undefined when the document does not say. */
  capacity: number | undefined;
  /** 0 is no limit. */
  buyerLimit: number;
  window: Window;
};

export type Offers = { currency: string; tiers: Tier[] };

/** An event has at most this many tiers, so at most this many offers. */
export const offersMax = 100;

const gone = new Set(['soldout', 'outofstock', 'discontinued']);
const onSale = new Set(
  'instock limitedavailability onlineonly preorder presale backorder madetoorder reserved'.split(' '),
);

/** Undefined after an error that leaves nothing to go on with. */
export function offersOf(reader: Reader, event: NodeSpot, outside: Spot[], zone: string): Offers | undefined {
  const leaves = leavesOf(reader, [...items(prop(event, 'offers')), ...outside]);
  if (leaves.length > offersMax) {
    const at = prop(event, 'offers') ?? event;
    reader.report.error(at, `${leaves.length} offers: an event has at most ${offersMax} tiers`);
    return undefined;
  }
  const names = namesOf(reader, leaves);
  const { currency, known } = currencyOf(reader, event, leaves, names);
  // Without a currency no amount can be judged, but it can be said which ones are missing.
  const prices = known ? reader : { ...reader, report: onlyMissing(reader.report) };
  if (leaves.length === 0) return withoutOffers(reader, prices, event, currency);
  const tiers = leaves.flatMap((leaf, index) => {
    const tier = tierOf(reader, prices, event, leaf, names[index] ?? '', currency, zone);
    if (tier && known) hintOutside(reader, leaf, tier.price, currency);
    return tier ? [tier] : [];
  });
  if (known) hintTwins(reader, tiers);
  return { currency, tiers };
}

function leavesOf(reader: Reader, given: Spot[]): Leaf[] {
  return given.flatMap((each): Leaf[] => {
    const spot = reader.index.deref(each);
    if (!isNodeSpot(spot)) {
      reader.report.warn(spot, 'an address, and not an offer: left out');
      return [];
    }
    const nested = items(prop(spot, 'offers'))
      .map((inner) => reader.index.deref(inner))
      .filter(isNodeSpot);
    if (nested.length === 0) return [{ offer: spot, group: undefined }];
    return nested.map((offer) => ({ offer, group: spot }));
  });
}

function namesOf(reader: Reader, leaves: Leaf[]): string[] {
  return leaves.map(({ offer }, index) => {
    const item = items(prop(offer, 'itemOffered')).map((each) => reader.index.deref(each))[0];
    // The event itself is what every ticket is for, so its name tells none apart.
    const named =
      isNodeSpot(item) && typesOf(item.value).some((type) => /Event$/.test(type)) ? undefined : item;
    const name = readText(reader, prop(offer, 'name'), 200) ?? readText(reader, prop(named, 'name'), 200);
    if (name !== undefined) return name;
    const made = leaves.length === 1 ? 'General Admission' : `Ticket ${index + 1}`;
    reader.report.warn(offer, `the offer has no name: it is called "${made}"`);
    return made;
  });
}

/** Undefined for what is left out. After an error the tier is a stand-in: nothing is made of its event. */
function tierOf(
  reader: Reader,
  prices: Reader,
  event: Spot,
  leaf: Leaf,
  name: string,
  currency: string,
  zone: string,
): Tier | undefined {
  const { offer } = leaf;
  const availability = availabilityOf(reader, leaf, name);
  const price = priceOf(prices, event, leaf, name, currency, availability === 'gone');
  const window = windowOf(reader, merged(leaf), zone);
  const buyerLimit = limitOf(reader, offer);
  const stock = stockOf(reader, leaf);
  if (price === 'left_out') return undefined;
  if (availability === 'gone' && stock !== undefined && stock > 0) {
    reader.report.warn(offer, `"${name}" is not on sale, so its ${stock} tickets are none`);
  }
  return {
    at: offer,
    name,
    description: readText(reader, prop(offer, 'description'), 2_000, true) ?? '',
    price: price ?? 0,
    capacity: availability === 'gone' ? 0 : stock,
    buyerLimit,
    window: window ?? { opensAt: 0, closesAt: 0 },
  };
}

/** The window of a group counts for offers without one. */
function merged({ offer, group }: Leaf): Spot {
  return firstOf(offer, 'validFrom', 'availabilityStarts', 'validThrough', 'availabilityEnds')
    ? offer
    : (group ?? offer);
}

function availabilityOf(reader: Reader, leaf: Leaf, name: string): 'gone' | 'on_sale' {
  const stated = ofLeaf(leaf, 'availability');
  const word = member(stated);
  if (stated === undefined || word === undefined || onSale.has(word)) return 'on_sale';
  if (gone.has(word)) {
    reader.report.warn(stated, `"${name}" is sold out: it gets no tickets`);
    return 'gone';
  }
  if (word === 'instoreonly') {
    reader.report.warn(stated, `"${name}" is sold at the box office only: it gets no tickets`);
    return 'gone';
  }
  reader.report.warn(
    stated,
    `${JSON.stringify(stated.value)} is no availability of schema.org, and not used`,
  );
  return 'on_sale';
}

function stockOf(reader: Reader, leaf: Leaf): number | undefined {
  const { offer } = leaf;
  const item = items(prop(offer, 'itemOffered')).map((each) => reader.index.deref(each))[0];
  const stated = prop(offer, 'inventoryLevel') ?? prop(item, 'inventoryLevel');
  // A figure that is none has been reported, and is not missing.
  return stated === undefined ? undefined : (wholeAt(reader, stated) ?? 0);
}

/** What one buyer may have: the most of `eligibleQuantity`. */
function limitOf(reader: Reader, offer: Spot): number {
  const stated = prop(offer, 'eligibleQuantity');
  if (stated === undefined) return 0;
  const quantity = items(stated)[0];
  const most = isNodeSpot(quantity) ? firstOf(quantity, 'maxValue', 'value') : quantity;
  if (isNodeSpot(quantity)) {
    const least = prop(quantity, 'minValue');
    if (least && (wholeAt(reader, least) ?? 0) > 1) {
      reader.report.warn(least, 'a least quantity per buyer cannot be kept');
    }
  }
  if (most === undefined) return 0;
  const units = wholeAt(reader, most);
  // 0 is how we write that there is no limit, and it is not what was said.
  if (units === 0) reader.report.error(most, 'a buyer may have 0 tickets: nobody could buy any');
  return units ?? 0;
}

/** A free event needs no offer; another one needs its price from whoever imports it. */
function withoutOffers(reader: Reader, prices: Reader, event: Spot, currency: string): Offers | undefined {
  const name = 'General Admission';
  const price = priceOf(prices, event, undefined, name, currency, false);
  if (price === 'left_out') return undefined;
  reader.report.warn(event, `no offers: one tier is made, "${name}"`);
  const window = { opensAt: 0, closesAt: 0 };
  const tier = {
    at: event,
    name,
    description: '',
    price: price ?? 0,
    capacity: undefined,
    buyerLimit: 0,
    window,
  };
  return { currency, tiers: [tier] };
}

function onlyMissing(report: Findings): Findings {
  return {
    list: report.list,
    warn() {},
    error(at, text, need) {
      if (need !== undefined) report.error(at, text, need);
    },
  };
}
