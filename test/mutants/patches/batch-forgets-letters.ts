import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Of letters that are sent together, one that was not taken is sent again.',
  file: 'src/features/mails/send-all.ts',
  find: '      again.push(mail);',
  replace: '',
  caughtBy: ['src/features/mails/send.pg.test.ts'],
  named: 'one that is not taken',
});
