/** A call of the API, and who answers it. */
import { missing } from '../core/errors.ts';
import type { Table } from '../core/table.ts';
import type { World } from '../core/world.ts';
import type { Params } from './params.ts';

export type Route = {
  method: 'GET' | 'POST' | 'DELETE';
  /** `:id` stands for one segment. */
  path: string;
  /** The `object` that is answered, or listed. */
  answers: string;
  /** Runs to its end without waiting; what it returns is answered with 200, its expansions filled in. */
  run: (world: World, params: Params, id: string) => object;
};

/** `noun` as Stripe names it in errors. */
export function find<T extends { id: string }>(table: Table<T>, noun: string, id: string, param: string): T {
  const row = table.get(id);
  if (row === undefined) throw missing(noun, id, param);
  return row;
}

/** Whether a route answers a list. */
export function lists({ method, path }: Route): boolean {
  return method === 'GET' && !path.endsWith('/:id');
}

/** Finds the route of a path; ids are 255 characters at most and of letters, digits and underscores. */
export function router(routes: readonly Route[]) {
  const known = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(':id', '(\\w{1,255})')}$`),
  }));
  return (method: string, path: string): { route: Route; id: string } | undefined => {
    for (const { route, pattern } of known) {
      if (route.method !== method) continue;
      const match = pattern.exec(path);
      if (match !== null) return { route, id: match[1] ?? '' };
    }
    return undefined;
  };
}
