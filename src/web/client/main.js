/** Brings the page of an event to life: counts that go on, and tickets to hold. Without it the page is whole, and stands still. */
import { createBasket } from './basket.js';
import { createCounts } from './counts.js';
import { openFeed } from './feed.js';

const article = document.querySelector('[data-event]');
const { event, epoch, version } = article.dataset;
const counts = createCounts(article);
createBasket(article);
openFeed({ event, epoch: Number(epoch), version: Number(version), ...counts });
