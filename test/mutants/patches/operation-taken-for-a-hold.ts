import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The id of an order is no hold, whatever Redis remembers under it.',
  file: 'src/inventory/lua/lib/hold.lua',
  find: "'^(%S+) %S+ %S+ %S+$'",
  replace: "'^(%S+)'",
  caughtBy: ['test/e2e/checkout.test.ts'],
  named: 'is an order with its price in lines',
});
