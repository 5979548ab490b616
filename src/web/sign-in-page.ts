/** `/sign-in` asks for an address; `/sign-in/{token}` has a button: what merely follows links (mail scanners) signs nobody in. */
import type { Assets } from './assets.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

const said: Record<string, string> = {
  sent: 'If we know this address, a mail with a link is on its way. It works for 15 minutes.',
  address: 'That is no e-mail address. Look at it again.',
  over: 'This link does not work: it was used, it is too old, or it is not whole. Ask for a new one.',
};

export function signInPage(assets: Assets, what: string | undefined): Response {
  const sentence = said[what ?? ''];
  const main = html`<h1>Sign in</h1>
${sentence === undefined ? undefined : html`<p role="status"><strong>${sentence}</strong></p>`}
<p>We send you a link, to the address you bought tickets with. You need no password.</p>
<form method="post" action="/sign-in">
<p><label>E-mail <input type="email" name="email" autocomplete="email" required maxlength="254"></label> <button>Send the link</button></p>
</form>`;
  return page(assets, { title: 'Sign in', main, form: true });
}

/** Whether the link still works is not said before it is used. */
export function signInLinkPage(assets: Assets, token: string): Response {
  const main = html`<h1>Sign in</h1>
<p>This signs you in on this device. The link works once.</p>
<form method="post" action="/sign-in/${encodeURIComponent(token)}"><p><button>Sign in</button></p></form>
<p>If you did not ask for it, close this page: nothing has happened.</p>`;
  return page(assets, { title: 'Sign in', main, form: true });
}
