/** Judges a body by its verb's schema, and says every wrong value by its JSON Pointer. */
import type { z } from 'zod';
import type { Call } from './edge.ts';
import type { InputError, Refused } from './problem.ts';

const errorsMax = 20;

/** Each parameter of the query, as a list where it stands more than once: no schema takes one. */
export function queryOf(call: Call): Record<string, string | string[]> {
  const given = Object.entries(call.c.req.queries());
  return Object.fromEntries(given.map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

export type Input<Value> = { status: 'valid'; value: Value } | Refused;

export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Input<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { status: 'valid', value: result.data };
  const errors: InputError[] = result.error.issues.slice(0, errorsMax).map((issue) => ({
    pointer: issue.path
      .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    detail: issue.message,
  }));
  return { status: 'input_invalid', errors };
}
