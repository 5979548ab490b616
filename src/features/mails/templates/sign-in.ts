/** The link that signs somebody in. It says nothing about who they are: a mailbox may be read by others. */
import { type Content, type Rendered, render } from './render.ts';
import type { Locale } from './words.ts';

export type SignInAbout = { url: string; minutes: number };

const content: Record<Locale, (about: SignInAbout) => Content> = {
  en: ({ url, minutes }) => ({
    subject: 'Your link to sign in',
    title: 'Sign in to see your tickets',
    paragraphs: [
      `This link works once and for ${minutes} minutes. It opens a page with a button, and the button signs you in.`,
    ],
    action: { label: 'Sign in', url },
    closing:
      'If you did not ask for it, do nothing: without this mail nobody gets in. Pass it on to nobody, whoever asks.',
  }),
  de: ({ url, minutes }) => ({
    subject: 'Ihr Link zur Anmeldung',
    title: 'Melden Sie sich an, um Ihre Karten zu sehen',
    paragraphs: [
      `Dieser Link gilt einmal und ${minutes} Minuten lang. Er öffnet eine Seite mit einem Knopf, und der Knopf meldet Sie an.`,
    ],
    action: { label: 'Anmelden', url },
    closing:
      'Wenn Sie ihn nicht angefordert haben, tun Sie nichts: ohne diese Mail kommt niemand hinein. Geben Sie sie niemandem, wer auch fragt.',
  }),
};

export function signIn(about: SignInAbout, locale: Locale): Rendered {
  return render(content[locale](about), locale);
}
