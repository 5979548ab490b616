/** /problems: docs/problems.md as a page. A heading's id is its refusal's code, which is what `type` points to. */
import { readFileSync } from 'node:fs';
import { Marked } from 'marked';
import { escapeHtml, layout } from './layout.ts';

export function problemsPage(): string {
  const markdown = readFileSync(new URL('../../../docs/problems.md', import.meta.url), 'utf8');
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${escapeHtml(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      // A server has this one document: what it links to beside it is named, and leads nowhere from here.
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (!/^(?:#|\/|https?:)/.test(href)) return `<code>${text}</code>`;
        return `<a href="${escapeHtml(href)}">${text}</a>`;
      },
      // The file is ours and has no HTML; what looks like it is shown as it stands.
      html: ({ text }) => escapeHtml(text),
    },
  });
  return layout('Problems', `<main>${marked.parse(markdown, { async: false })}</main>`);
}
