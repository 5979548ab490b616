import { describe, expect, test } from 'vitest';
import { append } from '../../../test/support/journal.ts';
import { byHand, db, drain, redis, scene, useJournalBed } from '../../../test/support/journal-bed.ts';
import { held, opened, sold } from '../../../test/support/ledger.ts';
import { verifyEvent } from './verify.ts';

useJournalBed();

describe('verify on Postgres', () => {
  const edits: [string, string, string][] = [
    [
      'hashes_chain',
      'a body, where no rule looks',
      `update ticketing.inventory_journal set body = replace(body, '"price":5000', '"price":4000') where event_id = $1 and version = 3`,
    ],
    [
      'facts_readable',
      'a body into something else',
      `update ticketing.inventory_journal set body = '{}' where event_id = $1 and version = 3`,
    ],
    [
      'versions_contiguous',
      'a fact away',
      'delete from ticketing.inventory_journal where event_id = $1 and version = 3',
    ],
    [
      'versions_contiguous',
      'a fact in twice',
      `insert into ticketing.inventory_journal select event_id, version, at + interval '1 second', partition, epoch, entry, position, kind, hold_id, order_id, op, user_id, body from ticketing.inventory_journal where event_id = $1 and version = 3`,
    ],
    [
      'counters_carried',
      'a counter',
      `update ticketing.inventory_journal set body = replace(body, '"held":5', '"held":4') where event_id = $1 and version = 3`,
    ],
    [
      'hashes_chain',
      'a root',
      `update ticketing.journal_commits set root = decode(repeat('00', 32), 'hex') where event_id = $1`,
    ],
    [
      'hashes_chain',
      'the head',
      `update ticketing.journal_heads set chain = decode(repeat('00', 32), 'hex') where event_id = $1`,
    ],
    [
      'tables_agree',
      'a tier',
      'update ticketing.ticket_tiers set reserved_quantity = reserved_quantity + 1 where event_id = $1',
    ],
    [
      'tables_agree',
      'a hold',
      `update ticketing.ticket_holds set status = 'expired', ended_at = now() where event_id = $1 and status = 'active'`,
    ],
    [
      'tables_agree',
      'a ticket',
      `update ticketing.tickets set status = 'void', voided_at = now() where event_id = $1`,
    ],
  ];
  test.each(edits)('names %s when somebody edits %s', async (rule, _, edit) => {
    const { event, facts, partition } = await scene([opened(), held(1, 2), held(2, 3), sold(1, 2)]);
    await append(redis, { partition }, facts);
    await drain(partition);
    expect((await verifyEvent(db, event)).findings).toEqual([]);
    await byHand(edit, [event]);
    expect((await verifyEvent(db, event)).findings[0]).toMatchObject({ rule });
  });
});
