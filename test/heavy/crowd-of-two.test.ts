/** More people than tickets, at two servers with two workers. */
import { itHoldsExactly } from '../support/crowd-of-buyers.ts';

itHoldsExactly({ servers: 2, workers: 2 });
