/** The pages as routes: beside the API, under the same frame. */
import { pageOperations } from '../api/pages.ts';
import { personOf } from '../authorize.ts';
import { type Edge, type Handler, type Page, type Route, route } from '../edge.ts';

/** Throws when a page has no description: the document of the interface would not be whole. */
export function pageRoutes(edge: Edge): Route[] {
  return (edge.pages ?? []).map((page) => {
    const operation = pageOperations.find(({ path }) => path === page.path);
    if (!operation) throw new Error(`the page ${page.path} is not described in server/api/pages.ts`);
    return route(operation, handlerOf(edge, page));
  });
}

function handlerOf(edge: Edge, { handle }: Page): Handler {
  return (call) => {
    const { c, ctx } = call;
    return handle({
      ctx,
      param: (name) => c.req.param(name) ?? '',
      query: (name) => c.req.query(name),
      person: async () => personOf(edge, call),
    });
  };
}
