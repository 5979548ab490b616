/** The empty Hono POST: parses a JSON body and answers. No middleware; the socket settings are those of src/server/listen.ts. */
import { Hono } from 'hono';
import { serveApp } from './serve-app.ts';

const app = new Hono();
app.post('/v1/events/:event/holds', async (c) => {
  const body = await c.req.json();
  return c.json({ items: body.items.length }, 201);
});
serveApp(app);
