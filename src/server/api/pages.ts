/** What people see: pages made on the server, and what they load. */
import type { Operation } from './operation.ts';

const html = 'text/html; charset=utf-8';

const page = (path: string, id: string, summary: string): Operation => ({
  method: 'GET',
  path,
  id,
  tag: 'pages',
  summary,
  auth: 'nobody',
  answers: [
    { status: 200, description: 'The page, readable without script.', type: html },
    { status: 404, description: 'A page that says so.', type: html },
    {
      status: 503,
      description: 'A page that says what cannot be reached and when to look again.',
      type: html,
    },
  ],
  refusals: [],
  limited: false,
});

const eventPage = page('/e/:event', 'eventPage', 'One event, live');
eventPage.answers.push({
  status: 410,
  description: 'A page that says that the event is over: it was closed for good.',
  type: html,
});

const ownPage = (path: string, id: string, summary: string): Operation => {
  const operation = page(path, id, summary);
  operation.answers.push(
    { status: 401, description: 'A page that says whose browser is needed.', type: html },
    { status: 429, description: 'A page that says to wait a moment.', type: html },
  );
  return operation;
};

const payPage = ownPage('/pay/:hold', 'payPage', 'A basket, what it costs, and the way to pay it');
payPage.answers.push(
  { status: 303, description: 'To the order it is being paid by.', headers: ['location'] },
  { status: 410, description: 'A page that says how the hold ended.', type: html },
);

export const pageOperations: Operation[] = [
  payPage,
  ownPage('/orders', 'ordersPage', 'Your orders'),
  ownPage('/orders/:order', 'orderPage', 'One order, as it stands'),
  page('/', 'eventsPage', 'The events'),
  eventPage,
  {
    ...page('/assets/:build/:file', 'pageAsset', 'A file that pages load'),
    answers: [
      {
        status: 200,
        description: 'The file; its address changes when it does.',
        type: ['text/javascript; charset=utf-8', 'text/css; charset=utf-8', 'image/svg+xml'],
        headers: ['cache-control'],
      },
      { status: 404, description: 'A page that says so.', type: html },
    ],
  },
];
