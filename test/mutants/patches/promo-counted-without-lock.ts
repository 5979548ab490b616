import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A promo code is used as often as it may be, however many ask at once.',
  file: 'src/features/orders/place.ts',
  find: 'promoById(tx, event.event, promo.id, true)',
  replace: 'promoById(tx, event.event, promo.id, false)',
  caughtBy: ['test/e2e/selling.test.ts'],
  named: 'the last use',
});
