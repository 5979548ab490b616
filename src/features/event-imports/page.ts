/** The JSON-LD of an HTML page: the content of its scripts of that type, in their order. */
import { Parser } from 'htmlparser2';

/** Pages are read to their end, whatever they are made of; scripts inside comments are comments. */
export function scriptsOf(html: string): string[] {
  const scripts: string[] = [];
  let current: string[] | undefined;
  const parser = new Parser({
    onopentag(name, attributes) {
      const type = attributes['type']?.split(';')[0]?.trim().toLowerCase();
      if (name === 'script' && type === 'application/ld+json') current = [];
    },
    ontext(text) {
      current?.push(text);
    },
    onclosetag(name) {
      if (name !== 'script' || !current) return;
      scripts.push(current.join(''));
      current = undefined;
    },
  });
  parser.end(html);
  return scripts;
}
