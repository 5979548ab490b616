/** Pieces that the input schemas of several verbs share. Schemas are built once, when a module is loaded. */
import { z } from 'zod';
import { type LineId, readId } from '../domain/ids.ts';

/** `tier_<uuid>`, of a tier or a pool; becomes the UUID inside. */
export const lineId = z.string().transform((text, context) => {
  const id = readId('tier', text);
  if (id !== undefined) return id as LineId;
  context.addIssue({ code: 'custom', message: 'must be tier_ and a lowercase UUID' });
  return z.NEVER;
});

/** What one line of a basket may ask for; Redis's counters stay far inside exact integers. */
export const quantityMax = 100;
export const quantity = z.int().min(1).max(quantityMax);

export const capacityMax = 10_000_000;
export const capacity = z.int().min(0).max(capacityMax);
/** Minor units: up to 20 million in a two-decimal currency. The tables have 32-bit prices: more would halt the event. */
export const priceMax = 2_000_000_000;
export const price = z.int().min(0).max(priceMax);

/**
 * Any text: what JSON can escape and Unicode cannot write, half a surrogate pair, would be replaced on its way to Postgres, and
 * two texts that differ would become one.
 */
export const anyText = z
  .string()
  .refine(
    (text) => text.isWellFormed(),
    'must be well-formed Unicode: half of a surrogate pair stands alone',
  );

/** Text for people: no control characters (Postgres refuses NUL), not only spaces. */
export const shortText = anyText
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters');

/** An address as SMTP takes it, without a display name. What is before the @ is kept as given: only its owner knows its case. */
export const emailAddress = shortText
  .max(254)
  .refine(
    (text) => /^[^\s@<>(),;:\\"[\]]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/.test(text),
    'must be an e-mail address',
  );

/** A BCP 47 language tag: `de`, `pt-BR`. */
export const localeTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/, 'must be a language tag such as de or pt-BR');

/** Text of any length and shape, but for NUL, which Postgres has no place for. */
export const longText = (lengthMax: number) =>
  anyText
    .trim()
    .max(lengthMax)
    .refine((text) => !text.includes('\0'), 'must not contain NUL');

/** Why an operator did something; kept in the ledger for good. */
export const reason = shortText.optional();

/**
 * No moment of a sale lies before 2000, and every year has the four digits that RFC 3339 gives it. So no bound is 0, which stands
 * for no bound wherever sales are kept.
 */
const instantMin = Date.UTC(2000, 0);
const instantEnd = Date.UTC(10_000, 0);
const instantRange = 'from 2000-01-01T00:00:00Z to before the year 10000 in UTC';

/** RFC 3339 with an offset; becomes Unix ms. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const at = Date.parse(text);
    return at >= instantMin && at < instantEnd;
  }, `must be ${instantRange}`)
  .meta({ description: `RFC 3339 with an offset, ${instantRange}.` })
  .transform((text) => Date.parse(text));
