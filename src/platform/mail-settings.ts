/** Settings of mail. Without an SMTP server letters go into a folder of the data folder, with a page that shows them. */
import { z } from 'zod';
import { addressOf } from './mail/address.ts';

const address = z
  .string()
  .refine(
    (text) =>
      URL.canParse(text) &&
      ['smtp:', 'smtps:'].includes(new URL(text).protocol) &&
      new URL(text).hostname !== '',
    'must be an address such as smtp://user:password@host:587',
  );

const sender = z
  .string()
  .regex(/^[^\r\n]+$/, 'must be one line')
  .refine(
    (text) => /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(addressOf(text)),
    'must be an address, or a name and an address: Tickets <tickets@example.com>',
  );

export const mailSettings = {
  SMTP_URL: address.optional(),
  MAIL_FROM: sender.default('Holdfast <tickets@localhost>'),
};

export function mailConfig(set: z.output<z.ZodObject<typeof mailSettings>>) {
  return { smtpUrl: set.SMTP_URL, from: set.MAIL_FROM };
}

/** Nobody takes letters from localhost. */
export function mailProblems(values: Record<string, string>): string[] {
  return 'SMTP_URL' in values && !('MAIL_FROM' in values) ? ['SMTP_URL needs MAIL_FROM beside it'] : [];
}
