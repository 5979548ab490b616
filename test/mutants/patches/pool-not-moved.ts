import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What a tier gives, its pool gives too.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: `  if line.pool then
    local pool = line_of(line.pool)
    add(pool`,
  replace: `  if false then
    local pool = line_of(line.pool)
    add(pool`,
  caughtBy: contract,
});
