/** What a key may do. One word for the thing, one for what is done to it. */
export const scopes = {
  'events:read': 'see events and tiers, drafts too',
  'events:write': 'create events, edit their texts and dates, add tiers',
  'inventory:write':
    'what can be bought: publish, pause, resume, retire, sale settings, capacity, price, withholding',
  'orders:read': 'find orders and see whose they are',
  'orders:write': 'give tickets away, refund and decide orders',
  'audit:read': 'compare the inventory with the records; see jobs and reconciliations',
  'operations:write': 'reconcile the books, with repairs',
} as const;

export type Scope = keyof typeof scopes;

export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text);
}
