/** One content, as text and as HTML: both say the same, and everything in the HTML passed the one helper that escapes. */
import type { Locale } from './words.ts';

export type Content = {
  subject: string;
  title: string;
  paragraphs: string[];
  /** Label and value. */
  rows?: [label: string, value: string][];
  action?: { label: string; url: string };
  closing: string;
};

export type Rendered = { subject: string; text: string; html: string };

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);
}

export function render(content: Content, locale: Locale): Rendered {
  return { subject: content.subject, text: textOf(content), html: htmlOf(content, locale) };
}

function textOf({ title, paragraphs, rows = [], action, closing }: Content): string {
  const table = rows.map(([label, value]) => `${label}: ${value}`).join('\n');
  const link = action === undefined ? '' : `${action.label}:\n${action.url}`;
  return `${[title, ...paragraphs, table, link, closing].filter((block) => block !== '').join('\n\n')}\n`;
}

const font = 'font-family:system-ui,sans-serif;line-height:1.5';

function htmlOf({ subject, title, paragraphs, rows = [], action, closing }: Content, locale: Locale): string {
  const row = ([label, value]: [string, string]) =>
    `<tr><th align="left" style="padding:0 1em 0 0">${escaped(label)}</th><td>${escaped(value)}</td></tr>`;
  return [
    '<!doctype html>',
    `<html lang="${locale}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
    `<body style="${font}">`,
    `<h1 style="font-size:1.3em">${escaped(title)}</h1>`,
    ...paragraphs.map((text) => `<p>${escaped(text)}</p>`),
    ...(rows.length === 0 ? [] : [`<table style="${font}">`, ...rows.map(row), '</table>']),
    ...(action === undefined ? [] : [`<p><a href="${escaped(action.url)}">${escaped(action.label)}</a></p>`]),
    `<p style="color:#555">${escaped(closing)}</p>`,
    '</body></html>',
    '',
  ].join('\n');
}
