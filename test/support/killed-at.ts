/**
 * A process that dies at its n-th step: every command to Redis and every query to Postgres is a step, is carried out, and
 * after the n-th one nothing more is sent or heard.
 */
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { Database } from '../../src/persistence/database.ts';

export class Killed extends Error {}

export type Mortal = {
  redis: Redis;
  db: Database;
  steps(): number;
};

export function killedAt(step: number, { redis, db }: { redis: Redis; db: Database }): Mortal {
  let steps = 0;
  const live = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (steps >= step) throw new Killed(`dead since step ${step}`);
    const value = await work();
    steps += 1;
    if (steps >= step) throw new Killed(`killed at step ${step}`);
    return value;
  };
  type Call = (...args: unknown[]) => unknown;
  const counted = <Target extends object>(
    target: Target,
    direct: string[],
    wrapped: Record<string, Call>,
  ): Target =>
    new Proxy(target, {
      get(of, name) {
        const own = wrapped[String(name)];
        if (own) return own;
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== 'function') return value;
        const call = value.bind(of) as Call;
        return direct.includes(String(name)) ? call : (...args: unknown[]) => live(async () => call(...args));
      },
    });
  // A pipeline only collects until it is executed.
  const pipeline: Call = () => {
    const real = redis.pipeline();
    return new Proxy(real, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name);
        if (name === 'exec') return () => live(async () => of.exec());
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
  };
  const connect: Call = async () => {
    const client = await db.pool.connect();
    const query: Call = (...args) => {
      const [first] = args;
      const answered = client.query as unknown as Call;
      const isCopy = typeof first === 'object' && first !== null && 'submit' in first;
      if (!isCopy) return live(async () => answered.apply(client, args));
      // A COPY is a stream and no promise. Dying just before it leaves what dying just after it leaves: a transaction to roll back.
      if (steps >= step || ++steps >= step) throw new Killed(`killed at step ${step}`);
      return answered.apply(client, args);
    };
    return counted<pg.PoolClient>(client, ['release', 'on'], {
      query,
      // What is left of a dead process's transaction is rolled back when its connection closes.
      release: (broken: unknown) => client.release(broken === true || steps >= step),
    });
  };
  return {
    redis: counted(redis, ['on'], { pipeline }),
    db: {
      ...db,
      pool: new Proxy(db.pool, { get: (of, name) => (name === 'connect' ? connect : Reflect.get(of, name)) }),
    },
    steps: () => steps,
  };
}
