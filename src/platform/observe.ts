/**
 * Observing from outside: a port wrapped so that each call is timed and each fault counted, while neither the port nor
 * its callers know that metrics exist.
 */
import type { Counter, Histogram } from 'prom-client';

type Method = (...args: unknown[]) => unknown;

function methodNames(port: object): string[] {
  const names = new Set<string>();
  for (let level: object | null = port; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name !== 'constructor' && typeof Reflect.get(port, name) === 'function') names.add(name);
    }
  }
  return [...names];
}

/** `durationSeconds` and `errors` carry one label, `script`: the method's name. The port's methods return promises. */
export function observed<Port extends object>(
  port: Port,
  durationSeconds: Histogram<'script'>,
  errors: Counter<'script'>,
): Port {
  const wrapper: Record<string, unknown> = {};
  for (const name of methodNames(port)) {
    const method = (Reflect.get(port, name) as Method).bind(port);
    const timer = durationSeconds.labels(name);
    errors.inc({ script: name }, 0);
    wrapper[name] = async (...args: unknown[]) => {
      const startedAt = performance.now();
      try {
        return await method(...args);
      } catch (fault) {
        errors.inc({ script: name });
        throw fault;
      } finally {
        timer.observe((performance.now() - startedAt) / 1_000);
      }
    };
  }
  return wrapper as Port;
}
