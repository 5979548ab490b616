/** Bodies and queries as the SDK writes them: `line_items[0][price_data][currency]=usd`, `expand[]=customer`. */
import { invalid } from '../core/errors.ts';

export type FormValue = string | FormObject;
export interface FormObject {
  [name: string]: FormValue;
}

/** Stripe's own depth is less; deeper than this is nobody's request. */
const depthMax = 10;
const pairsMax = 2_000;

export function parseForm(text: string): FormObject {
  const form: FormObject = Object.create(null);
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > pairsMax) throw invalid(`More than ${pairsMax} parameters.`, 'body');
  for (const [key, value] of pairs) place(form, steps(key), value);
  return form;
}

/** `a[b][0]` gives a, b, 0; `a[]` counts on by itself. */
function steps(key: string): string[] {
  const open = key.indexOf('[');
  if (open <= 0 || !key.endsWith(']')) return [key];
  const path = [key.slice(0, open), ...key.slice(open + 1, -1).split('][')];
  if (path.length > depthMax)
    throw invalid(`Parameter nested too deeply: ${key.slice(0, 100)}`, key.slice(0, 100));
  return path;
}

function place(form: FormObject, path: string[], value: string): void {
  let at = form;
  for (const [depth, raw] of path.entries()) {
    const step = raw === '' ? String(Object.keys(at).length) : raw;
    if (depth === path.length - 1) {
      at[step] = value;
      return;
    }
    const next = at[step];
    if (typeof next === 'string') throw invalid(`Invalid object: ${path[0]}`, path[0]!);
    const inner: FormObject = next ?? Object.create(null);
    at[step] = inner;
    at = inner;
  }
}

/** The same text for the same parameters, in whatever order they were written. */
export function canonicalForm(text: string): string {
  return [...new URLSearchParams(text)]
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
}
