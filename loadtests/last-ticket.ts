/**
 * Five hundred people, one ticket, one moment: exactly one of them gets it, and every other one is told so. Whoever is sent
 * away by 429 or 503 asks again under the same key, as a client must: that decides nothing and sells nothing twice.
 */
import { check, sleep } from 'k6';
import { vu } from 'k6/execution';
import { Counter } from 'k6/metrics';
import {
  administer,
  availability,
  expectRefusals,
  hold,
  openEvent,
  type Reply,
  sessions,
} from './lib/api.ts';
import { adminKey, eventId, profile } from './lib/settings.ts';
import { type Data, summarize } from './lib/summary.ts';

const people = { smoke: 50, ci: 500, stage: 500, full: 2_000 }[profile];
const units = 1;

const held = new Counter('hold_success');
const refused = new Counter('hold_conflict');
const other = new Counter('hold_other');

export const options = {
  scenarios: {
    crowd: { executor: 'per-vu-iterations', vus: people, iterations: 1, maxDuration: '90s' },
  },
  setupTimeout: '60s',
  thresholds: {
    hold_success: [`count==${units}`],
    hold_conflict: [`count==${people - units}`],
    hold_other: ['count==0'],
    'checks{phase:invariants}': ['rate==1'],
    http_req_failed: ['rate<0.001'],
    // Else the generator was measured, and not the server.
    dropped_iterations: ['count==0'],
    // Only to have the figure in the summary.
    'http_req_duration{name:hold}': ['p(95)>=0'],
  },
};

expectRefusals();

type Setup = { event: string; tier: string; tokens: string[]; startAt: number };

export function setup(): Setup {
  const show = eventId === undefined ? openEvent('Last ticket', units) : { id: eventId, tier: '' };
  const tier = show.tier || (availability(show.id).tiers[0]?.tierId ?? '');
  const tokens = sessions(people);
  // Every VU has its data by then: they all ask in the same moment.
  return { event: show.id, tier, tokens, startAt: Date.now() + 1_500 };
}

/** Answers that decide nothing. */
const undecided = (reply: Reply) => reply.status === 429 || reply.status === 503 || reply.status === 0;
const triesMax = 20;

export default function lastTicket({ event, tier, tokens, startAt }: Setup): void {
  const token = tokens[vu.idInTest - 1] ?? '';
  const key = crypto.randomUUID();
  sleep(Math.max(0, startAt - Date.now()) / 1_000);
  let reply = hold(event, tier, 1, token, key);
  for (let tries = 1; undecided(reply) && tries < triesMax; tries++) {
    sleep(0.5);
    reply = hold(event, tier, 1, token, key);
  }
  const gone = reply.status === 409 && /^tier_(sold_out|all_in_carts)$/.test(reply.code);
  if (reply.status === 201) held.add(1);
  else if (gone) refused.add(1);
  else other.add(1);
  check(
    reply,
    { 'held, or told that it is gone': () => reply.status === 201 || gone },
    { phase: 'invariants' },
  );
}

export function teardown({ event, tier }: Setup): void {
  // Shared for a moment by everybody who looks.
  sleep(1);
  const line = availability(event).tiers.find(({ tierId }) => tierId === tier);
  const invariants = { phase: 'invariants' };
  check(
    line,
    { 'one unit is held, none is left': () => line?.held === units && line.available === 0 },
    invariants,
  );
  if (adminKey === undefined) return;
  const { status, body } = administer('GET', `/v1/admin/events/${event}/audit`, null);
  const audit = JSON.parse(body) as { ghostUnits: number; driftUnits: number; liveHolds: number };
  check(
    audit,
    {
      'the audit is answered': () => status === 200,
      'no ghosts': ({ ghostUnits }) => ghostUnits === 0,
      'no drift': ({ driftUnits }) => driftUnits === 0,
      'one live hold': ({ liveHolds }) => liveHolds === units,
    },
    invariants,
  );
}

export function handleSummary(data: Data): Record<string, string> {
  return summarize('last-ticket', data);
}
