/** The frame of every page, and the headers it is sent with. */
import type { Assets } from './assets.ts';
import { type Html, html } from './html.ts';

/** Nothing runs, loads or is framed that does not come from this very site; there is no inline script and no inline style. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; ";

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

export type View = {
  title: string;
  main: Html;
  head?: Html;
  status?: number;
  /** The same for everybody: a CDN in front carries the crowd. */
  shared?: boolean;
  /** It has a form, which goes to this site and nowhere else; and its own address may be a secret. */
  form?: boolean;
  /** It frames another page of this site. */
  frames?: boolean;
};

export function page(assets: Assets, view: View): Response {
  const { title, main, head, status = 200, shared = false, form = false, frames = false } = view;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${assets.at('icon.svg')}">
<link rel="stylesheet" href="${assets.at('style.css')}">
${head}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/">Holdfast</a></header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`;
  const cache = shared ? 'public, max-age=1, stale-while-revalidate=2' : 'no-store';
  const retry = status === 503 ? { 'retry-after': '1' } : undefined;
  const own = `${policy}form-action ${form ? "'self'" : "'none'"}${frames ? "; frame-src 'self'" : ''}`;
  const secret = form ? { 'referrer-policy': 'no-referrer' } : undefined;
  return new Response(document.text, {
    status,
    headers: { ...headers, 'content-security-policy': own, 'cache-control': cache, ...secret, ...retry },
  });
}

export function notFound(assets: Assets, what: string): Response {
  const main = html`<h1>Not found</h1><p>${what}</p><p><a href="/">All events</a></p>`;
  return page(assets, { title: 'Not found', main, status: 404 });
}

/** Somebody whose browser has no session, or who asks too often. */
export function nobody(assets: Assets, tooOften: boolean): Response {
  if (tooOften) {
    const main = html`<h1>A moment, please</h1><p>You have asked very often. Load this page again in a minute.</p>`;
    return page(assets, { title: 'A moment, please', main, status: 429 });
  }
  const main = html`<h1>Your tickets</h1><p>Tickets are shown in the browser that bought them, or where you signed in with
the address you bought them with.</p><p><a href="/">All events</a></p>`;
  return page(assets, { title: 'Your tickets', main, status: 401 });
}

/** An event that was closed for good, once it is unloaded. */
export function over(assets: Assets, name: string): Response {
  const main = html`<h1>${name}</h1><p>This event is over, and nothing is sold any more.</p><p><a href="/">All events</a></p>`;
  return page(assets, { title: `Over - ${name}`, main, status: 410 });
}

export function unavailable(assets: Assets): Response {
  const main = html`<h1>Not available right now</h1><p>Nothing is lost. Try again in a moment.</p>`;
  return page(assets, { title: 'Not available right now', main, status: 503 });
}
