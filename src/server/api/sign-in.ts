/** Signing in by a link that was mailed. The pages of it are described with the other pages. */
import { signInInput } from '../../features/identity/ask.ts';
import * as is from './bodies.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';

const html = 'text/html; charset=utf-8';

export const askToSignIn = {
  method: 'POST',
  path: '/v1/sign-in',
  id: 'askToSignIn',
  tag: 'sessions',
  summary: 'Ask for a mail with a link that signs in',
  description:
    'Answered alike whether or not anybody has this address. The session that is sent along is the one whose orders are joined, where it is also the one that uses the link.',
  auth: 'nobody',
  body: inputs.askToSignIn(signInInput),
  answers: [{ status: 202, description: 'If the address is known, a mail is on its way.' }],
  refusals: ['records_unavailable', 'outcome_unknown'],
} satisfies Operation;

const seeOther = { status: 303, headers: ['location'] } as const;

export const askToSignInByForm = {
  method: 'POST',
  path: '/sign-in',
  id: 'askToSignInByForm',
  tag: 'pages',
  summary: 'The form of the sign-in page, for browsers without script',
  auth: 'nobody',
  answers: [
    { ...seeOther, headers: [...seeOther.headers], description: 'To a page that says what follows.' },
  ],
  refusals: ['media_type_unsupported', 'body_too_large', 'records_unavailable', 'outcome_unknown'],
} satisfies Operation;

export const useSignInLink = {
  method: 'POST',
  path: '/sign-in/:token',
  id: 'useSignInLink',
  tag: 'sessions',
  summary: 'Use the link: once, within its 15 minutes',
  description:
    'A browser is sent on to its tickets, signed in; a program that accepts application/json gets the session. A page of another site cannot use it for somebody.',
  auth: 'nobody',
  answers: [
    {
      status: 201,
      description: 'The session, where JSON is accepted.',
      schema: is.session,
      maybe: ['set-cookie'],
    },
    {
      ...seeOther,
      headers: [...seeOther.headers],
      description: 'To the tickets, signed in; or to a page that says that the link does not work.',
      maybe: ['set-cookie'],
    },
  ],
  refusals: ['sign_in_link_unknown', 'records_unavailable', 'outcome_unknown'],
} satisfies Operation;

const page = (path: string, id: string, summary: string): Operation => ({
  method: 'GET',
  path,
  id,
  tag: 'pages',
  summary,
  auth: 'nobody',
  answers: [{ status: 200, description: 'The page. Looking at it changes nothing.', type: html }],
  refusals: [],
  limited: false,
});

export const signInPages: Operation[] = [
  page('/sign-in', 'signInPage', 'Ask for a sign-in link'),
  page('/sign-in/:token', 'signInLinkPage', 'The button behind a sign-in link'),
];

const local = (path: string, id: string, summary: string): Operation => ({
  ...page(path, id, summary),
  answers: [
    { status: 200, description: 'The page.', type: html },
    { status: 404, description: 'A page that says so.', type: html },
  ],
  refusals: ['route_unknown'],
});

/** Where mails are kept that are not sent out: for who sits at the machine, or has an administrator's key. */
export const outboxPages: Operation[] = [
  local('/outbox', 'outboxPage', 'The mails that would have been sent'),
  local('/outbox/:mail', 'outboxMailPage', 'One of them'),
  local('/outbox/:mail/html', 'outboxMailHtml', 'Its HTML, in a sandbox'),
];

export const signInOperations: Operation[] = [askToSignIn, askToSignInByForm, useSignInLink];
