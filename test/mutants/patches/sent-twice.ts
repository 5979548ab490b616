import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A value reaches a socket once, however it comes to it.',
  file: 'src/realtime/channel.ts',
  find: '  subscription.sent = channel.number;\n  channel.listeners.add',
  replace: '  channel.listeners.add',
  caughtBy: ['test/e2e/live.test.ts'],
});
