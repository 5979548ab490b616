/** The text of a piece of HTML, and where on the globe which clocks are: what reading markup needs libraries for. */
import zoneOfPoint from '@photostructure/tz-lookup';
import { Parser } from 'htmlparser2';
import type { Tools } from '../../domain/event-markup/text.ts';

const lines = new Set(['br', 'p', 'div', 'li', 'tr', 'h1', 'h2', 'h3']);
const unseen = new Set(['script', 'style']);

/**
 * Without markup, entities decoded once. Markup that was written in entities (`&lt;b&gt;`) is markup too. Text without either comes
 * back as it is.
 */
export function plainText(html: string): string {
  const decoded = unescaped(html);
  // What was decoded is not decoded again: "&amp;lt;" is the text "&lt;".
  return html.includes('&') ? withoutMarkup(decoded, false) : decoded;
}

/** HTML as text: tags gone, entities decoded, and nothing done to what they stood for. */
export function unescaped(html: string): string {
  return withoutMarkup(html, true);
}

const mayBeTag = /<[a-z/!?]/i;

function withoutMarkup(html: string, decodeEntities: boolean): string {
  if (!mayBeTag.test(html) && !(decodeEntities && html.includes('&'))) return html;
  // A "<" behind the last ">" begins no tag, and would swallow the rest as one that never ends.
  const end = html.lastIndexOf('>') + 1;
  let text = '';
  let hidden = 0;
  const add = (piece: string) => {
    if (hidden === 0) text += piece;
  };
  const handler = {
    ontext: add,
    onopentagname(name: string) {
      if (unseen.has(name)) hidden++;
      if (lines.has(name) && text !== '' && !text.endsWith('\n')) text += '\n';
    },
    onclosetag(name: string) {
      if (unseen.has(name)) hidden--;
    },
  };
  new Parser(handler, { decodeEntities }).end(html.slice(0, end));
  hidden = 0;
  const rest = html.slice(end);
  if (!decodeEntities) add(rest);
  else new Parser(handler, { decodeEntities }).end(rest.replaceAll('<', '&lt;'));
  // Nothing but what looks like a tag may be a name all the same.
  return text.trim() === '' ? html : text;
}

function zoneAt(latitude: number, longitude: number): string | undefined {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const zone = zoneOfPoint(latitude, longitude);
  // At sea the zone is a ship's, and says nothing of a place with a stage.
  return zone.startsWith('Etc/') ? undefined : zone;
}

export const tools: Tools = { plainText, zoneAt };
