import type { Inventory } from '../inventory.ts';
import { ticketsOf } from '../records.ts';
import { drain, signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import { tierOf } from './state.ts';
import { countUnits, covers, merged, move, unitsOf } from './stock.ts';
import type { Verb } from './verb.ts';

export const giveBack: Verb<Inventory['giveBack']> = (state, cmd, now) => {
  const { order, buyer, returnTo } = cmd;
  const tickets = ticketsOf(cmd) ?? [];
  const items = merged(cmd.items);
  if (!items.every(({ tier }) => tierOf(state, tier))) return { status: 'tier_unknown' };
  if (tickets.some((ticket) => state.voided.has(ticket))) return { status: 'ticket_void' };
  const wereSold = covers(state, items, (line) => line.sold);
  const areTheirs = items.every(({ tier, quantity }) => unitsOf(state, buyer, tier) >= quantity);
  if (!wereSold || !areTheirs) return { status: 'give_back_exceeds_sold' };

  const touched = move(state, items, {
    sold: -1,
    ...(returnTo === 'house' && { withheld: 1 }),
    ...(returnTo === 'none' && { capacity: -1 }),
  });
  countUnits(state, buyer, items, -1);
  const version = write(
    state,
    {
      kind: 'returned',
      at: now,
      ...signed(cmd),
      order,
      buyer,
      items,
      returnTo,
      tickets,
    },
    touched,
  );
  for (const ticket of tickets) state.voided.add(ticket);
  drain(state, touched, now);
  return remember(state, cmd.op, now, { status: 'returned', version });
};
