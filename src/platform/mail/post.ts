/** Whatever carries letters away: an SMTP server, or without one a folder on this machine. Neither knows what they are about. */
import nodemailer from 'nodemailer';
import { addressOf } from './address.ts';

export type Letter = {
  /** Without angle brackets. The same letter sent twice has the same one, which is how a mailbox tells. */
  messageId: string;
  /** `Name <address>`, or an address. */
  from: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  /** Unix ms: the Date of the letter. */
  at: number;
  /** BCP 47. */
  language: string;
};

export type Posted =
  | { status: 'sent' }
  /**
   * `lasting`: this letter will never be taken. Otherwise it may be taken later. `cause` is for operators: codes, and never an
   * address or what the other side wrote, which repeats addresses.
   */
  | { status: 'refused'; lasting: boolean; cause: string };

export type Post = {
  /** Never rejects; bounded in time. What is refused not lastingly may have been taken all the same, its answer lost. */
  send(letter: Letter): Promise<Posted>;
  close(): void;
};

/** One line, whatever stood in a name. */
const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').trim();

/** A letter as nodemailer takes it. The envelope is given, so that no address is ever read out of a text. */
export function message(letter: Letter) {
  const { name, address } = letter.to;
  return {
    from: letter.from,
    to: name === '' ? { name: '', address } : { name: oneLine(name), address },
    envelope: { from: addressOf(letter.from), to: [address] },
    messageId: `<${letter.messageId}>`,
    date: new Date(letter.at),
    subject: oneLine(letter.subject),
    text: letter.text,
    html: letter.html,
    headers: { 'auto-submitted': 'auto-generated', 'content-language': letter.language },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The letter's bytes, by RFC 5322. */
export async function bytesOf(letter: Letter): Promise<Buffer> {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message: bytes } = await transport.sendMail(message(letter));
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(String(bytes));
}
