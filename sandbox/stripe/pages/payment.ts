/** The hosted payment page: of a session, and of an intent alone, which a shop would show a form of its own for. */
import { spoken } from '../core/money.ts';
import type { Intent, Session, World } from '../core/world.ts';
import { capturesByHand } from '../intents/intent.ts';
import { type Conduct, conducts } from '../intents/methods.ts';
import { type Html, html } from './html.ts';

type Shown = { action: string; back: string | null; email: string | null; problem: string | null };

export function sessionForm(world: World, session: Session, problem: string | null): Html {
  const currency = session.currency ?? 'usd';
  const lines = world.lines.get(session.id)?.lines ?? [];
  const byHand = world.lines.get(session.id)?.intent.captureMethod === 'manual';
  const offered = conducts.filter(
    ({ kind }) => session.payment_method_types.includes(kind) && !(byHand && kind === 'sepa_debit'),
  );
  return html`<table>
<thead><tr><th scope="col">What</th><th scope="col">Price</th></tr></thead>
<tbody>${lines.map(
    (line) =>
      html`<tr><td>${line.quantity} × ${line.description}</td><td>${spoken(line.amount_total, currency)}</td></tr>`,
  )}</tbody>
<tfoot><tr><td>Total</td><td>${spoken(session.amount_total ?? 0, currency)}</td></tr></tfoot>
</table>
${form(
  { action: `/pay/${session.id}`, back: session.cancel_url, email: session.customer_email, problem },
  session.payment_status === 'no_payment_required' ? [] : offered,
  spoken(session.amount_total ?? 0, currency),
)}`;
}

export function intentForm(intent: Intent, shown: Pick<Shown, 'action' | 'back' | 'problem'>): Html {
  const offered = conducts.filter(
    ({ kind }) =>
      intent.payment_method_types.includes(kind) && !(kind === 'sepa_debit' && capturesByHand(intent, kind)),
  );
  const total = spoken(intent.amount, intent.currency);
  return html`<p>${intent.description ?? 'Payment'}: <strong>${total}</strong></p>
${form({ ...shown, email: intent.receipt_email }, offered, total)}`;
}

function form(shown: Shown, offered: Conduct[], total: string): Html {
  return html`${shown.problem !== null && html`<p role="alert">${shown.problem}</p>`}
<form method="post" action="${shown.action}">
<label>Email <input type="email" name="email" autocomplete="email" value="${shown.email ?? 'fan@example.com'}"></label>
${
  offered.length > 0 &&
  html`<fieldset><legend>A test card or account that</legend>
${offered.map(
  (
    each,
    index,
  ) => html`<label><input type="radio" name="method" value="${each.token}"${index === 0 && html` checked`}> ${each.label} <small>${each.number}</small></label>
`,
)}<label>Or its number <input type="text" name="number" inputmode="numeric" autocomplete="off"></label>
</fieldset>`
}
<button name="pay" value="yes">Pay ${total}</button>
${shown.back !== null && html` <a href="${shown.back}">Back without paying</a>`}
</form>`;
}

export function authenticationForm(intent: Intent): Html {
  return html`<p>Your bank asks whether you are paying <strong>${spoken(intent.amount, intent.currency)}</strong>.</p>
<form method="post" action="/pay/authenticate/${intent.id}">
<button name="answer" value="pass">Yes, it is me</button>
<button name="answer" value="fail" class="second">No</button>
</form>`;
}

export function endedNote(session: Session, landing: string | null): Html {
  if (session.status === 'complete') {
    return html`<p>This is paid.</p>${landing !== null && html`<p><a href="${landing}">Go on</a></p>`}`;
  }
  return html`<p>This session has expired; nothing was paid.</p>${
    session.cancel_url !== null && html`<p><a href="${session.cancel_url}">Back</a></p>`
  }`;
}
