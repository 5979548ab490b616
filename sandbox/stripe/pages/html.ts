/** Text of pages: everything that is put into a template is escaped, unless it is itself such a text. */

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | Html[] | string | number | null | undefined | false;

export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  let text = texts[0] ?? '';
  for (const [index, part] of parts.entries()) text += write(part) + (texts[index + 1] ?? '');
  return new Html(text);
}

function write(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(write).join('');
  if (part === null || part === undefined || part === false) return '';
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
