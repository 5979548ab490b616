import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is counted once.',
  file: 'src/inventory/lua/reserve.lua',
  find: 'item.line.held = item.line.held + item.quantity',
  replace: 'item.line.held = item.line.held + 2 * item.quantity',
  caughtBy: contract,
});
