/** docker-compose.yml as data: parsed, interpolated as Compose does without an .env file, and of the shape we use. */
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const seconds = z.string().regex(/^\d+s$/);

const health = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.array(z.string()).min(2),
    interval: seconds,
    timeout: seconds,
    retries: z.int().min(1),
    start_period: seconds.optional(),
  }),
]);

const dependency = z.strictObject({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
});

const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  profiles: z.array(z.enum(['observability', 'load'])).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).default([]),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), dependency).default({}),
  /** Without one, the image's. */
  healthcheck: health.optional(),
  restart: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_signal: z.string().optional(),
  stop_grace_period: seconds.optional(),
  shm_size: z.string().optional(),
});

const compose = z.strictObject({
  name: z.string(),
  'x-holdfast': z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

export type Service = z.output<typeof service>;
export type Compose = z.output<typeof compose>;

/** Throws what is wrong with its shape, or a variable that has no default. */
export function parseCompose(text: string): Compose {
  return compose.parse(interpolated(parseYaml(text, { merge: true })));
}

function interpolated(value: unknown): unknown {
  if (typeof value === 'string') return interpolate(value);
  if (Array.isArray(value)) return value.map(interpolated);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolated(inner)]));
}

function interpolate(text: string): string {
  return text.replaceAll(/\$(\$|\{(\w+)(?::-([^}]*))?\})/g, (_, kind, name, otherwise) => {
    if (kind === '$') return '$';
    if (otherwise === undefined)
      throw new Error(`\${${name}} has no default: an unset variable becomes nothing`);
    return otherwise;
  });
}
