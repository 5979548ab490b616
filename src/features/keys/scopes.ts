/** What a key may do. One word for the thing, one for what is done to it. */
export const scopes = {
  'events:read': 'see events and tiers, drafts too',
  'events:write': 'create events, edit their texts and dates, add tiers',
  'inventory:write':
    'what can be bought: publish, pause, resume, retire, sale settings, capacity, price, withholding',
  'orders:read': 'find orders and see whose they are',
  'orders:write': 'give tickets away, refund and decide orders, call an event off',
  'tickets:read': 'see any ticket and what became of it; each look is logged',
  'checkins:write': 'redeem tickets at the door, and load the manifest for scanners',
  'audit:read': 'compare the inventory with the records; see jobs and reconciliations',
  'operations:write': 'reconcile the books, with repairs',
} as const;

export type Scope = keyof typeof scopes;

export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text);
}

/** Scopes whose routes ask for which events a key is: a key for some events has no other. */
export const doorScopes: readonly Scope[] = ['checkins:write'];
