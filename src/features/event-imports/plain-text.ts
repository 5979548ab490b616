/** The text of a piece of HTML, and where on the globe which clocks are: what reading markup needs libraries for. */
import zoneOfPoint from '@photostructure/tz-lookup';
import { Parser } from 'htmlparser2';
import type { Tools } from '../../domain/event-markup/text.ts';

const mayBeHtml = /[&<]/;
const lines = new Set(['br', 'p', 'div', 'li', 'tr', 'h1', 'h2', 'h3']);
const unseen = new Set(['script', 'style']);

/** Text without markup comes back as it is; entities are decoded once. */
export function plainText(html: string): string {
  if (!mayBeHtml.test(html)) return html;
  let text = '';
  let hidden = 0;
  const parser = new Parser(
    {
      ontext(piece) {
        if (hidden === 0) text += piece;
      },
      onopentagname(name) {
        if (unseen.has(name)) hidden++;
        if (lines.has(name) && text !== '' && !text.endsWith('\n')) text += '\n';
      },
      onclosetag(name) {
        if (unseen.has(name)) hidden--;
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  // A lone "<" can swallow the rest as a tag that never ends.
  return text.trim() === '' ? html : text;
}

function zoneAt(latitude: number, longitude: number): string | undefined {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const zone = zoneOfPoint(latitude, longitude);
  // At sea the zone is a ship's, and says nothing of a place with a stage.
  return zone.startsWith('Etc/') ? undefined : zone;
}

export const tools: Tools = { plainText, zoneAt };
