/**
 * Letters by SMTP. A few connections are kept; whoever wants more waits in nodemailer's queue, and whoever sends bounds that.
 * A server that says 5xx about sender, recipient or content will never take this letter; anything else may pass.
 */
import nodemailer from 'nodemailer';
import type { NodemailerError } from 'nodemailer/lib/errors';
import { message, type Post, type Posted } from './post.ts';

/** A server answers each step within seconds; one letter is given up after `totalMs`, whatever the steps did. */
const connectMs = 5_000;
const greetingMs = 5_000;
const silenceMs = 10_000;
const totalMs = 20_000;
const connectionsMax = 2;
/** Steps that are about the letter. What is refused at others (AUTH, EHLO) is about us, and mends when we are mended. */
const ofLetter = /^(MAIL FROM|RCPT TO|DATA)/;

/** `waitMs` bounds one letter. */
export function createSmtpPost(url: string, waitMs = totalMs): Post {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const login = username === '' ? undefined : decoded(username, password);
  const host = hostname.replace(/^\[|\]$/g, '');
  const transport = nodemailer.createTransport({
    pool: true,
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password never crosses a network in the clear.
    requireTLS: login !== undefined && !secure && !/^(127\.|localhost$|::1$)/.test(host),
    ...(login ? { auth: login } : {}),
    maxConnections: connectionsMax,
    maxMessages: 100,
    // By default it sends a letter again by itself, five times, when the connection breaks. We count attempts.
    maxRequeues: 0,
    connectionTimeout: connectMs,
    dnsTimeout: connectMs,
    greetingTimeout: greetingMs,
    socketTimeout: silenceMs,
  });
  // An idle connection that ends is no news; a send that fails says so itself.
  transport.on('error', () => undefined);
  return {
    send: (letter) =>
      bounded(
        transport.sendMail(message(letter)).then(() => sent, refusalOf),
        waitMs,
      ),
    close: () => transport.close(),
  };
}

const sent: Posted = { status: 'sent' };

function decoded(user: string, pass: string) {
  return { user: decodeURIComponent(user), pass: decodeURIComponent(pass) };
}

async function bounded(sending: Promise<Posted>, waitMs: number): Promise<Posted> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Posted>((resolve) => {
    timer = setTimeout(
      () => resolve({ status: 'refused', lasting: false, cause: `no answer in ${waitMs / 1_000} s` }),
      waitMs,
    );
  });
  return Promise.race([sending, tooLong]).finally(() => clearTimeout(timer));
}

function refusalOf(error: NodemailerError): Posted {
  const { responseCode, command = '', code = 'unknown' } = error;
  if (responseCode !== undefined && responseCode >= 400) {
    const lasting = responseCode >= 500 && ofLetter.test(command);
    return { status: 'refused', lasting, cause: `${responseCode} at ${command || 'connect'}` };
  }
  // nodemailer itself does not send to what is no address.
  if (code === 'EENVELOPE')
    return { status: 'refused', lasting: true, cause: 'the address cannot be written to' };
  return { status: 'refused', lasting: false, cause: `${code} at ${command || 'connect'}` };
}
