import { mutant } from '../mutant.ts';

export default mutant({
  breaks:
    'That an event is known is a row in Postgres, written with its job, and not what a process remembers.',
  file: 'src/features/payments/receive-event.ts',
  find: '  return storing(db)[source]({ event, source, outcome });\n',
  replace:
    "  const seen = ((globalThis as { seen?: Set<string> }).seen ??= new Set());\n  if (seen.has(event.id)) return Promise.resolve('duplicate');\n  seen.add(event.id);\n  return storing(db)[source]({ event, source, outcome });\n",
  caughtBy: ['test/e2e/webhooks.test.ts'],
  named: 'could not be stored',
});
