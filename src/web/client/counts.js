/** The counts on the page: what is shown, how old it is, and what is said of it aloud. Paused, it keeps the last values for later. */

/** People who listen hear of changes at most this often. */
const spokenEveryMs = 20_000;

const states = {
  available: 'Available',
  all_in_carts: 'All in baskets; some may come back',
  sold_out: 'Sold out',
};

export function createCounts(article) {
  const tiers = new Map(
    [...article.querySelectorAll('[data-tier]')].map((item) => [item.dataset.tier, item]),
  );
  const feed = article.querySelector('[data-feed]');
  const status = article.querySelector('[data-status]');
  const pause = article.querySelector('[data-pause]');
  const sale = {
    state: article.dataset.state,
    halted: article.dataset.halted === '1',
    opensAt: Number(article.dataset.opens),
    closesAt: Number(article.dataset.closes),
  };
  /** This machine's clock may be wrong; the page says when the server made it. */
  const aheadMs = Date.now() - Number(article.dataset.now);
  let paused = false;
  let waiting = {};
  let freshAt = Date.now();
  let connection = 'connecting';
  let spokenAt = Date.now();
  let unspoken = false;

  const closed = () => {
    const now = Date.now() - aheadMs;
    if (sale.halted) return 'Sale halted';
    if (sale.state === 'paused') return 'Sale paused';
    if (sale.state === 'ended' || (sale.closesAt > 0 && sale.closesAt <= now)) return 'Sale ended';
    return sale.state !== 'on_sale' || sale.opensAt > now ? 'Not on sale yet' : undefined;
  };

  function put(item, name, value) {
    const place = item.querySelector(`[data-${name}]`);
    if (place.textContent === String(value)) return;
    place.textContent = value;
    place.classList.remove('changed');
    // Read once between the two, or the browser sees no change and shows none.
    void place.offsetWidth;
    place.classList.add('changed');
  }

  function showCounts(values) {
    for (const [id, [available, held, sold, state]] of Object.entries(values)) {
      const item = tiers.get(id);
      if (!item) continue;
      if (item.dataset.left !== String(available)) unspoken = true;
      item.dataset.left = available;
      put(item, 'available', available);
      put(item, 'held', held);
      put(item, 'sold', sold);
      item.querySelector('[data-tier-state]').textContent = states[state] ?? '';
    }
    refresh();
  }

  function refresh() {
    const word = closed();
    const left = [...tiers.values()].reduce((units, item) => units + Number(item.dataset.left), 0);
    article.querySelector('[data-sale]').textContent = word ?? 'On sale';
    document.title = `${word ?? (left > 0 ? `${left} left` : 'Sold out')} - ${article.dataset.name}`;
    for (const item of tiers.values()) {
      item.querySelector('[data-hold] button').disabled =
        word !== undefined || Number(item.dataset.left) === 0;
    }
  }

  function age() {
    const seconds = Math.floor((Date.now() - freshAt) / 1_000);
    const old = seconds < 2 ? 'just now' : `${seconds} s ago`;
    const words = { live: 'Live', polling: 'Checking every second', connecting: 'Reconnecting…' };
    feed.dataset.connection = connection;
    feed.textContent = paused
      ? 'Paused. The counts stand still.'
      : `${words[connection]}. Counts from ${old}.`;
    speak();
    refresh();
  }

  function speak() {
    if (!unspoken || paused || Date.now() - spokenAt < spokenEveryMs) return;
    spokenAt = Date.now();
    unspoken = false;
    status.textContent = [...tiers.values()]
      .map((item) => `${item.dataset.name}: ${item.dataset.left} available`)
      .join(', ');
  }

  pause.hidden = false;
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Resume live updates' : 'Pause live updates';
    if (!paused) {
      showCounts(waiting);
      waiting = {};
    }
    age();
  });
  setInterval(age, 1_000);
  age();

  return {
    onCounts(values) {
      if (paused) Object.assign(waiting, values);
      else showCounts(values);
    },
    onSale(next) {
      sale.state = next.saleState;
      sale.halted = next.halted;
      sale.opensAt = next.opensAt ? Date.parse(next.opensAt) : 0;
      sale.closesAt = next.closesAt ? Date.parse(next.closesAt) : 0;
      for (const { tierId, capacity } of next.tiers) {
        const item = tiers.get(tierId);
        if (item) item.querySelector('[data-capacity]').textContent = capacity;
      }
      refresh();
    },
    onFresh() {
      freshAt = Date.now();
    },
    onState(state) {
      connection = state;
      age();
    },
  };
}
