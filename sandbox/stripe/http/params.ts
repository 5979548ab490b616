/** Parameters of a call, read with the errors Stripe answers for those that are missing, unknown or of a wrong kind. */
import { invalid } from '../core/errors.ts';
import type { FormObject, FormValue } from './form.ts';

const metadataMax = { keys: 50, key: 40, value: 500 };

export class Params {
  readonly #form: FormObject;
  readonly #prefix: string;

  constructor(form: FormObject, prefix = '') {
    this.#form = form;
    this.#prefix = prefix;
  }

  /** The name of a parameter as errors give it: `line_items[0][quantity]`. */
  name(name: string): string {
    return this.#prefix === '' ? name : `${this.#prefix}[${name}]`;
  }

  has(name: string): boolean {
    return this.#form[name] !== undefined;
  }

  /** Whether it is given as a plain value, where an object would do as well. */
  isText(name: string): boolean {
    return typeof this.#form[name] === 'string';
  }

  /** Refuses every name that is not among these: a typo never passes for a setting. */
  only(names: readonly string[]): this {
    for (const name of Object.keys(this.#form)) {
      if (names.includes(name)) continue;
      const full = this.name(name);
      throw invalid(`Received unknown parameter: ${full}`, full, 'parameter_unknown');
    }
    return this;
  }

  text(name: string): string | undefined {
    const value = this.#form[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw invalid(`Invalid string: ${this.name(name)}`, this.name(name));
    if (value.length > 5_000)
      throw invalid('Invalid string: must be at most 5000 characters', this.name(name));
    return value;
  }

  needText(name: string): string {
    return this.text(name) ?? this.#missing(name);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^-?\d{1,15}$/.test(value)) {
      throw invalid(`Invalid integer: ${value}`, this.name(name), 'parameter_invalid_integer');
    }
    return number;
  }

  needInteger(name: string): number {
    return this.integer(name) ?? this.#missing(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, this.name(name));
    return value === 'true';
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found !== undefined) return found;
    throw invalid(`Invalid ${name}: must be one of ${allowed.join(', ')}`, this.name(name));
  }

  object(name: string): Params | undefined {
    const value = this.#form[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') throw invalid('Invalid object', this.name(name));
    return new Params(value, this.name(name));
  }

  list(name: string): Params[] {
    return this.#items(name).map(([key, value]) => {
      const full = `${this.name(name)}[${key}]`;
      if (typeof value === 'string') throw invalid('Invalid object', full);
      return new Params(value, full);
    });
  }

  texts(name: string): string[] {
    return this.#items(name).map(([key, value]) => {
      if (typeof value !== 'string') throw invalid('Invalid string', `${this.name(name)}[${key}]`);
      return value;
    });
  }

  metadata(name = 'metadata'): Record<string, string> {
    const given = this.#form[name];
    if (given === undefined || given === '') return {};
    if (typeof given === 'string') throw invalid('Invalid object', this.name(name));
    const entries = Object.entries(given);
    if (entries.length > metadataMax.keys) {
      throw invalid(`You can only specify up to ${metadataMax.keys} metadata keys.`, this.name(name));
    }
    const metadata: Record<string, string> = {};
    for (const [key, value] of entries) {
      const full = `${this.name(name)}[${key}]`;
      if (typeof value !== 'string') throw invalid('Metadata values must be strings.', full);
      if (key.length > metadataMax.key || value.length > metadataMax.value) {
        throw invalid(
          `Metadata keys can have up to ${metadataMax.key} characters and values up to ${metadataMax.value}.`,
          full,
        );
      }
      if (value !== '') metadata[key] = value;
    }
    return metadata;
  }

  #items(name: string): [string, FormValue][] {
    const value = this.#form[name];
    if (value === undefined || value === '') return [];
    if (typeof value === 'string') throw invalid('Invalid array', this.name(name));
    return Object.entries(value);
  }

  #missing(name: string): never {
    const full = this.name(name);
    throw invalid(`Missing required param: ${full}.`, full, 'parameter_missing');
  }
}
