/** More people than tickets: exactly as many are let in as there are. Two servers and two workers: test/heavy. */
import { itGivesOne, itHoldsExactly } from '../support/crowd-of-buyers.ts';

itGivesOne();
itHoldsExactly({ servers: 1, workers: 1 });
