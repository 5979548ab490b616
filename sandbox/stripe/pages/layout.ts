/** What all pages share. There is no script, and nothing is loaded from anywhere. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Html, html } from './html.ts';

const style = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f8; color: #1d2233; }
main { max-width: 34rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: .75rem; box-shadow: 0 1px 6px #0002; }
.banner { background: #5b3a00; color: #fff; padding: .5rem; text-align: center; }
table { width: 100%; border-collapse: collapse; } td, th { padding: .3rem 0; text-align: left; } td:last-child, th:last-child { text-align: right; }
tfoot { font-weight: 700; border-top: 2px solid #d8dbe6; }
fieldset { border: 1px solid #d8dbe6; border-radius: .5rem; margin: 1rem 0; }
label { display: block; padding: .2rem 0; }
input[type=text], input[type=email] { width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; border: 1px solid #737a92; border-radius: .4rem; }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .4rem; background: #3d42c4; color: #fff; cursor: pointer; }
button.second { background: #5a6076; } a { color: #3d42c4; }
[role=alert] { background: #fdecec; color: #8a1212; padding: .6rem; border-radius: .4rem; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** No `form-action`: browsers would hold the redirect back to the shop against it. */
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

export function sendPage(response: ServerResponse, status: number, title: string, body: Html): void {
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${new Html(`<style>${style}</style>`)}
<div class="banner">Sandbox: no money moves here.</div>
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`;
  response.writeHead(status, headers).end(page.text);
}

export function sendOn(response: ServerResponse, location: string): void {
  response.writeHead(303, { Location: location, 'Cache-Control': 'no-store' }).end();
}
