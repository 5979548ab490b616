/** Every outcome a reserve can be counted under: so that each series of the metric is there from the start. */
import { refusalCodes } from '../domain/refusals.ts';

export const holdOutcomes: readonly string[] = ['held', 'replayed', ...refusalCodes];
