/** Settings of the HTTP edge: who may call from where, how often, and who people are. */
import { z } from 'zod';

const perMinute = (otherwise: number) =>
  z.coerce.number('must be a whole number from 0 to 1000000').int().min(0).max(1_000_000).default(otherwise);

const contact = z
  .string()
  .regex(
    /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
    'must be mailto:somebody@example.com or an https address',
  );

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim().toLowerCase()))
  .pipe(
    z.array(
      z.string().refine((text) => {
        return text === '*' || (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text);
      }, 'must be origins such as https://tickets.example.com, comma-separated, or *'),
    ),
  );

const address = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), 'must be an http or https address');

const keySet = z.string().transform((text, context) => {
  try {
    return z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JWK set with at least one key, as JSON' });
    return z.NEVER;
  }
});

export const httpSettings = {
  /** How many proxies in front are ours: as many X-Forwarded-For entries are believed, counted from the end. */
  TRUST_PROXY: z.coerce.number('must be a whole number from 0 to 10').int().min(0).max(10).default(0),
  /** Whose pages may call and open sockets from a browser, with a bearer token; beside PUBLIC_URL and the host asked for. */
  CORS_ORIGINS: origins.default([]),
  SECURITY_CONTACT: contact.optional(),
  /** A person needs a handful; a script that tries for hours needs more. Per session and server. */
  RATE_LIMIT_HOLDS_PER_MINUTE: perMinute(60),
  /** A household or an office shares an address: far above what people do. Per address and server. */
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute(1_200),
  /** New sessions are what a limit by session is worth. Per address, all servers together. */
  RATE_LIMIT_SESSIONS_PER_MINUTE: perMinute(120),
  /** Per API key, all servers together. */
  RATE_LIMIT_KEYS_PER_MINUTE: perMinute(600),
  /** People ask once or twice; a household a few times. Per address, all servers together. */
  RATE_LIMIT_SIGN_INS_PER_MINUTE: perMinute(20),
  /** Clients on this machine are a proxy that is not configured, or somebody who tries it out. */
  RATE_LIMIT_LOOPBACK: z.enum(['off', 'on']).default('off'),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  /** A JWK set, as JSON. */
  JWT_JWKS: keySet.optional(),
  JWT_JWKS_URL: address.optional(),
};

type Set = z.output<z.ZodObject<typeof httpSettings>>;

export function httpConfig(set: Set) {
  return {
    proxies: set.TRUST_PROXY,
    corsOrigins: set.CORS_ORIGINS,
    securityContact: set.SECURITY_CONTACT,
    quotas: {
      holds: set.RATE_LIMIT_HOLDS_PER_MINUTE,
      address: set.RATE_LIMIT_ADDRESS_PER_MINUTE,
      sessions: set.RATE_LIMIT_SESSIONS_PER_MINUTE,
      keys: set.RATE_LIMIT_KEYS_PER_MINUTE,
      'sign-ins': set.RATE_LIMIT_SIGN_INS_PER_MINUTE,
    },
    limitLoopback: set.RATE_LIMIT_LOOPBACK === 'on',
    jwt: jwtOf(set),
  };
}

function jwtOf(settings: Set) {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS: set, JWT_JWKS_URL: url } = settings;
  return issuer !== undefined && audience !== undefined ? { issuer, audience, set, url } : undefined;
}

/** What is wrong between settings that only make sense together. */
export function httpProblems(values: Record<string, string>): string[] {
  const given = ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS', 'JWT_JWKS_URL'].filter((name) => name in values);
  if (given.length === 0) return [];
  const keys = given.filter((name) => name.startsWith('JWT_JWKS')).length;
  if (given.includes('JWT_ISSUER') && given.includes('JWT_AUDIENCE') && keys === 1) return [];
  return ['JWT_ISSUER, JWT_AUDIENCE and one of JWT_JWKS and JWT_JWKS_URL belong together'];
}
