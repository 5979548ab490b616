/**
 * The demo: the four events of the system this replaces, with what went wrong there on show here. Liventix and the tailgate had hidden
 * stock, the festival shares a pool between tiers, and Splish and Splash has the VIP tier of 21 that sold 22, and free tickets.
 */
import { createInput } from '../events/create.ts';

const dollars = (amount: number) => amount * 100;

/** Parsed by the schema of `events/create`, so that the demo cannot ask for what an organizer could not. */
export const demoEvents = [
  {
    key: 'liventix',
    input: createInput.parse({
      name: 'Liventix Official Event!',
      venue: 'Liventix Hall',
      startsAt: '2030-06-01T20:00:00-04:00',
      timeZone: 'America/New_York',
      currency: 'USD',
      tiers: [{ name: 'General Admission', price: dollars(45), capacity: 100, buyerLimit: 8 }],
    }),
  },
  {
    key: 'soccer',
    input: createInput.parse({
      name: 'Ultimate Soccer Tailgate',
      venue: 'Lot 7',
      startsAt: '2030-06-08T12:00:00-05:00',
      timeZone: 'America/Chicago',
      currency: 'USD',
      tiers: [
        { name: 'Tailgate Pass', price: dollars(30), capacity: 500, buyerLimit: 10 },
        { name: 'Pitmaster Table', price: dollars(120), capacity: 40, buyerLimit: 4 },
      ],
    }),
  },
  {
    key: 'festival',
    input: createInput.parse({
      name: 'Summer Music Festival',
      venue: 'Riverside Park',
      startsAt: '2030-07-12T16:00:00-07:00',
      timeZone: 'America/Los_Angeles',
      currency: 'USD',
      sale: { buyerLimit: 12 },
      pools: [{ ref: 'field', name: 'Field', capacity: 5_000 }],
      tiers: [
        { name: 'Early Bird', price: dollars(59), capacity: 1_000, pool: 'field' },
        { name: 'Regular', price: dollars(79), capacity: 5_000, pool: 'field' },
        { name: 'Backstage', price: dollars(249), capacity: 150, buyerLimit: 2 },
      ],
    }),
  },
  {
    key: 'splish',
    input: createInput.parse({
      name: 'Splish and Splash',
      venue: 'Lagoon Water Park',
      startsAt: '2030-08-03T10:00:00-04:00',
      timeZone: 'America/New_York',
      currency: 'USD',
      tiers: [
        { name: 'Day Pass', price: dollars(25), capacity: 300, buyerLimit: 10 },
        { name: 'VIP', price: dollars(90), capacity: 21, buyerLimit: 4 },
        { name: 'Community RSVP', description: 'Free, for neighbors', price: 0, capacity: 50, buyerLimit: 2 },
      ],
    }),
  },
];
