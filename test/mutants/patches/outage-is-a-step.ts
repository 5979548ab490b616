import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What makes up for an outage is none of the buyer’s extensions.',
  file: 'src/inventory/lua/extend.lua',
  find: "move_deadline(hold, deadline, hold.extensions, 'outage')",
  replace: "move_deadline(hold, deadline, hold.extensions + 1, 'outage')",
  caughtBy: contract,
});
