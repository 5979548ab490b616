/**
 * Writes a walk: rows of commands as the contract's tables have them, drawn without looking at any inventory, so that a row
 * can be left out and the rest still means the same. A hold has a buyer, a basket and an order of its own, which it mostly
 * keeps: that makes replays and whole lives likely, and strangers and mistakes rare but certain.
 */
import { type Random, seeded } from './random.ts';

const tiers = ['A', 'B', 'C'] as const;
const buyers = ['ann', 'bob', 'cat'] as const;
const holdsMax = 16;
/** Holds that most commands are about: the last ones somebody tried to reserve. */
const recentMax = 5;

const weights = {
  reserve: 26,
  grant: 3,
  extend: 12,
  cover: 4,
  pin: 7,
  release: 7,
  confirm: 8,
  giveBack: 5,
  resize: 3,
  drain: 4,
  reprice: 2,
  withhold: 4,
  setSale: 5,
  freeze: 1.2,
  thaw: 5,
  retire: 1,
  reclaim: 2,
  voided: 2,
  find: 4,
  snapshot: 2,
  audit: 1,
  open: 2,
};
type Verb = keyof typeof weights;

type Drawing = { random: Random; rows: string[]; ops: number; recent: number[] };

/** `commands` rows that are commands; the waits between them come on top. */
export function generateWalk(seed: number, commands: number): string[] {
  const random = seeded(seed);
  const drawing: Drawing = { random, rows: [], ops: 0, recent: [] };
  const first = openingAt(random, commands);
  for (let done = 0; done < commands; done++) {
    if (random.chance(0.3))
      drawing.rows.push(`wait ${random.one(['1ms', '1s', '10s', '20s', '30s', '60s', '90s'])}`);
    drawing.rows.push(done === first ? opening(random) : next(drawing, done, first));
  }
  return drawing.rows;
}

/** Mostly the event is opened first; sometimes commands come before it, or it is opened by chance or never. */
function openingAt(random: Random, commands: number): number {
  return random.chance(0.95) ? 0 : random.below(commands);
}

function opening(random: Random): string {
  const state = random.weighted({ on_sale: 9, draft: 1, paused: 1 });
  const limit = random.one([0, 0, 4, 8]);
  const sale = `state=${state} buyerLimit=${limit} holdTtlMs=120s extensionMs=60s extensionWindowMs=60s`;
  const capacity = () => 3 + random.below(10);
  return `open o A:${capacity()}/P,B:${capacity()}/P,C:${capacity()},P:${6 + random.below(12)}/pool ${sale}`;
}

function next(drawing: Drawing, done: number, first: number): string {
  const { random, rows } = drawing;
  const earlier = rows.filter((row) => !row.startsWith('wait'));
  if (earlier.length > 0 && random.chance(0.06)) return random.one(earlier);
  const verb = random.weighted(weights);
  // An event that is retired early leaves nothing to see.
  if (verb === 'retire' && done > first && done < 30) return next(drawing, done, first);
  if (verb === 'reserve' && random.chance(0.2)) {
    return Array.from({ length: 2 + random.below(3) }, () => draw(drawing, verb)).join(' & ');
  }
  return draw(drawing, verb);
}

function draw(drawing: Drawing, verb: Verb): string {
  const { random } = drawing;
  const hold = drawHold(drawing, verb);
  const own = seeded(hold);
  const basket = random.chance(0.9) ? drawBasket(own) : drawBasket(random, 0.05);
  const by = `by=${random.chance(0.93) ? own.one(buyers) : random.one(buyers)}`;
  const order = `p${random.chance(0.9) ? hold : 1 + random.below(holdsMax)}`;
  const line = random.weighted({ A: 6, B: 6, C: 4, P: 4, X: 1 });
  const units = 1 + random.below(4);
  switch (verb) {
    case 'open':
      return `open ${op(drawing)} ${random.one(['A:5', 'D:3/P', 'E:4,Q:6/pool', 'F:2/Q', 'G:2/A'])} state=draft`;
    case 'reserve':
      return `reserve h${hold} ${basket} ${by}`;
    case 'grant':
      return `grant h${hold} ${basket} ${by}${random.chance(0.5) ? ' reason=press' : ''}`;
    case 'extend':
    case 'cover':
      return `${verb} h${hold} ${op(drawing)} ${by}`;
    case 'pin':
      return `pin h${hold} ${order} until=${random.one(['10m', '20m'])} ${by}`;
    case 'release':
      return `release h${hold} ${random.one([by, '', `order=${order}`, `order=${order} actor=olga reason=moved`])}`.trim();
    case 'confirm':
      return `confirm h${hold} ${order} ${basket} ${by}`;
    case 'giveBack':
      return `giveBack ${op(drawing)} ${order} ${basket} ${by} to=${random.one(['public', 'house', 'none'])}${drawTickets(random, basket)}`;
    case 'voided':
      return `voided ${ticketNames.join(',')}`;
    case 'resize':
    case 'drain':
      return `${verb} ${op(drawing)} ${line} ${random.below(10)}`;
    case 'reprice':
      return `reprice ${op(drawing)} ${line} ${500 + random.below(9) * 100}`;
    case 'withhold':
      return `withhold ${op(drawing)} ${line} ${random.chance(0.5) ? units : -units}`;
    case 'setSale':
      return `setSale ${op(drawing)} ${drawSale(random)}`;
    case 'freeze':
    case 'thaw':
    case 'retire':
      return `${verb} ${op(drawing)} actor=olga`;
    case 'find':
      return `find h${hold} ${random.chance(0.5) ? by : ''}`.trim();
    case 'reclaim':
    case 'snapshot':
    case 'audit':
      return verb;
  }
}

/** Few, so that some are given back twice. */
const ticketNames = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9', 't10', 't11', 't12'];

/** A name per unit of the basket, in one of two give-backs. */
function drawTickets(random: Random, basket: string): string {
  const units = basket.split(',').reduce((sum, item) => sum + Number(item.split(':')[1]), 0);
  if (units > ticketNames.length || random.chance(0.5)) return '';
  const from = random.below(ticketNames.length - units + 1);
  return ` tickets=${ticketNames.slice(from, from + units).join(',')}`;
}

/** For reserve often a new one, for the rest mostly one that may be there. */
function drawHold({ random, recent }: Drawing, verb: Verb): number {
  const known = recent.length > 0 && random.chance(verb === 'reserve' ? 0.25 : 0.85);
  const hold = known ? random.one(recent) : 1 + random.below(holdsMax);
  if (verb === 'reserve') {
    recent.push(hold);
    if (recent.length > recentMax) recent.shift();
  }
  return hold;
}

/** A new one each time, but for the few that name an intention a second time. */
function op(drawing: Drawing): string {
  if (drawing.ops > 0 && drawing.random.chance(0.05)) return `x${1 + drawing.random.below(drawing.ops)}`;
  drawing.ops += 1;
  return `x${drawing.ops}`;
}

/** One to three different tiers; `strange` is how likely each is one the event does not sell. */
function drawBasket(random: Random, strange = 0): string {
  const chosen = tiers.filter(() => random.chance(0.4));
  const names: string[] = chosen.length > 0 ? chosen : [random.one(tiers)];
  return names
    .reverse()
    .map((name) => (random.chance(strange) ? random.one(['X', 'P', 'D']) : name))
    .map((name) => `${name}:${1 + random.below(2)}`)
    .join(',');
}

function drawSale(random: Random): string {
  return random.one([
    'state=on_sale opensAt=0 closesAt=0',
    'state=on_sale opensAt=0 closesAt=0',
    'state=on_sale opensAt=0 closesAt=0 holdTtlMs=90s',
    'state=on_sale opensAt=0 closesAt=0 extensionsMax=3 extensionWindowMs=90s',
    random.one(['state=paused', 'state=ended', 'state=draft']),
    `state=on_sale opensAt=${random.below(8)}m`,
    `state=on_sale opensAt=0 closesAt=${1 + random.below(12)}m`,
    `limit=${random.one(['A', 'B', 'C', 'P', 'X'])}:${random.below(4)}`,
    `buyerLimit=${random.below(6)}`,
    'extensionsMax=1 extensionMs=30s',
  ]);
}
