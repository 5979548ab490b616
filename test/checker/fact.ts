/**
 * Facts as the ledger's `body` writes them (long names) and as the journal in Redis writes them (short names). Written
 * from docs/data.md alone: the checker shares no code with the server.
 */
export type Item = { tier: string; quantity: number; price: number };
export type Carried = { line: string; capacity: number; held: number; sold: number; withheld: number };
export type OpenedLine = {
  line: string;
  kind: string;
  pool: string | null;
  capacity: number;
  price: number;
  buyerLimit: number;
};
export type SaleTerms = {
  state: string;
  opensAt: number;
  closesAt: number;
  holdTtlMs: number;
  buyerLimit: number;
  extensionsMax: number;
  extensionMs: number;
  extensionWindowMs: number;
};

/** Every member a fact of any kind can have. */
export type AnyFact = {
  event: string;
  version: number;
  at: number;
  kind: string;
  op?: string;
  reason?: string;
  hold?: string;
  buyer?: string;
  items?: Item[];
  deadline?: number;
  ttlMs?: number;
  extensions?: number;
  order?: string | null;
  late?: boolean;
  returnTo?: string;
  line?: string;
  lines?: OpenedLine[];
  sale?: SaleTerms;
  actor?: string;
  limits?: { tier: string; buyerLimit: number }[];
  capacity?: number;
  target?: number | null;
  tier?: string;
  price?: number;
  priceVersion?: number;
  quantity?: number;
  epoch?: number;
  outageMs?: number;
  after: Carried[];
};

const common = ['event', 'version', 'at', 'kind', 'op', 'actor', 'reason'];

/** The members of each kind in the order of the canonical text, between the common ones and `after`. */
const own: Record<string, string[]> = {
  opened: ['lines', 'sale'],
  held: ['hold', 'buyer', 'items', 'deadline', 'ttlMs'],
  extended: ['hold', 'deadline', 'extensions'],
  pinned: ['hold', 'order', 'deadline'],
  released: ['hold', 'buyer', 'items', 'order'],
  expired: ['hold', 'buyer', 'items', 'deadline'],
  sold: ['hold', 'buyer', 'items', 'order', 'late'],
  unfulfilled: ['hold', 'buyer', 'items', 'order'],
  returned: ['order', 'buyer', 'items', 'returnTo', 'tickets'],
  resized: ['line', 'capacity', 'target'],
  repriced: ['tier', 'price', 'priceVersion'],
  withheld: ['line', 'quantity'],
  sale_set: ['sale', 'limits'],
  frozen: [],
  thawed: [],
  retired: [],
  rebuilt: ['epoch', 'outageMs'],
};

const inner: Record<string, string[]> = {
  items: ['tier', 'quantity', 'price'],
  after: ['line', 'capacity', 'held', 'sold', 'withheld'],
  lines: ['line', 'kind', 'pool', 'capacity', 'price', 'buyerLimit'],
  limits: ['tier', 'buyerLimit'],
  sale: [
    'state',
    'opensAt',
    'closesAt',
    'holdTtlMs',
    'buyerLimit',
    'extensionsMax',
    'extensionMs',
    'extensionWindowMs',
  ],
};

type Members = Record<string, unknown>;

function inOrder(from: Members, names: string[]): Members {
  const ordered: Members = {};
  for (const name of names) {
    const value = from[name];
    if (value === undefined) continue;
    const names = inner[name];
    if (names === undefined) ordered[name] = value;
    // An empty list is an empty table in Lua, which cjson writes as {}.
    else if (name !== 'sale')
      ordered[name] = Array.isArray(value) ? value.map((each) => inOrder(each as Members, names)) : [];
    else ordered[name] = inOrder(value as Members, names);
  }
  return ordered;
}

/** The text that is hashed. undefined for a kind nobody knows. */
export function canonicalText(fact: Members): string | undefined {
  const names = own[String(fact['kind'])];
  return names && JSON.stringify(inOrder(fact, [...common, ...names, 'after']));
}

/** Whether this is the canonical text of its fact: no blank in it, and every name in its place. */
export function isCanonical(fact: Members, text: string): boolean {
  const names = sequences.get(String(fact['kind']));
  return names !== undefined && inSequence(fact, names) && JSON.stringify(fact) === text;
}

const sequences = new Map(Object.entries(own).map(([kind, names]) => [kind, [...common, ...names, 'after']]));

/** Names in order, some perhaps left out; the parts of lists in order too. */
function inSequence(of: Members, names: string[]): boolean {
  let at = 0;
  for (const name in of) {
    while (at < names.length && names[at] !== name) at += 1;
    if (at === names.length) return false;
    at += 1;
    const parts = inner[name];
    if (parts !== undefined && !partsInSequence(of[name], parts)) return false;
  }
  return true;
}

function partsInSequence(value: unknown, names: string[]): boolean {
  if (!Array.isArray(value))
    return typeof value === 'object' && value !== null && inSequence(value as Members, names);
  for (const part of value) if (!inSequence(part as Members, names)) return false;
  return true;
}

const shortNames: Record<string, string> = {
  k: 'kind',
  v: 'version',
  o: 'op',
  c: 'actor',
  r: 'reason',
  h: 'hold',
  b: 'buyer',
  d: 'deadline',
  l: 'ttlMs',
  x: 'extensions',
};

/** A fact of a stream entry in long names. `event` and `at` stand in the entry, once for all its facts. */
export function fromStream(event: string, at: number, short: Members): Members {
  const long: Members = { event, at };
  for (const [name, value] of Object.entries(short)) {
    if (name === 'i') long['items'] = tuples(value, inner['items'] ?? []);
    else if (name === 'a') long['after'] = tuples(value, inner['after'] ?? []);
    else if (name === 'y') long['order'] = value;
    else if (name === 'w') long['late'] = value === 1;
    else long[shortNames[name] ?? name] = value;
  }
  // cjson leaves a null out where a Lua table cannot hold it; these members are never optional.
  if (long['kind'] === 'released') long['order'] ??= null;
  if (long['kind'] === 'resized') long['target'] ??= null;
  return long;
}

function tuples(value: unknown, names: string[]): Members[] {
  if (!Array.isArray(value)) return [];
  return value.map((tuple: unknown[]) => Object.fromEntries(names.map((name, at) => [name, tuple[at]])));
}
