import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

const nowhere = { HOLDFAST_DATA_DIR: '/nowhere/at/all' };
const load = (env: Record<string, string>) => loadConfig({ ...nowhere, ...env }).payments;
const complaint = (env: Record<string, string>) => {
  try {
    load(env);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test('nothing set: nothing can be paid', () => {
  expect(load({})).toEqual({ chargebackReturnTo: 'house', mode: 'hosted', stripe: undefined });
});

test('two secrets while one is exchanged for another', () => {
  const env = {
    STRIPE_SECRET_KEY: 'rk_live_abc',
    STRIPE_WEBHOOK_SECRET: 'whsec_a,whsec_b',
    PAYMENTS_MODE: 'intent',
  };
  expect(load(env)).toEqual({
    chargebackReturnTo: 'house',
    mode: 'intent',
    stripe: { secretKey: 'rk_live_abc', webhookSecrets: ['whsec_a', 'whsec_b'], apiBase: undefined },
  });
});

const inTest = { STRIPE_SECRET_KEY: 'sk_test_abc' };
const live = { STRIPE_SECRET_KEY: 'sk_live_abc' };
test.each([
  ['a publishable key', { STRIPE_SECRET_KEY: 'pk_test_abc' }, /publishable/],
  ['something else', { STRIPE_SECRET_KEY: 'hello' }, /secret or restricted key/],
  ['a space in the key', { STRIPE_SECRET_KEY: 'sk_test_a b' }, /spaces/],
  ['a space behind the comma', { ...inTest, STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' }, /spaces/],
  ['a line end in the secret', { ...inTest, STRIPE_WEBHOOK_SECRET: 'whsec_a\n' }, /spaces/],
  ['no secret of an endpoint', { ...inTest, STRIPE_WEBHOOK_SECRET: 'abc' }, /whsec_/],
  ['a secret without a key', { STRIPE_WEBHOOK_SECRET: 'whsec_a' }, /needs STRIPE_SECRET_KEY/],
  ['an address without a key', { STRIPE_API_BASE: 'http://127.0.0.1:1' }, /needs STRIPE_SECRET_KEY/],
  ['an address with a path', { ...inTest, STRIPE_API_BASE: 'http://127.0.0.1:1/v1' }, /no path/],
  ['a live key for a sandbox', { ...live, STRIPE_API_BASE: 'http://127.0.0.1:1' }, /live key/],
  ['a live key and a test endpoint', { ...live, STRIPE_WEBHOOK_SECRET: 'whsec_test_a' }, /test endpoint/],
  ['another mode', { ...inTest, PAYMENTS_MODE: 'cash' }, /PAYMENTS_MODE/],
])('%s is refused at boot', (_, env, said) => {
  expect(complaint(env)).toMatch(said);
});
