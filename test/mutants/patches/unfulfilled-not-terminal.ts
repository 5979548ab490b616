import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A confirm that found its tier sold out is final: asked again, it is answered the same.',
  file: 'src/inventory/lua/confirm.lua',
  find: `remember_unknown('unfulfilled', version)`,
  replace: '',
  caughtBy: contract,
});
