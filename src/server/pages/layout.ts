/** The frame of a page without script. Whoever fills it escapes what they fill it with. */
const style = `
:root{color-scheme:light dark;--line:#8884;--mark:#06c}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
h3{margin:2rem 0 .3rem;font-size:1.05rem}code,pre{font:.9em/1.4 ui-monospace,monospace}
pre{overflow:auto;padding:.7rem;border:1px solid var(--line);border-radius:.3rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-top:1px solid var(--line)}
a{color:var(--mark)}.method{display:inline-block;min-width:4.2rem;font-weight:700}nav li{list-style:none}nav ul{padding:0}
:target{outline:2px solid var(--mark);outline-offset:.3rem}`;

export function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>${body}</body>
</html>
`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (each) => entities[each] ?? each);
}
