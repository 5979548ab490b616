/** /docs: the OpenAPI document as a page to read, without script: nothing to load, nothing to trust. */
import { Marked } from 'marked';
import type { Json } from '../api/document.ts';
import { escapeHtml, layout } from './layout.ts';

type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Json[];
  parameters: { name: string; in: string; required?: boolean; description?: string; schema: Json }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Content = Record<string, { schema: Json }>;
type Document = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
};

const marked = new Marked({ renderer: { html: ({ text }) => escapeHtml(text) } });
const prose = (text: string) => marked.parse(text, { async: false });

export function docsPage(openApi: Json): string {
  const document = openApi as unknown as Document;
  const { info, tags, components } = document;
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = tags.map((tag) => {
    const own = all.filter(({ operation }) => operation.tags.includes(tag.name));
    return `<h2 id="${tag.name}">${escapeHtml(tag.name)}</h2>${prose(tag.description)}${own.map(operationHtml).join('')}`;
  });
  const list = all.map(
    ({ path, method, operation }) =>
      `<li><a href="#${operation.operationId}"><code><span class="method">${method}</span>${escapeHtml(path)}</code></a> ${escapeHtml(operation.summary)}</li>`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<h3 id="schema-${name}">${escapeHtml(name)}</h3>${schemaHtml(schema)}`,
  );
  return layout(
    `${info.title} API`,
    `<main><h1>${escapeHtml(info.title)} API ${escapeHtml(info.version)}</h1>${prose(info.description)}
<p><a href="/openapi.json">The same for programs</a> · <a href="/problems">Every refusal</a></p>
<nav><ul>${list.join('')}</ul></nav>${sections.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</main>`,
  );
}

function operationHtml(each: { path: string; method: string; operation: Operation }): string {
  const { operation } = each;
  const parameters = operation.parameters.map(
    (one) =>
      `<tr><td><code>${escapeHtml(one.name)}</code></td><td>${one.in}${one.required ? '' : ', optional'}</td><td>${prose(one.description ?? '')}</td></tr>`,
  );
  const answers = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<tr><td>${status}</td><td>${contentHtml(content)}</td><td>${prose(description)}</td></tr>`,
  );
  const body = operation.requestBody;
  return `<section><h3 id="${operation.operationId}"><code><span class="method">${each.method}</span>${escapeHtml(each.path)}</code></h3>
<p>${escapeHtml(operation.summary)}.</p>${prose(operation.description ?? '')}
${parameters.length > 0 ? `<table>${parameters.join('')}</table>` : ''}
${body ? `<p>Body${body.required ? '' : ' (may be left out)'}: ${contentHtml(body.content)}</p>` : ''}
<table>${answers.join('')}</table></section>`;
}

function contentHtml(content: Content | undefined): string {
  return Object.entries(content ?? {})
    .map(([type, { schema }]) => {
      const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
      const link = type.includes('problem') ? problem : name ? schemaLink(name) : '';
      return link || `<code>${escapeHtml(type)}</code>`;
    })
    .join('<br>');
}

const schemaLink = (name: string) => `<a href="#schema-${name}"><code>${escapeHtml(name)}</code></a>`;
const problem = schemaLink('Problem');

/** The schema as it stands, its references as links. */
function schemaHtml(schema: Json): string {
  const text = escapeHtml(JSON.stringify(schema, null, 2));
  return `<pre>${text.replace(/#\/components\/schemas\/(\w+)/g, (_, name: string) => schemaLink(name))}</pre>`;
}
