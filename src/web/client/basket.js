/**
 * The tickets a person holds here: a countdown on the server's clock, extending, giving back. It is found again after a reload, by
 * its id in this browser; whose it is, the session cookie knows.
 *
 * States: empty -> held (a hold was made or found) -> empty (given back, or its time is over).
 */
import { extend, hold, look, release } from './api.js';

const tickMs = 250;
/** Seconds before the end at which the time left is said aloud. */
const milestones = [300, 120, 60, 20];

export function createBasket(article) {
  const { event } = article.dataset;
  const key = `holdfast.${event}`;
  const box = article.querySelector('[data-basket]');
  const alert = article.querySelector('[data-alert]');
  const countdown = box.querySelector('[data-countdown]');
  const buttons = {
    extend: box.querySelector('[data-extend]'),
    release: box.querySelector('[data-release]'),
  };
  const forms = [...article.querySelectorAll('[data-hold]')];
  let held;
  let aheadMs = 0;
  let nextMilestone = 0;
  let busy = false;

  const leftMs = () => Date.parse(held.expiresAt) - (Date.now() + aheadMs);
  const remembered = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      // A browser that keeps nothing only loses the way back after a reload.
      return null;
    }
  };
  const remember = (id) => {
    try {
      if (id) localStorage.setItem(key, id);
      else localStorage.removeItem(key);
    } catch {
      // As above.
    }
  };

  const clock = (ms) => {
    const seconds = Math.max(0, Math.ceil(ms / 1_000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const name = (tier) => article.querySelector(`[data-tier="${tier}"]`)?.dataset.name ?? 'Ticket';

  function show(next) {
    held = next;
    remember(next.id);
    box.querySelector('[data-items]').textContent = next.items
      .map(({ tierId, quantity }) => `${quantity} × ${name(tierId)}`)
      .join(', ');
    box.querySelector('[data-pay]').href = `/pay/${next.id}`;
    nextMilestone = milestones.findIndex((seconds) => seconds * 1_000 < leftMs());
    box.hidden = false;
    for (const form of forms) form.hidden = true;
    tick();
  }

  function empty(text) {
    held = undefined;
    remember(undefined);
    box.hidden = true;
    for (const form of forms) form.hidden = false;
    alert.textContent = text;
  }

  function tick() {
    if (!held) return;
    const left = leftMs();
    if (left <= 0) return empty('Your time is over: the tickets went back on sale.');
    countdown.textContent = clock(left);
    buttons.extend.disabled = busy || held.extensionsLeft === 0 || left > Number(article.dataset.window);
    buttons.release.disabled = busy;
    const milestone = milestones[nextMilestone];
    if (nextMilestone >= 0 && milestone !== undefined && left <= milestone * 1_000) {
      nextMilestone++;
      const canExtend = held.extensionsLeft > 0 && left <= Number(article.dataset.window);
      alert.textContent = `${clock(left)} left to keep your tickets.${canExtend ? ' You can extend.' : ''}`;
    }
  }

  /** One request at a time; what was refused is said in the words of the server. */
  async function ask(request, done) {
    if (busy) return;
    busy = true;
    tick();
    for (const form of forms) form.querySelector('button').disabled = true;
    alert.textContent = '';
    const answer = await request();
    busy = false;
    if (answer.ok) await done(answer.body);
    else if (answer.status === 410) empty(answer.body.title);
    else alert.textContent = refused(answer.body);
    tick();
  }

  function refused({ title, detail, conflicts }) {
    const lines = (conflicts ?? []).map(
      ({ tierId, available }) => `${name(tierId)}: ${available} could be had.`,
    );
    return [detail ?? title ?? 'That did not work.', ...lines].join(' ');
  }

  async function found(id) {
    const answer = await look(id);
    if (!answer.ok) return answer;
    aheadMs = answer.aheadMs;
    show(answer.body);
    return answer;
  }

  for (const form of forms) {
    form.hidden = false;
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      const tier = form.closest('[data-tier]').dataset.tier;
      const quantity = Number(new FormData(form).get('quantity'));
      void ask(
        () => hold(event, tier, quantity),
        async (body) => {
          // The answer may be a repeated one, with the time of the first: the clock is read by looking.
          if (!(await found(body.id)).ok) show(body);
          box.querySelector('h2').focus();
        },
      );
    });
  }
  buttons.extend.addEventListener('click', () => {
    void ask(
      () => extend(held.id),
      (body) => {
        show(body);
        alert.textContent = `Extended: ${clock(leftMs())} left.`;
      },
    );
  });
  buttons.release.addEventListener('click', () => {
    void ask(
      () => release(held.id),
      () => {
        empty('The tickets went back on sale.');
        article.querySelector('h2').scrollIntoView({ block: 'nearest' });
      },
    );
  });
  setInterval(tick, tickMs);
  const before = remembered();
  if (before) {
    void found(before).then(({ ok, status }) => {
      if (!ok && (status === 404 || status === 410)) remember(undefined);
    });
  }
}
