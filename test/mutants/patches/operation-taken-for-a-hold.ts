import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The id of an order is no hold, whatever Redis remembers under it.',
  file: 'src/inventory/lua/lib/hold.lua',
  find: "'^(%S+) %S+ %S+ %S+$')\n  return how and HOLD_ENDS[how]",
  replace: "'^(%S+)')\n  return how and (HOLD_ENDS[how] or 'hold_' .. how)",
  caughtBy: ['test/e2e/checkout.test.ts'],
  named: 'is an order with its price in lines',
});
