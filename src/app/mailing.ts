/** How this deployment writes to people: by its SMTP server, or without one into `outbox` in the data folder. */
import { join } from 'node:path';
import { createLinkTokens, type LinkTokens } from '../features/identity/link-tokens.ts';
import type { Mailing } from '../features/mails/mailing.ts';
import { type Config, required } from '../platform/config.ts';
import { createOutbox, type Outbox } from '../platform/mail/outbox.ts';
import { createSmtpPost } from '../platform/mail/smtp.ts';

/** Undefined where letters really go out. */
export function outboxOf({ mail, dataDir }: Config): Outbox | undefined {
  return mail.smtpUrl === undefined ? createOutbox(join(dataDir, 'outbox')) : undefined;
}

export function createMailing(config: Config): Mailing {
  const { mail } = config;
  return {
    post:
      mail.smtpUrl === undefined
        ? createOutbox(join(config.dataDir, 'outbox'))
        : createSmtpPost(mail.smtpUrl),
    from: mail.from,
    tokens: linkTokens(config),
  };
}

/** Most commands never need them: that there is no key is said when one is used. */
function linkTokens(config: Config): LinkTokens {
  let made: LinkTokens | undefined;
  const tokens = () => {
    made ??= createLinkTokens(
      required(config, { SESSION_KEYS: config.keys.session }).SESSION_KEYS.map((key) => Buffer.from(key)),
    );
    return made;
  };
  return { make: (link) => tokens().make(link), again: (link, sha256) => tokens().again(link, sha256) };
}
