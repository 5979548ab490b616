/** The pages as routes: beside the API, under the same frame. */
import type { Edge, Route } from '../edge.ts';

export function pageRoutes({ pages = [] }: Edge): Route[] {
  return pages.map(({ path, handle }) => ({
    method: 'GET',
    path,
    handle: ({ c, ctx }) =>
      handle({ ctx, param: (name) => c.req.param(name) ?? '', query: (name) => c.req.query(name) }),
  }));
}
