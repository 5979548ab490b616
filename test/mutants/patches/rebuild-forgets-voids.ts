import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A rebuild tells Redis which tickets are void.',
  file: 'src/features/rebuild/event-state.ts',
  find: '(await readVoided(tx, event)) as TicketId[]',
  replace: '[] as TicketId[]',
  caughtBy: ['src/features/rebuild/voided.redis.test.ts'],
});
