/** Findings and totals as lines for people. */
import type { Finding } from '../../domain/event-markup/finding.ts';
import { answers } from '../../features/event-imports/options.ts';
import type { Totals } from '../../features/event-imports/run.ts';
import { count } from '../shared/count.ts';

/** `page.html script 2#/offers/0/price: error: ... (--price)`. */
export function lineOf(file: string, { level, script, pointer, text, need }: Finding): string {
  const where = `${file}${script > 0 ? ` script ${script}` : ''}#${pointer}`;
  return `${where}: ${level}: ${text}${need === undefined || level === 'warning' ? '' : ` (${answers[need].option})`}`;
}

export function summaryOf(totals: Totals, dryRun = false): string {
  const { files, created, exists, published, errors, warnings } = totals;
  return [
    count(files, 'document'),
    `${created} ${dryRun ? 'to create' : 'created'}`,
    `${exists} there already`,
    `${published} on sale`,
    count(errors, 'error'),
    count(warnings, 'warning'),
  ].join(', ');
}
