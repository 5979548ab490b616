/** The suites that take minutes: `npm run heavy`. */
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

const heavy = mergeConfig(base, {});
heavy.test = { ...heavy.test, include: ['test/heavy/**/*.test.ts'], exclude: [], maxWorkers: 1 };
export default heavy;
