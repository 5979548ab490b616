/** Settings of payments. Without STRIPE_SECRET_KEY nothing can be paid; `dev` then runs a sandbox of its own. */
import { z } from 'zod';

const secretKey = z
  .string()
  .refine((text) => !text.startsWith('pk_'), 'is a publishable key; the secret one begins with sk_ or rk_')
  .refine((text) => !/\s/.test(text), 'must not contain spaces or line ends')
  .refine(
    (text) => text.startsWith('pk_') || /^(sk|rk)_(test|live)_\w+$/.test(text),
    'must be a secret or restricted key of Stripe: sk_test_..., sk_live_..., rk_test_... or rk_live_...',
  );

const webhookSecrets = z
  .string()
  // Before it is split: a space beside a comma would become part of a secret, and no signature would ever fit.
  .refine((text) => !/\s/.test(text), 'must not contain spaces or line ends')
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(
        z.string().regex(/^whsec_\S+$/, 'must be secrets of webhook endpoints: whsec_..., comma-separated'),
      )
      .max(4, 'has more than 4 secrets; two are enough to exchange one for another'),
  );

const apiBase = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'must be an http or https address',
  )
  .refine(
    (text) => !URL.canParse(text) || new URL(text).pathname === '/',
    'must have no path: the API is at /v1 there',
  );

export const paymentSettings = {
  STRIPE_SECRET_KEY: secretKey.optional(),
  /** Comma-separated: any of them, while one is exchanged for another. */
  STRIPE_WEBHOOK_SECRET: webhookSecrets.optional(),
  /** Where the API is when it is not Stripe's own: a sandbox. */
  STRIPE_API_BASE: apiBase.optional(),
  /** hosted: a page of Stripe's. intent: a form in ours, authorised first and captured after the sale. */
  PAYMENTS_MODE: z.enum(['hosted', 'intent']).default('hosted'),
};

type Set = z.output<z.ZodObject<typeof paymentSettings>>;

export function paymentConfig(set: Set) {
  const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE, PAYMENTS_MODE } = set;
  return {
    mode: PAYMENTS_MODE,
    /** Undefined where nothing can be paid. */
    stripe:
      STRIPE_SECRET_KEY === undefined
        ? undefined
        : {
            secretKey: STRIPE_SECRET_KEY,
            webhookSecrets: STRIPE_WEBHOOK_SECRET ?? [],
            apiBase: STRIPE_API_BASE,
          },
  };
}

/** What is wrong between settings that only make sense together. */
export function paymentProblems(values: Record<string, string>): string[] {
  const { STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: secrets, STRIPE_API_BASE: base } = values;
  const problems: string[] = [];
  if (key === undefined && secrets !== undefined)
    problems.push('STRIPE_WEBHOOK_SECRET needs STRIPE_SECRET_KEY');
  if (key === undefined && base !== undefined) problems.push('STRIPE_API_BASE needs STRIPE_SECRET_KEY');
  const live = key !== undefined && /_live_/.test(key);
  if (live && base !== undefined) {
    problems.push(
      'STRIPE_API_BASE is for a sandbox, and STRIPE_SECRET_KEY is a live key; a live key is sent to Stripe only',
    );
  }
  if (live && secrets?.split(',').some((secret) => /^whsec_(test|sandbox)/.test(secret))) {
    problems.push('STRIPE_WEBHOOK_SECRET is of a test endpoint, and STRIPE_SECRET_KEY is a live key');
  }
  return problems;
}
