/**
 * `/outbox`: the mails of a machine without an SMTP server. Text is escaped; the HTML of a mail stands in a frame of its own, which
 * may run nothing, load nothing and reach nothing.
 */
import type { Kept, Outbox } from '../platform/mail/outbox.ts';
import type { Assets } from './assets.ts';
import { type Html, html } from './html.ts';
import { notFound, page } from './layout.ts';

const listed = 100;

export async function outboxPage(assets: Assets, outbox: Outbox | undefined): Promise<Response> {
  if (!outbox) return gone(assets);
  const mails = await outbox.list(listed);
  const rows = mails.map(
    ({ id, subject, to, at }) => html`<li><a href="/outbox/${id}">${subject}</a>
<p>${to}, ${Number.isNaN(at.getTime()) ? '' : at.toISOString()}</p></li>
`,
  );
  const list = rows.length > 0 ? html`<ul class="events">${rows}</ul>` : html`<p>Nothing was sent yet.</p>`;
  const main = html`<h1>Outbox</h1><p>No SMTP server is set, so mails are kept here, the newest ${listed} of them.</p>${list}`;
  return page(assets, { title: 'Outbox', main });
}

export async function outboxMailPage(
  assets: Assets,
  outbox: Outbox | undefined,
  id: string,
): Promise<Response> {
  const mail = await outbox?.find(id);
  if (!mail) return gone(assets);
  const main = html`<p><a href="/outbox">Outbox</a></p><h1>${mail.subject}</h1>
<p>From ${mail.from}<br>To ${mail.to}</p>
<h2>As text</h2>
<pre>${linked(mail.text)}</pre>
<h2>As HTML</h2>
<iframe sandbox src="/outbox/${id}/html" title="${mail.subject}" width="640" height="480"></iframe>`;
  return page(assets, { title: mail.subject, main, frames: true });
}

export async function outboxMailHtml(
  assets: Assets,
  outbox: Outbox | undefined,
  id: string,
): Promise<Response> {
  const mail = await outbox?.find(id);
  if (!mail) return gone(assets);
  return sandboxed(mail);
}

function sandboxed({ html: text }: Kept): Response {
  return new Response(text, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  });
}

function gone(assets: Assets): Response {
  return notFound(assets, 'There is no such mail here.');
}

/** Addresses of the web in a text, as links. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : html`${piece}`));
}
