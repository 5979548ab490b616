/** Reads a letter that this program wrote: headers, and the parts of one `multipart/alternative`. Not for letters of others. */

export type Part = { type: string; text: string };

export function readLetter(bytes: Buffer): { headers: Map<string, string>; parts: Part[] } {
  const { headers, body } = split(bytes.toString('latin1'));
  const boundary = /boundary="?([^";]+)"?/i.exec(headers.get('content-type') ?? '')?.[1];
  const pieces = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1);
  const parts = boundary === undefined ? [partOf(headers, body)] : pieces.map(pieceOf);
  return { headers: new Map([...headers].map(([name, value]) => [name, words(value)])), parts };
}

function pieceOf(piece: string): Part {
  const { headers, body } = split(piece.replace(/^\r?\n/, ''));
  return partOf(headers, body.replace(/\r?\n$/, ''));
}

function split(text: string): { headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end ? text.slice(end.index + end[0].length) : '' };
}

function partOf(headers: Map<string, string>, body: string): Part {
  const type = (headers.get('content-type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
  return { type, text: decoded(body, encoding).replaceAll('\r\n', '\n') };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString();
  return quoted(body.replace(/=[ \t]*\r?\n/g, ''));
}

function quoted(text: string): string {
  const bytes = text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** Encoded words of RFC 2047; the space between two of them is none. */
function words(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : quoted(text.replaceAll('_', ' ')),
    );
}
